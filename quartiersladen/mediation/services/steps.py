"""Talks and other steps of a mediation: planned, done, called off."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.dossiers.models import Entry
from quartiersladen.kernel.errors import Conflict, Invalid
from quartiersladen.mediation.models import MOST_MINUTES, Mediation, Party, Step
from quartiersladen.mediation.services.lines import (
    NextStep,
    begin_deed,
    begin_deed_under_way,
    check_has_been,
    follow_steps,
    write_line,
)
from quartiersladen.mediation.states import STEP_MACHINE, StepKind, StepState


class MinutesMissing(Invalid):
    """The hours of the office are made of these minutes."""

    sentence = _("Please write how many minutes it took, from 1 to 1440.")


class NotOfThisMediation(Invalid):
    """Who took part is one of the parties."""

    sentence = _("Please choose from the parties of this mediation.")


class NotDone(Conflict):
    """Only what has taken place can be corrected; what is planned is done or called off."""

    sentence = _("This step has not taken place.")


@dataclass(frozen=True, slots=True)
class Report:
    """What is written down of a step that took place. parties: keys of who took part."""

    kind: StepKind
    on: date
    minutes: int
    parties: Collection[int] = ()
    notes: str = ""


@transaction.atomic
def plan_step(
    *, viewer: Viewer, mediation: Mediation, step: NextStep, version: int, now: datetime
) -> Entry:
    """Plan a step; the concern's next date follows what comes first.

    Raises NotAllowed; MediationEnded; ConcernClosed; DateInThePast at `next_on`; ChangedMeanwhile.
    """
    begin_deed_under_way(viewer=viewer, mediation=mediation, version=version)
    follow_steps(mediation=mediation, wanted=step, now=now)
    return _line(viewer, mediation, "mediation_step_planned", now, kind=step.kind, on=step.on)


def _line(
    viewer: Viewer,
    mediation: Mediation,
    deed: str,
    now: datetime,
    *,
    kind: str,
    on: date,
    **facts: int,
) -> Entry:
    return write_line(
        viewer=viewer,
        mediation=mediation,
        deed=deed,
        now=now,
        kind=kind,
        on=on.isoformat(),
        **facts,
    )


@transaction.atomic
def note_step(
    *,
    viewer: Viewer,
    mediation: Mediation,
    report: Report,
    wanted: NextStep | None,
    version: int,
    now: datetime,
) -> Step:
    """Write down a step that took place without having been planned. wanted: what comes next.

    Raises NotAllowed; MediationEnded; NotYet; MinutesMissing; NotOfThisMediation; NextStepMissing
    when nothing else is to come; ConcernClosed; DateInThePast; ChangedMeanwhile.
    """
    begin_deed_under_way(viewer=viewer, mediation=mediation, version=version)
    there = _check(mediation, report, now)
    step = Step.objects.create(
        mediation=mediation,
        kind=report.kind,
        state=StepState.DONE,
        on=report.on,
        minutes=report.minutes,
        notes=report.notes.strip(),
    )
    step.parties.set(there)
    follow_steps(mediation=mediation, wanted=wanted, now=now)
    _done_line(viewer, step, now)
    return step


def _check(mediation: Mediation, report: Report, now: datetime) -> list[Party]:
    """Return who took part. Raises NotYet; MinutesMissing; NotOfThisMediation."""
    check_has_been(mediation=mediation, day=report.on, field="on", now=now)
    if not 1 <= report.minutes <= MOST_MINUTES:
        raise MinutesMissing(field="minutes")
    wanted = set(report.parties)
    there = list(Party.objects.filter(mediation=mediation, pk__in=wanted))
    if len(there) < len(wanted):
        raise NotOfThisMediation(field="parties")
    return there


def _done_line(viewer: Viewer, step: Step, now: datetime) -> Entry:
    return _line(
        viewer,
        step.mediation,
        "mediation_step_done",
        now,
        kind=step.kind,
        on=step.on,
        minutes=step.minutes or 0,
    )


@transaction.atomic
def do_step(
    *,
    viewer: Viewer,
    step: Step,
    report: Report,
    wanted: NextStep | None,
    version: int,
    now: datetime,
) -> Entry:
    """Write down that a planned step took place, and how. wanted: what comes next.

    Raises as note_step; TransitionRefused for one that is not planned any more.
    """
    mediation = step.mediation
    begin_deed_under_way(viewer=viewer, mediation=mediation, version=version)
    there = _check(mediation, report, now)
    step.state = STEP_MACHINE.target(StepState(step.state), "do", {"minutes"})
    _store(step, report, there)
    follow_steps(mediation=mediation, wanted=wanted, now=now)
    return _done_line(viewer, step, now)


def _store(step: Step, report: Report, there: list[Party]) -> None:
    step.kind, step.on, step.minutes = report.kind, report.on, report.minutes
    step.notes = report.notes.strip()
    step.save(update_fields=["kind", "state", "on", "minutes", "notes"])
    step.parties.set(there)


@transaction.atomic
def call_off(
    *, viewer: Viewer, step: Step, wanted: NextStep | None, version: int, now: datetime
) -> Entry:
    """Write down that a planned step did not take place. wanted: what comes instead.

    Raises NotAllowed; MediationEnded; TransitionRefused; NextStepMissing; ConcernClosed;
    DateInThePast; ChangedMeanwhile.
    """
    mediation = step.mediation
    begin_deed_under_way(viewer=viewer, mediation=mediation, version=version)
    step.state = STEP_MACHINE.target(StepState(step.state), "call_off")
    step.save(update_fields=["state"])
    follow_steps(mediation=mediation, wanted=wanted, now=now)
    return _line(viewer, mediation, "mediation_step_called_off", now, kind=step.kind, on=step.on)


@transaction.atomic
def correct_step(
    *, viewer: Viewer, step: Step, report: Report, version: int, now: datetime
) -> Entry:
    """Correct what was written down of a step that took place, also after the end.

    Raises NotAllowed; NotDone; NotYet; MinutesMissing; NotOfThisMediation; ChangedMeanwhile.
    """
    mediation = step.mediation
    begin_deed(viewer=viewer, mediation=mediation, version=version)
    if step.state != StepState.DONE:
        raise NotDone
    there = _check(mediation, report, now)
    _store(step, report, there)
    return _line(viewer, mediation, "mediation_step_corrected", now, kind=step.kind, on=step.on)
