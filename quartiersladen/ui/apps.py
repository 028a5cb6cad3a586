"""App configuration."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Templates and components."""

    name = "quartiersladen.ui"
