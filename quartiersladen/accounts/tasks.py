"""Jobs of the accounts module. Each may run twice: a second run finds nothing left to do."""

from django.utils import timezone

from quartiersladen.accounts import services


def drop_sessions() -> None:
    """Forget the sessions that have ended by themselves, and old wrong passwords."""
    now = timezone.now()
    services.drop_old_sessions(now=now)
    services.drop_old_attempts(now=now)


def forget_counts() -> None:
    """Delete the counts of hours that have passed."""
    services.forget_counts(now=timezone.now())
