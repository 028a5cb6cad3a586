"""App configuration."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Responsible bodies and contact persons."""

    name = "quartiersladen.directory"
