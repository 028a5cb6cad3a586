"""Jobs of the privacy module. Each may run twice: a second run finds nothing left to do."""

from datetime import timedelta

from django.utils import timezone

from quartiersladen.privacy import retention

#: A job may run five minutes; what is left is taken up by the next run.
MOST_TIME = timedelta(minutes=2)


def run_retention() -> None:
    """Carry out the rules of retention; run each hour, each rule acts once a night."""
    started = timezone.now()
    retention.run_night(now=started, clock=lambda: timezone.now() - started < MOST_TIME)
