"""The person's own hand on their data, through the status link and without an account."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Q
from django.test import Client
from django_q.models import OrmQ

from quartiersladen.concerns.letters import status_link
from quartiersladen.concerns.models import Concern, Teller
from quartiersladen.concerns.services import own_data, tellers
from quartiersladen.concerns.services.life import Ending, close_concern
from quartiersladen.concerns.services.own_data import Contact
from quartiersladen.concerns.services.quarantine import block_sender
from quartiersladen.concerns.services.referrals import NoConsent, PassOn, pass_on
from quartiersladen.concerns.states import AnswerWay, Channel, Result, Witness
from quartiersladen.concerns.testing import make_concern, make_referral, teller_viewer
from quartiersladen.correspondence.models import Message
from quartiersladen.correspondence.privacy import HOLDER
from quartiersladen.correspondence.states import Way
from quartiersladen.dossiers.models import Dossier, Entry, FollowUp
from quartiersladen.dossiers.services.forgetting import CLEAN_INDEX
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.kernel.links import make_token
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.services import empty_mails
from quartiersladen.outbox.states import MailState
from quartiersladen.privacy.models import Consent
from quartiersladen.privacy.registry import Identity, Person
from quartiersladen.quarters.testing import NOON

FACTS: dict[str, Any] = {
    "name": "Sabine Brandt",
    "email": "brandt@example.org",
    "phone": "+49 30 23125 847",
    "address": "Rosenweg 12",
    "way": AnswerWay.MAIL,
    "consent_wording": "Sie dürfen das weitergeben.",
}


@pytest.fixture
def concern(quarter):
    return fresh(make_concern(quarter, **FACTS))


def fresh(concern):
    rows = Concern.objects.select_related("dossier", "dossier__quarter", "teller", "quarter")
    return rows.get(pk=concern.pk)


def page_of(concern, name=""):
    link = status_link(concern, concern.teller)
    token = make_token(
        link.purpose, subject_id=concern.pk, generation=link.generation, expires_on=None
    )
    return f"/s/{token}/{name or 'daten/'}"


def with_contact(viewer, concern, body):
    [referral] = pass_on(
        viewer=viewer,
        concern=concern,
        items=[PassOn(body=body, way=Way.MAIL, with_contact=True)],
        ask_on=NOON.date() + timedelta(days=14),
        version=concern.dossier.version,
        now=NOON,
    )
    return referral


def take_back(concern, viewer=None, channel=Channel.WEB):
    return own_data.take_back_consent(
        viewer=viewer or teller_viewer(concern),
        concern=concern,
        channel=channel,
        wording="Nein",
        now=NOON,
    )


def test_taking_back_is_a_new_line_and_closes_the_way_to_bodies(quarter, mira, body, concern):
    take_back(concern)

    lines = list(Consent.objects.order_by("pk").values_list("step", "channel"))
    assert lines == [("given", "web"), ("withdrawn", "web")]
    assert not Consent.objects.exclude(taken_by=None).exists()
    with pytest.raises(NoConsent):
        with_contact(mira, fresh(concern), body)
    with pytest.raises(own_data.NothingToTakeBack):
        take_back(fresh(concern))


def test_without_a_body_that_knows_there_is_no_task(concern):
    before = FollowUp.objects.get(done_at=None).due_on

    take_back(concern)

    assert FollowUp.objects.get(done_at=None).due_on == before


def test_mails_lose_the_contact_data_and_the_office_gets_a_task(mira, body, concern):
    with_contact(mira, concern, body)
    to_body = Mail.objects.get(to_address=body.email)
    assert "brandt@example.org" in to_body.text

    take_back(fresh(concern))

    to_body.refresh_from_db()
    for fact in ("Sabine", "brandt@", "847", "Rosenweg"):
        assert fact not in to_body.text
    # What was sent stays as it was, on the dossier.
    assert "brandt@example.org" in Message.objects.get(mail=to_body).text
    task = FollowUp.objects.get(done_at=None)
    assert (task.due_on, body.name in task.note) == (NOON.date(), True)
    assert fresh(concern).next_on == NOON.date()
    assert Entry.objects.get(deed="consent_withdrawn").actor == "teller"


def test_the_task_comes_also_when_the_concern_is_closed(mira, body, concern):
    with_contact(mira, concern, body)
    concern = fresh(concern)
    close_concern(
        viewer=mira,
        concern=concern,
        ending=Ending(Result.FIXED, "Gut", witness=Witness.OFFICE),
        version=concern.dossier.version,
        now=NOON,
    )

    take_back(fresh(concern))

    assert body.name in FollowUp.objects.get(done_at=None).note


def test_the_office_types_it_in_for_somebody_on_the_phone(quarter, mira, desk, concern):
    reference = concern.dossier.reference
    opened = desk.get(f"/buero/anliegen/{reference}/?tat=consent").content.decode()
    assert "Wie hat die Person es gesagt?" in opened
    data = {"version": concern.dossier.version, "channel": "phone", "wording": "Bitte nicht mehr"}

    done = desk.post(f"/buero/anliegen/{reference}/einwilligung/", data)

    line = Consent.objects.get(step="withdrawn")
    assert done.status_code == 302
    assert (line.channel, line.wording, line.taken_by.name) == ("phone", "Bitte nicht mehr", "Ida")
    again = desk.post(f"/buero/anliegen/{reference}/einwilligung/", data)
    assert again.status_code == 409


def test_a_stranger_takes_nothing_back(quarter, concern):
    other = make_concern(quarter, "b")

    for deed in (
        lambda viewer: take_back(concern, viewer),
        lambda viewer: own_data.delete_contact(viewer=viewer, concern=concern, now=NOON),
        lambda viewer: own_data.change_contact(
            viewer=viewer, concern=concern, contact=Contact(AnswerWay.LINK), now=NOON
        ),
    ):
        with pytest.raises(NotAllowed):
            deed(teller_viewer(other))

    assert Teller.objects.get(pk=concern.pk).may_pass_on is True


def test_a_new_address_is_confirmed_and_the_old_one_is_forgotten(concern):
    Teller.objects.update(email_confirmed_at=NOON)
    later = NOON + timedelta(days=30)
    contact = Contact(AnswerWay.MAIL, "Sabine Braun", "braun@example.org", "", "Rosenweg 12")

    own_data.change_contact(
        viewer=teller_viewer(concern), concern=fresh(concern), contact=contact, now=later
    )

    teller = Teller.objects.get()
    assert (teller.name, teller.email, teller.phone) == ("Sabine Braun", "braun@example.org", "")
    assert (teller.email_confirmed_at, teller.email_given_at) == (None, later)
    assert list(Mail.objects.order_by("pk").values_list("to_address", flat=True)) == [
        "",
        "braun@example.org",
    ]
    search = Dossier.objects.get().search_text
    assert ("braun@example.org" in search, "brandt" in search) == (True, False)
    # 72 hours count from the day of the new address.
    assert tellers.drop_unconfirmed(now=later + timedelta(hours=71)) == 0
    assert tellers.drop_unconfirmed(now=later + timedelta(hours=73)) == 1
    assert "braun@" not in Dossier.objects.get().search_text
    assert not Mail.objects.exclude(to_address="").exists()


def test_what_happened_since_the_page_was_read_stays(quarter, concern):
    stale = fresh(concern)
    Teller.objects.update(
        may_pass_on=False, link_generation=2, told_orally_on=NOON.date(), email_confirmed_at=NOON
    )
    contact = Contact(AnswerWay.MAIL, "S. Brandt", FACTS["email"])

    own_data.change_contact(
        viewer=teller_viewer(concern), concern=stale, contact=contact, now=NOON
    )

    teller = Teller.objects.get()
    assert (teller.name, teller.phone, teller.email_confirmed_at) == ("S. Brandt", "", NOON)
    assert (teller.may_pass_on, teller.link_generation) == (False, 2)
    assert teller.told_orally_on == NOON.date()


def test_a_text_that_went_since_the_page_was_read_takes_nobody_in(concern):
    stale = fresh(concern)
    Concern.objects.update(text_gone_at=NOON)

    with pytest.raises(own_data.TextGone):
        own_data.change_contact(
            viewer=teller_viewer(concern), concern=stale, contact=Contact(AnswerWay.LINK), now=NOON
        )


def test_words_that_came_since_the_page_was_read_are_blackened_too(mira, body, concern):
    stale = fresh(concern)
    Teller.objects.update(phone="+49 30 23125 848")
    with_contact(mira, fresh(concern), body)

    take_back(stale)

    assert "848" not in Mail.objects.get(to_address=body.email).text


@pytest.mark.parametrize("name", ["braun@example.org", "example.org"])
def test_a_blocked_address_gets_no_mail(quarter, mira, concern, name):
    block_sender(viewer=mira, quarter=quarter, name=name, now=NOON)

    own_data.change_contact(
        viewer=teller_viewer(concern),
        concern=fresh(concern),
        contact=Contact(AnswerWay.MAIL, email="Braun@example.org"),
        now=NOON,
    )

    assert Teller.objects.get().email == "Braun@example.org"
    assert not Mail.objects.filter(to_address__iexact="braun@example.org").exists()


def test_nobody_mails_stranger_after_stranger(settings, concern):
    settings.REPORTS_PER_HOUR = 1
    resident, page = Client(), page_of(concern)
    data = {"deed": "change", "way": "mail"}

    first = resident.post(page, data | {"email": "a@example.org"})
    second = resident.post(page, data | {"email": "b@example.org"})

    assert (first.status_code, second.status_code) == (302, 429)
    assert Teller.objects.get().email == "a@example.org"
    # Nobody is kept from deleting.
    assert resident.post(page, {"deed": "delete"}).status_code == 302


@pytest.mark.parametrize("deed", ["change", "delete"])
def test_nothing_is_called_gone_while_a_mail_is_on_its_way(concern, deed):
    Mail.objects.update(state=MailState.SENDING)
    page = page_of(concern)

    refused = Client().post(page, {"deed": deed, "way": "link"})

    assert refused.status_code == 409
    assert "Gerade wird eine E-Mail" in refused.content.decode()
    assert Teller.objects.get().email == FACTS["email"]
    Mail.objects.update(state=MailState.SENT)
    assert Client().post(page, {"deed": deed, "way": "link"}).status_code == 302
    assert Mail.objects.get().to_address == ""


def test_correcting_the_name_asks_for_no_new_confirmation(concern):
    Teller.objects.update(email_confirmed_at=NOON)
    contact = Contact(
        AnswerWay.MAIL, "Sabine Brand", FACTS["email"], FACTS["phone"], FACTS["address"]
    )

    own_data.change_contact(
        viewer=teller_viewer(concern), concern=fresh(concern), contact=contact, now=NOON
    )

    assert Teller.objects.get().email_confirmed_at == NOON
    assert Mail.objects.count() == 1


def test_an_answer_needs_somewhere_to_go_and_a_text_that_is_there(concern):
    def change(way):
        own_data.change_contact(
            viewer=teller_viewer(concern), concern=fresh(concern), contact=Contact(way), now=NOON
        )

    with pytest.raises(own_data.WayMissing):
        change(AnswerWay.PHONE)
    Concern.objects.update(text_gone_at=NOON)
    with pytest.raises(own_data.TextGone):
        change(AnswerWay.LINK)


def test_the_person_deletes_who_they_are_and_the_concern_stays(concern):
    own_data.delete_contact(viewer=teller_viewer(concern), concern=concern, now=NOON)

    teller = Teller.objects.get()
    assert (teller.has_contact, teller.way, teller.may_pass_on) == (False, AnswerWay.LINK, False)
    assert Consent.objects.filter(step="withdrawn").count() == 1
    assert Mail.objects.get().to_address == ""
    assert "brandt" not in Dossier.objects.get().search_text
    assert Entry.objects.get(deed="contact_deleted").actor == "teller"


def test_who_wanted_no_answer_wants_none_afterwards(quarter):
    concern = fresh(make_concern(quarter, name="Ali", way=AnswerWay.NONE))

    own_data.delete_contact(viewer=teller_viewer(concern), concern=concern, now=NOON)

    assert Teller.objects.get().way == AnswerWay.NONE
    assert not Consent.objects.exists()


# --- The page -------------------------------------------------------------------------------------
def test_the_page_shows_everything_and_the_file_says_the_same(mira, body, concern):
    with_contact(mira, concern, body)
    resident = Client()

    page = resident.get(page_of(concern))
    handed = json.loads(resident.get(page_of(concern, "daten.json")).content)

    text = page.content.decode()
    assert all(fact in text for fact in ("Sabine Brandt", "brandt@example.org", body.name))
    assert page["X-Robots-Tag"] == "noindex"
    assert handed["contact"]["email"] == "brandt@example.org"
    assert [line["step"] for line in handed["consents"]] == ["given"]
    assert [line["body"] for line in handed["contact_passed_on_to"]] == [body.name]
    assert "Mira" not in json.dumps(handed)


def test_what_was_written_is_handed_out_without_the_places_of_links(mira, concern):
    Teller.objects.update(email_confirmed_at=NOON)
    close_concern(
        viewer=mira,
        concern=fresh(concern),
        ending=Ending(Result.FIXED, "Gut", witness=Witness.OFFICE),
        version=1,
        now=NOON,
    )
    person = Person(
        quarter=concern.quarter,
        identity=Identity(matters=frozenset({concern.pk})),
    )

    [written] = json.loads(Client().get(page_of(concern, "daten.json")).content)["written"]
    sections = HOLDER.sections(mira, person)

    assert ("Gut" in written["text"], "[[" in written["text"]) == (True, False)
    assert written["text"].endswith("•••")
    assert [len(section.records) for section in sections] == [1, 2, 0]
    assert "[[" not in str(sections)


def test_the_desk_reads_what_was_written_when_its_mail_was_emptied(mira, desk, concern):
    Teller.objects.update(email_confirmed_at=NOON)
    close_concern(
        viewer=mira,
        concern=fresh(concern),
        ending=Ending(Result.FIXED, "Es leuchtet & bleibt", witness=Witness.OFFICE),
        version=1,
        now=NOON,
    )
    empty_mails(mails=Q(message__dossier=concern.pk))

    page = desk.get(f"/buero/anliegen/{concern.dossier.reference}/")

    [line] = page.context["correspondence"]
    assert ("Es leuchtet & bleibt" in line["text"], "[[" in line["text"]) == (True, False)
    assert (line["mail"].is_emptied, "Es leuchtet &amp; bleibt" in page.content.decode()) == (
        True,
        True,
    )


@pytest.mark.parametrize("deed", ["change", "delete", "consent"])
def test_the_index_of_the_search_forgets_for_good(concern, deed):
    OrmQ.objects.all().delete()

    assert Client().post(page_of(concern), {"deed": deed, "way": "link"}).status_code == 302

    assert CLEAN_INDEX in [row.task["func"] for row in OrmQ.objects.all()]


def test_the_deeds_of_the_page(concern):
    resident, page = Client(), page_of(concern)
    data = {"deed": "change", "way": "phone", "name": "S.", "phone": "030 23125 101"}

    assert "Ja, löschen" in resident.get(f"{page}?loeschen=1").content.decode()
    assert resident.post(page, {"deed": "nonsense"}).status_code == 422
    assert resident.post(page, data | {"phone": ""}).status_code == 422
    assert resident.post(page, data | {"phone": "keine"}).status_code == 422
    assert resident.post(page, data).status_code == 302
    assert Teller.objects.get().phone == "+49 30 23125101"
    assert resident.post(page, {"deed": "delete"}).status_code == 302
    assert not Teller.objects.get().has_contact
    done = resident.get(page).content.decode()
    assert "Wir wissen nicht, wer Sie sind" in done
    assert resident.get("/s/falsch/daten/").status_code == 404
    assert resident.get("/s/falsch/daten.json").status_code == 404


def test_a_deleted_text_cannot_be_changed_on_the_page(concern):
    Concern.objects.update(text_gone_at=NOON)
    page = page_of(concern)

    assert "Meine Daten berichtigen" not in Client().get(page).content.decode()
    refused = Client().post(page, {"deed": "change", "way": "link"})
    assert refused.status_code == 409


def test_the_desk_says_that_contact_data_is_gone(quarter, mira, desk, body, concern):
    make_referral(mira, concern, body)
    own_data.delete_contact(viewer=teller_viewer(concern), concern=fresh(concern), now=NOON)
    concern = fresh(concern)
    close_concern(
        viewer=mira,
        concern=concern,
        ending=Ending(Result.FIXED, "Gut", witness=Witness.OFFICE),
        version=concern.dossier.version,
        now=NOON,
    )
    reference = concern.dossier.reference

    page = desk.get(f"/buero/anliegen/{reference}/?tat=reopen").content.decode()
    assert "Die Kontaktdaten wurden am" in page
    assert "Wir können der Person nicht mehr Bescheid geben" in page
    Concern.objects.update(text_gone_at=NOON)
    page = desk.get(f"/buero/anliegen/{reference}/?tat=reopen").content.decode()
    assert "Wieder aufnehmen lässt sich nur das Gerüst" in page
