"""What every deed on a mediation does: ask who may, claim the dossier, write one line.

The lines hold numbers, days and words of closed lists, never a name or what was said.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.services.life import set_next_date
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.services.dossier import claim
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor, FollowUpReason
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.mediation.models import Mediation, Step
from quartiersladen.mediation.rules import may_mediate
from quartiersladen.mediation.states import StepKind, StepState


class MediationEnded(Conflict):
    """An ended mediation is kept as it is; a new quarrel begins a new one."""

    sentence = _("This mediation has ended. If it goes on, please begin a new one.")


class ConcernClosed(Conflict):
    """A closed concern has no next date, so nothing can be planned on it."""

    sentence = _("The concern is closed. Please take it up again before you plan something.")


class NextStepMissing(Invalid):
    """A mediation that is under way has a next step with a day."""

    sentence = _(
        "Please plan the next step with its day. No mediation under way stays without one."
    )


class NotYet(Invalid):
    """What has happened did not happen tomorrow."""

    sentence = _("This day is still to come.")


@dataclass(frozen=True, slots=True)
class NextStep:
    """What comes next, and when."""

    kind: StepKind
    on: date


def begin_deed(*, viewer: Viewer, mediation: Mediation, version: int) -> None:
    """Check who acts and claim the dossier. Raises NotAllowed; ChangedMeanwhile."""
    demand(may_mediate(viewer, mediation))
    claim(dossier=mediation.concern.dossier, version=version)


def begin_deed_under_way(*, viewer: Viewer, mediation: Mediation, version: int) -> None:
    """The same for a mediation that must not have ended.

    What was read before the claim is still true behind it: every deed claims the same dossier.
    Raises NotAllowed; ChangedMeanwhile; MediationEnded.
    """
    begin_deed(viewer=viewer, mediation=mediation, version=version)
    if not mediation.is_open:
        raise MediationEnded


def write_line(
    *, viewer: Viewer | None, mediation: Mediation, deed: str, now: datetime, **facts: str | int
) -> Entry:
    """Write the line of the journal. viewer: None for what goes by rule."""
    return record(
        dossier=mediation.concern.dossier,
        deed=deed,
        actor=Actor.OFFICE if viewer else Actor.SYSTEM,
        by_id=viewer.user_id if viewer else None,
        data=facts,
        now=now,
    )


def check_has_been(*, mediation: Mediation, day: date, field: str, now: datetime) -> None:
    """Raise NotYet at `field` for a day after today."""
    if day > mediation.concern.quarter.local_day(now):
        raise NotYet(field=field)


def follow_steps(*, mediation: Mediation, wanted: NextStep | None, now: datetime) -> None:
    """Plan `wanted`, and let the concern's next date follow what comes first; part of a deed.

    What comes first is a planned step, or the day on which we ask whether the agreement holds.
    What is overdue counts as today.  On a closed concern nothing is planned and nothing follows.
    Raises ConcernClosed; NextStepMissing for a mediation under way with nothing to come;
    DateInThePast at `next_on`.
    """
    concern = mediation.concern
    if not concern.is_open:
        if wanted:
            raise ConcernClosed
        return
    today = concern.quarter.local_day(now)
    if wanted:
        _check_ahead(wanted, today)
        Step.objects.create(mediation=mediation, kind=wanted.kind, on=wanted.on)
    due_on, reason = _what_comes_first(mediation)
    if due_on is None:
        if mediation.is_open:
            raise NextStepMissing(field="next_on")
        due_on, reason = today, FollowUpReason.WORK
    set_next_date(concern=concern, due_on=max(due_on, today), reason=reason, note="", now=now)


def _check_ahead(wanted: NextStep, today: date) -> None:
    if wanted.on < today:
        raise Invalid(_("The next date must be today or later."), field="next_on")


def _what_comes_first(mediation: Mediation) -> tuple[date | None, FollowUpReason]:
    planned = Step.objects.filter(mediation=mediation, state=StepState.PLANNED).order_by("on")
    step_on = planned.values_list("on", flat=True).first()
    check_on = mediation.check_on if mediation.waits_for_check else None
    if check_on and (step_on is None or check_on <= step_on):
        return check_on, FollowUpReason.AGREEMENT
    return step_on, FollowUpReason.MEDIATION
