"""App configuration."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Stored files."""

    name = "quartiersladen.files"
