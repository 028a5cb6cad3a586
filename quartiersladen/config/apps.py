"""App configuration."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """See the package."""

    name = "quartiersladen.config"
