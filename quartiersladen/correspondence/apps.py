"""App configuration."""

from django.apps import AppConfig


class CorrespondenceConfig(AppConfig):
    """Messages on dossiers."""

    name = "quartiersladen.correspondence"
