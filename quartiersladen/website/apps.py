"""App configuration."""

from django.apps import AppConfig


class WebsiteConfig(AppConfig):
    """See the package."""

    name = "quartiersladen.website"
