"""The next date of a dossier."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from quartiersladen.dossiers.models import Dossier, FollowUp
from quartiersladen.dossiers.states import FollowUpReason
from quartiersladen.kernel.errors import Invalid


class DateInThePast(Invalid):
    """A follow-up cannot be due before today."""

    sentence = _("The next date must be today or later.")


def check_next_date(*, dossier: Dossier, due_on: date, now: datetime) -> None:
    """Raise DateInThePast for a day before today."""
    if due_on < dossier.quarter.local_day(now):
        raise DateInThePast(field="due_on")


def plan_follow_up(
    *, dossier: Dossier, due_on: date, reason: FollowUpReason, note: str, now: datetime
) -> FollowUp:
    """Replace the next date of a dossier. Raises DateInThePast for a day before today."""
    check_next_date(dossier=dossier, due_on=due_on, now=now)
    end_follow_up(dossier=dossier, now=now)
    return FollowUp.objects.create(
        dossier=dossier, due_on=due_on, reason=reason, note=note, created_at=now
    )


def end_follow_up(
    *, dossier: Dossier, reason: FollowUpReason | None = None, now: datetime
) -> None:
    """Mark the open follow-up as done, if there is one.  reason: only one of this kind."""
    rows = FollowUp.objects.filter(dossier=dossier, done_at=None)
    (rows.filter(reason=reason) if reason else rows).update(done_at=now)


def first_follow_up(
    *, dossier: Dossier, due_on: date, reason: FollowUpReason, now: datetime
) -> FollowUp:
    """Set the first next date of a dossier that was made in this transaction."""
    return FollowUp.objects.create(dossier=dossier, due_on=due_on, reason=reason, created_at=now)
