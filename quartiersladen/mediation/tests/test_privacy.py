"""What is held of a party: found, handed out, erased, let go in time."""

from datetime import timedelta

import pytest
from django.utils import translation
from django.utils.formats import date_format

from quartiersladen.accounts.testing import viewer_of
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services.life import Ending as Closing
from quartiersladen.concerns.services.life import close_concern
from quartiersladen.concerns.services.topics import mark_topic
from quartiersladen.concerns.states import Result
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.services.confidential import change_circle
from quartiersladen.mediation.models import Mediation, Party, Step
from quartiersladen.mediation.services.agreement import take_look
from quartiersladen.mediation.services.forgetting import (
    let_parties_go,
    let_texts_go,
    let_texts_of_go,
)
from quartiersladen.mediation.services.life import Ending, end_mediation
from quartiersladen.mediation.states import Holding, MediationState
from quartiersladen.mediation.testing import agree, make_talk
from quartiersladen.privacy.append_only import erasure_permit
from quartiersladen.privacy.erasure import (
    NobodyChosen,
    erase_person,
    find_people,
    get_person,
    preview_erasure,
    sections_of,
)
from quartiersladen.privacy.registry import Order
from quartiersladen.privacy.retention import due_now, rule_of, run_night, start_rule
from quartiersladen.privacy.states import RetentionKind
from quartiersladen.quarters.testing import NOON


@pytest.fixture
def lena(people, quarter):
    """The lead, who is not named unless a test names her."""
    return viewer_of(people["lena"], quarter)


@pytest.fixture
def named_lena(lena, people, mira, mediation):
    """The lead, named beside Mira."""
    dossier = mediation.concern.dossier
    change_circle(
        viewer=mira,
        dossier=dossier,
        people=[people["mira"], people["lena"]],
        version=dossier.version,
        now=NOON,
    )
    dossier.refresh_from_db()
    return lena


def found(viewer, quarter, words):
    return [row.key for row in find_people(viewer, quarter, words)]


@pytest.mark.parametrize(
    "words", ["sommer", "SOMMER frau", "sommer@example.org", "030 23125-101", "+49 30 23125 101"]
)
def test_a_party_is_found_by_name_mail_and_number(mira, quarter, sommer, winter, words):
    assert found(mira, quarter, words) == [sommer.subject]


def test_who_is_not_named_finds_no_party(ida, lena, quarter, sommer):
    assert (found(ida, quarter, "sommer"), found(lena, quarter, "sommer")) == ([], [])
    with pytest.raises(NobodyChosen):
        get_person(lena, quarter, [sommer.subject])


def test_what_is_handed_out_names_no_other_party(mira, quarter, mediation, sommer, winter):
    make_talk(mira, mediation, sommer, winter, notes="Sommer und Mieter 2. OG streiten.")
    agree(mira, mediation, sommer, winter, text="Mieter 2. OG ist leise.")

    with translation.override("en"):
        today = date_format(quarter.local_day(NOON), "SHORT_DATE_FORMAT")
        [part] = sections_of(mira, get_person(mira, quarter, [sommer.subject]))
    facts = {fact.key: fact.value for fact in part.records[0].facts}

    assert (part.key, part.records[0].title) == (
        "mediations",
        mediation.concern.dossier.reference,
    )
    assert facts == {
        "name": "Frau Sommer",
        "email": "sommer@example.org",
        "phone": "030 23125 101",
        "answer": f"takes part, {today}",
        "consent": f"signed, {today}",
        "step_1": "Separate talk",
    }


def test_the_matter_is_not_the_partys_to_read(mira, quarter, sommer):
    person = get_person(mira, quarter, [sommer.subject])

    assert person.identity.matters == frozenset()
    assert person.identity.emails == {"sommer@example.org"}
    assert person.rows == {sommer.subject}


def test_a_person_is_erased_with_a_line_that_names_nobody(
    named_lena, mira, quarter, mediation, sommer, winter
):
    talk = make_talk(mira, mediation, sommer, notes="Frau Sommer weint.")
    preview = preview_erasure(named_lena, quarter, [sommer.subject])
    assert [(line.count, line.fate) for line in preview.lines] == [(1, "goes"), (1, "stays")]
    version = mediation.concern.dossier.version

    erase_person(
        viewer=named_lena, quarter=quarter, rows=[sommer.subject], order=Order(), now=NOON
    )

    stored = Party.objects.get(pk=sommer.pk)
    assert (stored.name, stored.email, stored.gone_at) == ("[entfernt]", "", NOON)
    assert Party.objects.get(pk=winter.pk).name == "Mieter 2. OG"
    assert Step.objects.get(pk=talk.pk).notes == "[entfernt] weint."
    line = Entry.objects.get(deed="mediation_party_erased")
    assert (line.data, line.text) == ({"number": 1}, "")
    mediation.concern.dossier.refresh_from_db()
    assert mediation.concern.dossier.version == version + 1
    # Once more finds nothing to erase.
    erase_person(
        viewer=named_lena, quarter=quarter, rows=[sommer.subject], order=Order(), now=NOON
    )
    assert Entry.objects.filter(deed="mediation_party_erased").count() == 1


def test_the_lead_who_is_not_named_erases_nobody(lena, quarter, sommer):
    with pytest.raises(NobodyChosen):
        erase_person(viewer=lena, quarter=quarter, rows=[sommer.subject], order=Order(), now=NOON)
    assert Party.objects.get().gone_at is None


