"""App configuration."""

from django.apps import AppConfig


class DossiersConfig(AppConfig):
    """Dossiers, journal, follow-ups, documents, search."""

    name = "quartiersladen.dossiers"
