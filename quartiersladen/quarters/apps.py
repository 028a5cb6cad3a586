"""App configuration."""

from django.apps import AppConfig


class QuartersConfig(AppConfig):
    """The tenants."""

    name = "quartiersladen.quarters"
