"""App configuration."""

from django.apps import AppConfig


class ConcernsConfig(AppConfig):
    """Concerns of residents."""

    name = "quartiersladen.concerns"