@pytest.fixture
def closed(mira, mediation, sommer, winter):
    """Everything that can be written, and the concern closed."""
    concern = mediation.concern
    make_talk(mira, mediation, sommer, notes="Frau Sommer weint.")
    agree(mira, mediation, sommer, winter, text="Mieter 2. OG ist leise.")
    for deed in (_look, _end):
        deed(mira, mediation)
    close_concern(
        viewer=mira,
        concern=concern,
        ending=Closing(Result.NOT_POSSIBLE, "Wir haben gesprochen.", reason="Keine Einigung."),
        version=concern.dossier.version,
        now=NOON,
    )
    return concern


def _look(viewer, mediation):
    take_look(
        viewer=viewer,
        mediation=mediation,
        holding=Holding.PARTLY,
        note="Meistens.",
        wanted=None,
        version=mediation.concern.dossier.version,
        now=NOON,
    )


def _end(viewer, mediation):
    end_mediation(
        viewer=viewer,
        mediation=mediation,
        ending=Ending(MediationState.PASSED_ON, "Sie wollen.", service="Schlichtung"),
        version=mediation.concern.dossier.version,
        now=NOON,
    )


def let(deed, quarter, *, days):
    later = NOON + timedelta(days=days)
    with erasure_permit():
        return deed(quarter=quarter, before=later - timedelta(days=180), limit=9, now=later)


def test_contact_data_goes_some_time_after_the_closing(quarter, closed):
    assert let(let_parties_go, quarter, days=180) == 0
    assert let(let_parties_go, quarter, days=181) == 1
    assert let(let_parties_go, quarter, days=182) == 0

    assert set(Party.objects.values_list("name", "email", "contact")) == {("[entfernt]", "", "")}
    assert Step.objects.get(state="done").notes == "[entfernt] weint."
    line = Entry.objects.latest("pk")
    assert (line.deed, line.actor, line.by_id, line.data) == (
        "mediation_parties_gone",
        "system",
        None,
        {},
    )


def test_texts_go_later_and_take_the_parties_along(quarter, closed):
    assert let(let_texts_go, quarter, days=181) == 1
    assert let(let_texts_go, quarter, days=182) == 0

    stored = Mediation.objects.get()
    assert (stored.agreement, stored.check_note, stored.end_note, stored.service) == (
        "[entfernt]",
    ) * 4
    assert (stored.state, stored.holding, Step.objects.get(state="done").minutes) == (
        "passed_on",
        "partly",
        45,
    )
    assert Step.objects.get(state="done").notes == "[entfernt]"
    assert set(Party.objects.values_list("name", flat=True)) == {"[entfernt]"}
    assert Entry.objects.latest("pk").deed == "mediation_texts_gone"


def test_what_another_worker_let_go_meanwhile_is_done(quarter, closed):
    concern = Concern.objects.select_related("dossier", "quarter").get()
    with erasure_permit():
        assert let_texts_of_go(concern=concern, now=NOON) is True
        assert let_texts_of_go(concern=concern, now=NOON) is False
    assert Entry.objects.filter(deed="mediation_texts_gone").count() == 1


def test_a_mediation_without_parties_or_notes_goes_as_well(mira, quarter, mediation):
    concern = mediation.concern
    close_concern(
        viewer=mira,
        concern=concern,
        ending=Closing(Result.NOT_POSSIBLE, "Wir haben gesprochen.", reason="Keine Einigung."),
        version=concern.dossier.version,
        now=NOON,
    )
    assert let(let_parties_go, quarter, days=200) == 0
    assert let(let_texts_go, quarter, days=200) == 1
    assert Mediation.objects.get().agreement == ""


def test_what_is_open_stays(quarter, mediation, sommer):
    assert let(let_parties_go, quarter, days=4000) == 0
    assert let(let_texts_go, quarter, days=4000) == 0


def test_the_texts_of_an_important_topic_stay(mira, quarter, closed):
    mark_topic(
        viewer=mira,
        concern=closed,
        months=6,
        next_on=None,
        version=closed.dossier.version,
        now=NOON,
    )
    assert let(let_texts_go, quarter, days=4000) == 0
    assert let(let_parties_go, quarter, days=4000) == 1


def test_the_rules_of_the_concern_let_it_go(lena, named_lena, quarter, closed):
    """One rule for contact data and one for texts, whoever holds them."""
    soon = NOON + timedelta(days=200)
    rule = rule_of(quarter, RetentionKind.CONTACT)
    due = due_now(quarter, rule, soon, viewer=named_lena)
    assert (due.count, list(due.examples)) == (2, [closed.dossier.reference])
    assert due_now(quarter, rule, soon).count == 2

    start_rule(viewer=lena, quarter=quarter, kind=RetentionKind.CONTACT, now=soon)
    start_rule(viewer=lena, quarter=quarter, kind=RetentionKind.TEXT, now=soon)
    assert run_night(now=soon) == 2
    assert Party.objects.filter(gone_at=None).count() == 0

    years = NOON + timedelta(days=3 * 365 + 1)
    assert run_night(now=years) == 2
    assert (Mediation.objects.get().agreement, Concern.objects.get().text) == ("[entfernt]",) * 2
