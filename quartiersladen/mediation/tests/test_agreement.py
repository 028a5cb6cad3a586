"""The agreement, who says yes to it, and whether it holds."""

import pytest

from quartiersladen.concerns.services.life import Ending as Closing
from quartiersladen.concerns.services.life import close_concern
from quartiersladen.concerns.states import Result
from quartiersladen.dossiers.models import Entry, FollowUp
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile
from quartiersladen.kernel.errors import Invalid, NotAllowed
from quartiersladen.mediation.models import Mediation, Party, Step
from quartiersladen.mediation.services.agreement import (
    CheckedAlready,
    DoesNotTakePart,
    NoAgreement,
    TooFewParties,
    WordsMissing,
    take_consent,
    take_look,
    write_agreement,
)
from quartiersladen.mediation.services.life import Ending, end_mediation
from quartiersladen.mediation.services.lines import (
    ConcernClosed,
    MediationEnded,
    NextStep,
    NextStepMissing,
    NotYet,
)
from quartiersladen.mediation.states import Assent, Holding, MediationState, StepKind
from quartiersladen.mediation.testing import WORDS, agree, in_days
from quartiersladen.quarters.testing import NOON


def version_of(mediation):
    return mediation.concern.dossier.version


def write(viewer, mediation, text=WORDS, *, days=28, version=None):
    return write_agreement(
        viewer=viewer,
        mediation=mediation,
        text=text,
        check_on=None if days is None else in_days(mediation.concern, days),
        version=version or version_of(mediation),
        now=NOON,
    )


def consent(viewer, party, how=Assent.ORALLY, *, days=0):
    mediation = party.mediation
    return take_consent(
        viewer=viewer,
        party=party,
        consent=how,
        on=in_days(mediation.concern, days),
        version=version_of(mediation),
        now=NOON,
    )


def look(viewer, mediation, holding=Holding.HOLDS, *, wanted=None, note=" Es ist ruhig. "):
    return take_look(
        viewer=viewer,
        mediation=mediation,
        holding=holding,
        note=note,
        wanted=wanted,
        version=version_of(mediation),
        now=NOON,
    )


def end(viewer, mediation, state=MediationState.AGREED):
    end_mediation(
        viewer=viewer,
        mediation=mediation,
        ending=Ending(state),
        version=version_of(mediation),
        now=NOON,
    )


def due():
    task = FollowUp.objects.get(done_at=None)
    return task.due_on, task.reason


def last_line():
    line = Entry.objects.latest("pk")
    return line.deed, line.text, line.data


def test_it_is_kept_with_the_day_on_which_we_ask(mira, mediation, sommer, winter):
    write(mira, mediation, f"  {WORDS}\n")

    stored = Mediation.objects.get()
    assert (stored.agreement, stored.check_on) == (WORDS, in_days(mediation.concern, 28))
    assert last_line() == (
        "mediation_agreement",
        "",
        {"check_on": in_days(mediation.concern, 28).isoformat()},
    )


def test_the_next_date_follows_the_day_when_nothing_comes_before(mira, mediation, sommer, winter):
    write(mira, mediation)
    assert due() == (in_days(mediation.concern, 3), "mediation")
    Step.objects.all().delete()
    write(mira, mediation)
    assert due() == (in_days(mediation.concern, 28), "agreement")


def test_on_the_same_day_we_ask_first(mira, mediation, sommer, winter):
    write(mira, mediation, days=3)
    assert due() == (in_days(mediation.concern, 3), "agreement")


def test_without_a_day_something_else_must_be_planned(mira, mediation, sommer, winter):
    write(mira, mediation, days=None)
    assert last_line()[2] == {"check_on": ""}
    Step.objects.all().delete()
    with pytest.raises(NextStepMissing):
        write(mira, mediation, days=None)


def test_it_has_words_and_at_least_two_who_take_part(mira, mediation, sommer):
    with pytest.raises(WordsMissing) as empty:
        write(mira, mediation, "  ")
    with pytest.raises(TooFewParties) as alone:
        write(mira, mediation)
    assert (empty.value.field, alone.value.field) == ("text", "text")
    assert Mediation.objects.get().agreement == ""


def test_we_do_not_ask_yesterday(mira, mediation, sommer, winter):
    with pytest.raises(Invalid) as refused:
        write(mira, mediation, days=-1)
    assert refused.value.field == "check_on"


def test_it_is_written_by_the_named_once_and_before_the_end(mira, ida, mediation, sommer, winter):
    version = version_of(mediation)
    with pytest.raises(NotAllowed):
        write(ida, mediation)
    write(mira, mediation)
    with pytest.raises(ChangedMeanwhile):
        write(mira, mediation, version=version)
    mediation.concern.dossier.refresh_from_db()
    end(mira, mediation, MediationState.NONE)
    with pytest.raises(MediationEnded):
        write(mira, mediation)


