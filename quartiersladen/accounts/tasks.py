"""Jobs of the accounts module. Each may run twice: a second run finds nothing left to do."""

from django.utils import timezone

from quartiersladen.accounts import services


def forget_counts() -> None:
    """Delete the counts of hours that have passed."""
    services.forget_counts(now=timezone.now())
