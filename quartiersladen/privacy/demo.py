"""Demo data: a rule that has been at work for two months, and a shorter one that waits.

The nights are carried out by the real deed with the clock set back, so that the proof is true.
"""

from datetime import datetime, time, timedelta

from quartiersladen.accounts.models import Membership
from quartiersladen.accounts.queries import viewer_for
from quartiersladen.accounts.states import Role
from quartiersladen.privacy import retention
from quartiersladen.privacy.states import RetentionKind
from quartiersladen.quarters.models import Quarter

#: Days before the day of loading on which the rules ran.
NIGHTS = (60, 30, 7, 1)
TWO_O_CLOCK = time(2)
#: Shorter than the default, so that a year of life holds something to look at.
DAYS_OF_TEXT = 300
SHORTENED_BEFORE = 7  # the night that announces it; its notice has not run out yet


def load(now: datetime) -> None:
    """Let the lead of the first quarter start one rule and shorten another; nights go by."""
    quarter = Quarter.objects.get(is_default=True)
    lead = Membership.objects.select_related("user").get(quarter=quarter, role=Role.LEAD).user
    start = now - timedelta(days=NIGHTS[0] + 1)
    viewer = viewer_for(lead, quarter.pk, quarter.local_day(start))
    retention.start_rule(viewer=viewer, quarter=quarter, kind=RetentionKind.CONTACT, now=start)
    for days in NIGHTS:
        day = quarter.local_day(now - timedelta(days=days))
        if days == SHORTENED_BEFORE:
            retention.set_days(
                viewer=viewer,
                quarter=quarter,
                kind=RetentionKind.TEXT,
                days=DAYS_OF_TEXT,
                version=0,
                now=now - timedelta(days=days + 1),
            )
        night = datetime.combine(day, TWO_O_CLOCK, tzinfo=quarter.zone)
        retention.run_night(now=night)