def test_a_party_says_yes_and_so_takes_part(mira, mediation, sommer, winter):
    write(mira, mediation)

    consent(mira, sommer, days=-1)

    stored = Party.objects.get(pk=sommer.pk)
    day = in_days(mediation.concern, -1)
    assert (stored.consent, stored.consented_on, stored.state, stored.answered_on) == (
        "orally",
        day,
        "agreed",
        day,
    )
    assert last_line() == (
        "mediation_consent",
        "",
        {"number": 1, "consent": "orally", "on": day.isoformat()},
    )


def test_who_has_said_that_they_take_part_keeps_that_day(mira, mediation, sommer, winter):
    Party.objects.update(state="agreed", answered_on=in_days(mediation.concern, -5))
    sommer.refresh_from_db(fields=["state", "answered_on"])
    write(mira, mediation)
    consent(mira, sommer)
    assert Party.objects.get(pk=sommer.pk).answered_on == in_days(mediation.concern, -5)


def test_nobody_says_yes_to_nothing_or_tomorrow_or_from_outside(
    mira, ida, mediation, sommer, winter
):
    with pytest.raises(NoAgreement):
        consent(mira, sommer)
    mediation.concern.dossier.refresh_from_db()
    write(mira, mediation)
    with pytest.raises(NotYet) as refused:
        consent(mira, sommer, days=1)
    assert refused.value.field == "on"
    mediation.concern.dossier.refresh_from_db()
    with pytest.raises(NotAllowed):
        consent(ida, sommer)
    sommer.state = "declined"
    with pytest.raises(DoesNotTakePart):
        consent(mira, sommer)


def test_other_words_need_the_yes_anew_the_same_words_do_not(mira, mediation, sommer, winter):
    agree(mira, mediation, sommer, winter)

    write(mira, mediation, days=14)
    assert set(Party.objects.values_list("consent", flat=True)) == {"signed"}
    write(mira, mediation, "Nach 21 Uhr ist Ruhe.")
    assert set(Party.objects.values_list("consent", "consented_on")) == {("", None)}


def test_after_some_weeks_it_holds(mira, mediation, sommer, winter):
    agree(mira, mediation, sommer, winter)

    look(mira, mediation)

    stored = Mediation.objects.get()
    assert (stored.holding, stored.checked_on, stored.check_note) == (
        "holds",
        in_days(mediation.concern, 0),
        "Es ist ruhig.",
    )
    assert due() == (in_days(mediation.concern, 3), "mediation")
    assert last_line() == ("mediation_checked", "", {"holding": "holds"})


def test_a_look_with_nothing_planned_says_what_comes_next(mira, mediation, sommer, winter):
    agree(mira, mediation, sommer, winter)
    Step.objects.all().delete()
    with pytest.raises(NextStepMissing):
        look(mira, mediation, Holding.BROKEN)
    mediation.refresh_from_db(fields=["holding", "checked_on"])
    mediation.concern.dossier.refresh_from_db()
    look(
        mira,
        mediation,
        Holding.BROKEN,
        wanted=NextStep(StepKind.FOLLOW_UP, in_days(mediation.concern, 4)),
    )
    assert due() == (in_days(mediation.concern, 4), "mediation")


def test_a_look_after_the_end_brings_it_to_the_desk_today(mira, mediation, sommer, winter):
    agree(mira, mediation, sommer, winter)
    end(mira, mediation)
    assert due() == (in_days(mediation.concern, 28), "agreement")

    look(mira, mediation, Holding.PARTLY)

    assert due() == (in_days(mediation.concern, 0), "work")


def test_after_the_end_nothing_is_planned_with_it(mira, mediation, sommer, winter):
    agree(mira, mediation, sommer, winter)
    end(mira, mediation)
    with pytest.raises(MediationEnded):
        look(mira, mediation, wanted=NextStep(StepKind.CALL, in_days(mediation.concern, 4)))


def test_a_look_needs_an_agreement_happens_once_and_by_the_named(
    mira, ida, mediation, sommer, winter
):
    with pytest.raises(NoAgreement):
        look(mira, mediation)
    mediation.concern.dossier.refresh_from_db()
    agree(mira, mediation, sommer, winter)
    with pytest.raises(NotAllowed):
        look(ida, mediation)
    look(mira, mediation)
    with pytest.raises(CheckedAlready):
        look(mira, mediation)


def test_a_new_agreement_is_looked_at_anew(mira, mediation, sommer, winter):
    agree(mira, mediation, sommer, winter)
    look(mira, mediation, Holding.BROKEN)
    write(mira, mediation, "Neu: nach 20 Uhr.")
    stored = Mediation.objects.get()
    assert (stored.holding, stored.checked_on, stored.check_note) == ("", None, "")


def test_on_a_closed_concern_no_day_can_be_set(mira, mediation, sommer, winter):
    close_concern(
        viewer=mira,
        concern=mediation.concern,
        ending=Closing(Result.NOT_POSSIBLE, "Wir haben gesprochen.", reason="Keine Einigung."),
        version=version_of(mediation),
        now=NOON,
    )
    with pytest.raises(ConcernClosed):
        write(mira, mediation)
    mediation.concern.dossier.refresh_from_db()
    write(mira, mediation, days=None)
    assert Mediation.objects.get().agreement == WORDS
