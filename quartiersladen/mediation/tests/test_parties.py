"""Who takes part: entered, corrected, asked, erased."""

from datetime import timedelta

import pytest

from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile
from quartiersladen.dossiers.services.journal import note
from quartiersladen.kernel.errors import NotAllowed, TransitionRefused
from quartiersladen.mediation.models import Party, Step
from quartiersladen.mediation.services.life import Ending, end_mediation
from quartiersladen.mediation.services.lines import MediationEnded, NotYet
from quartiersladen.mediation.services.parties import (
    PartyFacts,
    PartyIsGone,
    PartyNameMissing,
    add_party,
    change_party,
    erase_party,
    take_answer,
)
from quartiersladen.mediation.states import MediationState, PartyState, Side
from quartiersladen.mediation.testing import agree, in_days, make_party, make_talk
from quartiersladen.quarters.testing import NOON


def version_of(mediation):
    return mediation.concern.dossier.version


def answer(viewer, party, what, *, day=0):
    return take_answer(
        viewer=viewer,
        party=party,
        answer=what,
        on=in_days(party.mediation.concern, day),
        version=version_of(party.mediation),
        now=NOON,
    )


def erase(viewer, party):
    return erase_party(viewer=viewer, party=party, version=version_of(party.mediation), now=NOON)


def end(viewer, mediation):
    end_mediation(
        viewer=viewer,
        mediation=mediation,
        ending=Ending(MediationState.NONE),
        version=version_of(mediation),
        now=NOON,
    )


def last_line():
    line = Entry.objects.latest("pk")
    return line.deed, line.text, line.data


def test_a_party_gets_a_number_and_the_journal_no_name(mira, mediation):
    party = make_party(mira, mediation, "  Frau Sommer ", language=" Farsi ")

    assert (party.number, party.name, party.language) == (1, "Frau Sommer", "Farsi")
    assert last_line() == ("mediation_party_added", "", {"number": 1})
    assert make_party(mira, mediation, "Herr Herbst", Side.B).number == 2


def test_a_party_has_a_name(mira, mediation):
    with pytest.raises(PartyNameMissing) as refused:
        make_party(mira, mediation, "  ")
    assert (refused.value.field, Party.objects.count()) == ("name", 0)


def test_a_double_press_enters_one(mira, mediation):
    version = version_of(mediation)
    facts = PartyFacts("Frau Sommer", Side.A)
    add_party(viewer=mira, mediation=mediation, facts=facts, version=version, now=NOON)
    with pytest.raises(ChangedMeanwhile):
        add_party(viewer=mira, mediation=mediation, facts=facts, version=version, now=NOON)
    assert Party.objects.count() == 1


def test_who_is_not_named_enters_nobody(ida, mediation):
    with pytest.raises(NotAllowed):
        make_party(ida, mediation)


def test_nobody_is_entered_after_the_end(mira, mediation):
    end(mira, mediation)
    with pytest.raises(MediationEnded):
        make_party(mira, mediation)


def change(viewer, party, **facts):
    return change_party(
        viewer=viewer,
        party=party,
        facts=PartyFacts(**{"name": "Frau Sommer-Reich", "side": Side.C, **facts}),
        version=version_of(party.mediation),
        now=NOON,
    )


def test_what_is_known_can_be_corrected_also_after_the_end(mira, mediation, sommer):
    end(mira, mediation)
    change(mira, sommer, needs_interpreter=True)

    stored = Party.objects.get()
    assert (stored.name, stored.side, stored.email, stored.needs_interpreter) == (
        "Frau Sommer-Reich",
        "c",
        "",
        True,
    )
    assert last_line() == ("mediation_party_changed", "", {"number": 1})


def test_a_correction_needs_a_name_and_somebody_named(mira, ida, sommer):
    with pytest.raises(PartyNameMissing):
        change(mira, sommer, name=" ")
    with pytest.raises(NotAllowed):
        change(ida, sommer)


def test_deleted_data_does_not_come_back_through_an_old_form(mira, sommer):
    erase(mira, sommer)
    with pytest.raises(PartyIsGone):
        change(mira, sommer)
    assert Party.objects.get().name == "[entfernt]"


def test_a_party_says_that_it_takes_part_and_leaves(mira, mediation, sommer, winter):
    answer(mira, sommer, PartyState.AGREED, day=-1)
    assert last_line() == (
        "mediation_party_agreed",
        "",
        {"number": 1, "on": in_days(mediation.concern, -1).isoformat()},
    )
    agree(mira, mediation, sommer)

    answer(mira, sommer, PartyState.DECLINED)

    stored = Party.objects.get(pk=sommer.pk)
    assert (stored.state, stored.answered_on, stored.consent, stored.consented_on) == (
        "declined",
        in_days(mediation.concern, 0),
        "",
        None,
    )
    assert last_line()[0] == "mediation_party_declined"


def test_nobody_says_the_same_twice_or_tomorrow(mira, sommer):
    answer(mira, sommer, PartyState.AGREED)
    with pytest.raises(TransitionRefused):
        answer(mira, sommer, PartyState.AGREED)
    sommer.mediation.concern.dossier.refresh_from_db()
    with pytest.raises(NotYet) as refused:
        answer(mira, sommer, PartyState.DECLINED, day=1)
    assert refused.value.field == "on"


def test_an_answer_needs_somebody_named_and_a_mediation_under_way(mira, ida, mediation, sommer):
    with pytest.raises(NotAllowed):
        answer(ida, sommer, PartyState.AGREED)
    end(mira, mediation)
    with pytest.raises(MediationEnded):
        answer(mira, sommer, PartyState.AGREED)


def test_one_party_is_erased_alone(mira, mediation, sommer, winter):
    talk = make_talk(mira, mediation, sommer, winter, notes="Frau Sommer hört nachts Radio.")
    note(viewer=mira, dossier=mediation.concern.dossier, text="030 23125-101 geht nicht", now=NOON)

    erase(mira, sommer)

    stored = Party.objects.get(pk=sommer.pk)
    assert (stored.name, stored.email, stored.phone, stored.gone_at) == (
        "[entfernt]",
        "",
        "",
        NOON,
    )
    assert Party.objects.get(pk=winter.pk).name == "Mieter 2. OG"
    assert Step.objects.get(pk=talk.pk).notes == "[entfernt] hört nachts Radio."
    assert Entry.objects.get(deed="note").text == "[entfernt] geht nicht"
    assert set(talk.parties.all()) == {sommer, winter}
    assert last_line() == ("mediation_party_erased", "", {"number": 1})


def test_erasing_is_for_the_named_and_once(mira, ida, sommer):
    with pytest.raises(NotAllowed):
        erase(ida, sommer)
    erase(mira, sommer)
    with pytest.raises(PartyIsGone):
        erase(mira, sommer)


def test_an_old_page_erases_nobody(mira, mediation, sommer):
    with pytest.raises(ChangedMeanwhile):
        erase_party(
            viewer=mira, party=sommer, version=version_of(mediation) - 1, now=NOON + timedelta(1)
        )
    assert Party.objects.get().gone_at is None
