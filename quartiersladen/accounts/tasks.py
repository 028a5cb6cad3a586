"""What the accounts module does by itself."""

from django.utils import timezone

from quartiersladen.accounts.services import drop_old_attempts, drop_old_sessions


def drop_sessions() -> None:
    """Forget the sessions that have ended by themselves, and old wrong passwords."""
    now = timezone.now()
    drop_old_sessions(now=now)
    drop_old_attempts(now=now)
