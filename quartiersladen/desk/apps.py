"""App configuration."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """See the package."""

    name = "quartiersladen.desk"
