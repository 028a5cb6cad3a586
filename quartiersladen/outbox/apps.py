"""App configuration."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Outgoing mail and its books."""

    name = "quartiersladen.outbox"
