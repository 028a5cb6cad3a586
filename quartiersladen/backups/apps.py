"""App configuration."""

from django.apps import AppConfig


class BackupsConfig(AppConfig):
    """Backups of the house."""

    name = "quartiersladen.backups"
