"""Talks: planned, done, called off, corrected; the next date follows."""

from datetime import timedelta

import pytest

from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services.life import Ending as Closing
from quartiersladen.concerns.services.life import close_concern
from quartiersladen.concerns.states import Result
from quartiersladen.concerns.testing import make_concern
from quartiersladen.dossiers.models import Entry, FollowUp
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile
from quartiersladen.kernel.errors import Invalid, NotAllowed, TransitionRefused
from quartiersladen.mediation.models import Step
from quartiersladen.mediation.services.life import Ending, end_mediation
from quartiersladen.mediation.services.lines import (
    ConcernClosed,
    MediationEnded,
    NextStep,
    NextStepMissing,
    NotYet,
)
from quartiersladen.mediation.services.steps import (
    MinutesMissing,
    NotDone,
    NotOfThisMediation,
    Report,
    call_off,
    correct_step,
    do_step,
    note_step,
    plan_step,
)
from quartiersladen.mediation.states import MediationState, StepKind
from quartiersladen.mediation.testing import in_days, make_mediation, make_party, make_talk
from quartiersladen.quarters.testing import NOON


def version_of(mediation):
    return mediation.concern.dossier.version


def first_of(mediation):
    step = Step.objects.get(mediation=mediation, state="planned")
    step.mediation = mediation
    return step


def next_step(mediation, days, kind=StepKind.JOINT):
    return NextStep(kind, in_days(mediation.concern, days))


def plan(viewer, mediation, days, *, now=NOON):
    return plan_step(
        viewer=viewer,
        mediation=mediation,
        step=next_step(mediation, days),
        version=version_of(mediation),
        now=now,
    )


def report(
    mediation, *, days=0, minutes=30, parties=(), notes=" Sie reden. ", kind=StepKind.FIRST
):
    return Report(
        kind=kind,
        on=in_days(mediation.concern, days),
        minutes=minutes,
        parties=[party.pk for party in parties],
        notes=notes,
    )


def do(viewer, step, said, wanted=None):
    return do_step(
        viewer=viewer,
        step=step,
        report=said,
        wanted=wanted,
        version=version_of(step.mediation),
        now=NOON,
    )


def off(viewer, step, wanted=None):
    return call_off(
        viewer=viewer, step=step, wanted=wanted, version=version_of(step.mediation), now=NOON
    )


def end(viewer, mediation):
    end_mediation(
        viewer=viewer,
        mediation=mediation,
        ending=Ending(MediationState.NONE),
        version=version_of(mediation),
        now=NOON,
    )


def close(viewer, mediation):
    close_concern(
        viewer=viewer,
        concern=mediation.concern,
        ending=Closing(Result.NOT_POSSIBLE, "Wir haben gesprochen.", reason="Keine Einigung."),
        version=version_of(mediation),
        now=NOON,
    )


def due():
    task = FollowUp.objects.get(done_at=None)
    return task.due_on, task.reason


def last_line():
    line = Entry.objects.latest("pk")
    return line.deed, line.text, line.data


def test_the_earliest_planned_step_is_the_next_date(mira, mediation):
    plan(mira, mediation, 9)
    assert due() == (in_days(mediation.concern, 3), "mediation")
    plan(mira, mediation, 1)
    assert due() == (in_days(mediation.concern, 1), "mediation")
    assert Concern.objects.get().next_on == in_days(mediation.concern, 1)
    assert last_line() == (
        "mediation_step_planned",
        "",
        {"kind": "joint", "on": in_days(mediation.concern, 1).isoformat()},
    )


def test_what_is_overdue_counts_as_today(mira, mediation):
    later = NOON + timedelta(days=7)
    plan(mira, mediation, 9, now=later)
    assert due() == (in_days(mediation.concern, 7), "mediation")


def test_nothing_is_planned_for_yesterday_after_the_end_or_by_others(mira, ida, mediation):
    with pytest.raises(Invalid) as refused:
        plan(mira, mediation, -1)
    assert refused.value.field == "next_on"
    mediation.concern.dossier.refresh_from_db()
    with pytest.raises(NotAllowed):
        plan(ida, mediation, 1)
    end(mira, mediation)
    with pytest.raises(MediationEnded):
        plan(mira, mediation, 1)
    assert Step.objects.count() == 1


def test_a_double_press_plans_one(mira, mediation):
    version = version_of(mediation)
    plan(mira, mediation, 5)
    with pytest.raises(ChangedMeanwhile):
        plan_step(
            viewer=mira,
            mediation=mediation,
            step=next_step(mediation, 5),
            version=version,
            now=NOON,
        )
    assert Step.objects.count() == 2


def test_a_planned_step_takes_place(mira, mediation, sommer, winter):
    step = first_of(mediation)
    said = report(mediation, parties=[sommer], kind=StepKind.SEPARATE)

    do(mira, step, said, next_step(mediation, 8))

    stored = Step.objects.get(pk=step.pk)
    assert (stored.state, stored.kind, stored.on, stored.minutes, stored.notes) == (
        "done",
        "separate",
        in_days(mediation.concern, 0),
        30,
        "Sie reden.",
    )
    assert list(stored.parties.all()) == [sommer]
    assert due() == (in_days(mediation.concern, 8), "mediation")
    assert last_line() == (
        "mediation_step_done",
        "",
        {"kind": "separate", "on": stored.on.isoformat(), "minutes": 30},
    )


