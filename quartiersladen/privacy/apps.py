"""App configuration."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Consent ledger and trail."""

    name = "quartiersladen.privacy"
