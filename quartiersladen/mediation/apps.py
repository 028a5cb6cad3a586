"""App configuration."""

from django.apps import AppConfig


class MediationConfig(AppConfig):
    """Mediation of conflicts."""

    name = "quartiersladen.mediation"