def test_without_a_next_step_nothing_is_written_down(mira, mediation):
    step = first_of(mediation)
    with pytest.raises(NextStepMissing) as refused:
        do(mira, step, report(mediation))
    assert (refused.value.field, Step.objects.get().state) == ("next_on", "planned")


def test_another_planned_step_is_enough(mira, mediation):
    step = first_of(mediation)
    plan(mira, mediation, 6)
    do(mira, step, report(mediation))
    assert due() == (in_days(mediation.concern, 6), "mediation")


def test_a_step_takes_place_once(mira, mediation):
    step = first_of(mediation)
    plan(mira, mediation, 6)
    do(mira, step, report(mediation))
    with pytest.raises(TransitionRefused):
        do(mira, step, report(mediation))


@pytest.mark.parametrize("minutes", [0, 1441])
def test_a_step_has_minutes(mira, mediation, minutes):
    with pytest.raises(MinutesMissing) as refused:
        do(mira, first_of(mediation), report(mediation, minutes=minutes), next_step(mediation, 8))
    assert refused.value.field == "minutes"


def test_nothing_took_place_tomorrow(mira, mediation):
    with pytest.raises(NotYet) as refused:
        do(mira, first_of(mediation), report(mediation, days=1), next_step(mediation, 8))
    assert refused.value.field == "on"


def test_only_parties_of_this_mediation_took_part(mira, quarter, mediation):
    other = make_mediation(mira, make_concern(quarter, "Ein anderer Streit."))
    stranger = make_party(mira, other)
    with pytest.raises(NotOfThisMediation) as refused:
        do(mira, first_of(mediation), report(mediation, parties=[stranger]))
    assert refused.value.field == "parties"


def test_steps_are_for_the_named(ida, mediation):
    step = first_of(mediation)
    with pytest.raises(NotAllowed):
        do(ida, step, report(mediation))
    with pytest.raises(NotAllowed):
        off(ida, step)
    with pytest.raises(NotAllowed):
        make_talk(ida, mediation)


def test_what_was_not_planned_is_written_down_too(mira, mediation, sommer):
    step = make_talk(mira, mediation, sommer, notes="Am Telefon.")

    assert (step.state, step.minutes, step.notes) == ("done", 45, "Am Telefon.")
    assert due() == (in_days(mediation.concern, 3), "mediation")


def test_after_the_end_only_corrections(mira, mediation):
    step = make_talk(mira, mediation)
    end(mira, mediation)
    with pytest.raises(MediationEnded):
        make_talk(mira, mediation)
    mediation.concern.dossier.refresh_from_db()
    correct(mira, step, report(mediation, minutes=60))
    assert Step.objects.get(pk=step.pk).minutes == 60


def correct(viewer, step, said):
    return correct_step(
        viewer=viewer, step=step, report=said, version=version_of(step.mediation), now=NOON
    )


def test_a_correction_changes_everything_but_the_next_date(mira, mediation, sommer, winter):
    step = make_talk(mira, mediation, sommer)

    correct(mira, step, report(mediation, days=-2, parties=[winter], kind=StepKind.CALL))

    stored = Step.objects.get(pk=step.pk)
    assert (stored.kind, stored.on, list(stored.parties.all())) == (
        "call",
        in_days(mediation.concern, -2),
        [winter],
    )
    assert due() == (in_days(mediation.concern, 3), "mediation")
    assert last_line()[0] == "mediation_step_corrected"


def test_only_what_took_place_is_corrected_and_by_the_named(mira, ida, mediation):
    with pytest.raises(NotDone):
        correct(mira, first_of(mediation), report(mediation))
    mediation.concern.dossier.refresh_from_db()
    with pytest.raises(NotAllowed):
        correct(ida, make_talk(mira, mediation), report(mediation))


def test_a_step_is_called_off_for_another_one(mira, mediation):
    step = first_of(mediation)

    off(mira, step, next_step(mediation, 10))

    assert list(Step.objects.order_by("on").values_list("state", "minutes")) == [
        ("called_off", None),
        ("planned", None),
    ]
    assert due() == (in_days(mediation.concern, 10), "mediation")
    assert last_line()[0] == "mediation_step_called_off"


def test_calling_off_the_last_one_needs_another(mira, mediation):
    step = first_of(mediation)
    with pytest.raises(NextStepMissing):
        off(mira, step)
    mediation.concern.dossier.refresh_from_db()
    plan(mira, mediation, 5)
    step = Step.objects.get(pk=step.pk)
    step.mediation = mediation
    off(mira, step)
    with pytest.raises(TransitionRefused):
        off(mira, step)


def test_on_a_closed_concern_nothing_is_planned_but_written_down(mira, mediation):
    step = first_of(mediation)
    close(mira, mediation)

    do(mira, step, report(mediation))
    with pytest.raises(ConcernClosed):
        plan(mira, mediation, 3)

    assert Step.objects.get(pk=step.pk).state == "done"
    assert (FollowUp.objects.filter(done_at=None).count(), Concern.objects.get().next_on) == (
        0,
        None,
    )


def test_a_talk_can_be_written_down_with_what_comes_next(mira, mediation):
    note_step(
        viewer=mira,
        mediation=mediation,
        report=report(mediation),
        wanted=next_step(mediation, 1),
        version=version_of(mediation),
        now=NOON,
    )
    assert due() == (in_days(mediation.concern, 1), "mediation")
