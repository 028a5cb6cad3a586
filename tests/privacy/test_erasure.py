"""One person across the modules: looked up, handed out, erased; and who may not."""

import json
from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from axes.models import AccessAttempt
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from quartiersladen.accounts.models import Membership, Session, User
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.concerns import timeline
from quartiersladen.concerns.models import Concern, Referral, Teller
from quartiersladen.concerns.services.questions import answer_question, ask_person
from quartiersladen.concerns.testing import make_concern, make_referral, teller_viewer
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.models import ContactPerson
from quartiersladen.dossiers.models import Dossier, Entry, Named
from quartiersladen.dossiers.services.journal import note, record
from quartiersladen.dossiers.states import Actor
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.services import OnItsWay, queue_mail
from quartiersladen.outbox.states import MailState
from quartiersladen.privacy import erasure
from quartiersladen.privacy.below.accounts import StillWorksHere
from quartiersladen.privacy.models import Consent, Trail
from quartiersladen.privacy.registry import Holder, Order, holders
from quartiersladen.quarters.testing import NOON, make_quarter
from tests.support.pdf import complaints, page_texts
from tests.support.sign_in import signed_in_client

FACTS = {"name": "Sabine Brandt", "email": "brandt@example.org", "phone": "+49 30 23125 847"}


def brandt(quarter, text="Es ist dunkel.", **fields):
    return make_concern(quarter, text, **(FACTS | fields))


def key(concern):
    return f"concerns.teller:{concern.pk}"


def erase(viewer, quarter, *rows, **order):
    erasure.erase_person(viewer=viewer, quarter=quarter, rows=rows, order=Order(**order), now=NOON)


def found(viewer, quarter, words):
    return [row.key for row in erasure.find_people(viewer, quarter, words)]


@pytest.mark.parametrize(
    "words", ["sabine brandt", "BRANDT", "brandt@example.org", "030 23125 847", "23125847"]
)
def test_a_teller_is_found_by_name_address_and_number(quarter, mira, words):
    concern = brandt(quarter)
    make_concern(quarter, "Frau Brandt sagt das auch.", name="Ali Yilmaz", phone="+49 30 23125 8")

    assert key(concern) in found(mira, quarter, words)
    assert all(not row.endswith(f":{concern.pk + 1}") for row in found(mira, quarter, words))


def test_who_looks_with_two_letters_is_refused(quarter, mira):
    with pytest.raises(erasure.TooShort):
        erasure.find_people(mira, quarter, "ab ")


def test_only_lead_and_moderator_look_and_only_in_their_quarter(quarter, mira, ines):
    concern = brandt(quarter)
    other = make_quarter("west")
    foreign = brandt(other)

    with pytest.raises(NotAllowed):
        erasure.find_people(ines, quarter, "brandt")
    with pytest.raises(NotAllowed):
        erasure.find_people(mira, other, "brandt")
    assert key(foreign) not in found(mira, quarter, "brandt")
    with pytest.raises(erasure.NobodyChosen):
        erasure.get_person(mira, quarter, [key(foreign), "nonsense", "concerns.teller:x"])
    assert erasure.get_person(mira, quarter, [key(concern)]).identity.emails == {FACTS["email"]}


def test_only_the_lead_erases(quarter, mira, ines):
    concern = brandt(quarter)

    for viewer in (mira, ines):
        with pytest.raises(NotAllowed):
            erase(viewer, quarter, key(concern))
        with pytest.raises(NotAllowed):
            erasure.preview_erasure(viewer, quarter, [key(concern)])

    assert Teller.objects.get().name == "Sabine Brandt"


def test_a_confidential_matter_is_hidden_from_a_lead_who_is_not_named(quarter, karla):
    concern = brandt(quarter)
    Dossier.objects.filter(pk=concern.pk).update(audience="confidential")

    assert found(karla, quarter, "brandt@example.org")[:1] != [key(concern)]
    with pytest.raises(erasure.NobodyChosen):
        erase(karla, quarter, key(concern))

    Named.objects.create(dossier=concern.dossier, user_id=karla.user_id)
    erase(karla, quarter, key(concern))
    assert Teller.objects.get().name == ""


def test_all_or_nothing(quarter, karla, monkeypatch):
    concern = brandt(quarter)

    class Broken(Holder):
        def erase(self, person, order, now):  # noqa: ARG002 -- fails for everybody
            raise ZeroDivisionError

    house = (Broken(), *holders())
    monkeypatch.setattr(erasure, "holders", lambda: house)
    with pytest.raises(ZeroDivisionError):
        erase(karla, quarter, key(concern))

    assert Teller.objects.get().name == "Sabine Brandt"
    assert Mail.objects.get().to_address == FACTS["email"]
    assert not Trail.objects.exists()


def test_the_triggers_hold_for_everybody_afterwards(quarter, karla):
    concern = brandt(quarter)
    erase(karla, quarter, key(concern))

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.update(text="")


def test_a_name_in_another_matter_is_blackened_only_where_ticked(quarter, karla):
    concern = brandt(quarter)
    other = make_concern(quarter, "Nachbarin Sabine Brandt stört.")
    street = make_concern(quarter, "In der Brandt-Straße liegt Müll.")
    preview = erasure.preview_erasure(karla, quarter, [key(concern)])
    offered = {place.key: place for place in preview.places}
    certain = f"concerns.concern.text:{other.pk}"
    possible = f"concerns.concern.text:{street.pk}"
    assert (offered[certain].is_certain, offered[possible].is_certain) == (True, False)
    assert (offered[certain].before, offered[certain].words) == ("Nachbarin ", "Sabine Brandt")

    erase(karla, quarter, key(concern), places=frozenset({certain}))

    texts = dict(Concern.objects.values_list("pk", "text"))
    assert texts[other.pk] == "Nachbarin [entfernt] stört."
    assert texts[street.pk] == "In der Brandt-Straße liegt Müll."
    # Whoever has the other page open notices, and the journal says what happened.
    assert (
        dict(Dossier.objects.values_list("pk", "version"))[other.pk] == other.dossier.version + 1
    )
    lines = Entry.objects.filter(deed="text_blackened")
    assert [line.dossier_id for line in lines] == [other.pk]
    assert timeline.office_words(lines[0]) == (
        "Wörter darin geschwärzt: Eine Person wollte, dass ihre Daten gelöscht werden"
    )
    assert "brandt" not in Dossier.objects.get(pk=other.pk).search_text.replace("nachbarin", "")


def test_a_place_of_another_quarter_or_nonsense_is_left_alone(quarter, karla):
    concern = brandt(quarter)
    foreign = make_concern(make_quarter("west"), "Sabine Brandt")

    places = {f"concerns.concern.text:{foreign.pk}", "nonsense", "a:b"}
    erase(karla, quarter, key(concern), places=frozenset(places))

    foreign.refresh_from_db()
    assert foreign.text == "Sabine Brandt"


def confidential(concern):
    Dossier.objects.filter(pk=concern.pk).update(audience="confidential")
    return concern


def test_the_list_shows_no_word_of_a_mail_that_the_lead_may_not_read(quarter, karla):
    concern = brandt(quarter)
    secret = confidential(make_concern(quarter, "a", email="leise@example.org"))
    plain = make_concern(quarter, "b", email="offen@example.org")
    Mail.objects.exclude(to_address=FACTS["email"]).update(text="Die Sternwarte")
    queue_mail(
        quarter=quarter,
        kind="account",
        to="karla@example.org",
        subject="Neues Passwort",
        text="https://example.org/password/reset/key/abc-Sternwarte/",
        is_account=True,
        now=NOON,
    )

    def offered():
        words = ["key", "Sternwarte"]
        places = erasure.preview_erasure(karla, quarter, [key(concern)], words).places
        return [place.key for place in places]

    mails = {mail.to_address: f"outbox.mail.text:{mail.pk}" for mail in Mail.objects.all()}
    assert offered() == [mails["offen@example.org"]]
    Named.objects.create(dossier=secret.dossier, user_id=karla.user_id)
    assert sorted(offered()) == sorted([mails["leise@example.org"], mails["offen@example.org"]])
    assert plain.pk


def test_a_mail_of_a_confidential_matter_leads_to_nobody(quarter, karla):
    secret = confidential(brandt(quarter))
    row = f"outbox.mail:{Mail.objects.get().pk}"

    assert found(karla, quarter, FACTS["email"]) == []
    with pytest.raises(erasure.NobodyChosen):
        erasure.get_person(karla, quarter, [row])
    open_one = brandt(quarter, "Es ist laut.")
    handed = erasure.sections_of(karla, erasure.get_person(karla, quarter, [key(open_one)]))
    assert [len(part.records) for part in handed if part.key == "mails"] == [1]

    Named.objects.create(dossier=secret.dossier, user_id=karla.user_id)
    assert erasure.get_person(karla, quarter, [row]).identity.emails == {FACTS["email"]}
    handed = erasure.sections_of(karla, erasure.get_person(karla, quarter, [row]))
    assert [len(part.records) for part in handed if part.key == "mails"] == [2]


def test_rows_that_the_lead_may_not_see_are_neither_shown_nor_erased(quarter, karla):
    visible = brandt(quarter, consent_wording="Sie dürfen das weitergeben.")
    secret = confidential(
        make_concern(
            quarter, "b", name="Ali Yilmaz", phone="+49 30 23125 101", consent_wording="Geheim."
        )
    )
    foreign = make_concern(make_quarter("west"), "c", name="Ali Yilmaz", phone="+49 30 23125 101")
    rows = [key(visible), key(secret), key(foreign), "concerns.teller:999"]

    preview = erasure.preview_erasure(karla, quarter, rows)
    assert preview.person.rows == {key(visible)}
    contact = "Name, E-Mail, Telefon und Adresse, auch in der Suche"
    assert {str(line.what): line.count for line in preview.lines}[contact] == 1
    handed = {part.key: part for part in erasure.sections_of(karla, preview.person)}
    assert len(handed["consents"].records) == 1
    erase(karla, quarter, *rows)

    names = dict(Teller.objects.values_list("pk", "name"))
    assert names == {visible.pk: "", secret.pk: "Ali Yilmaz", foreign.pk: "Ali Yilmaz"}
    assert Trail.objects.get().subject == key(visible)


def test_a_text_that_the_lead_may_not_read_is_not_blackened(quarter, karla, monkeypatch):
    """And what was ticked is not looked for once more: the house can go on writing."""
    concern = brandt(quarter)
    other = make_concern(quarter, "Sabine Brandt war da.")
    secret = confidential(make_concern(quarter, "Sabine Brandt war hier."))
    unrelated = make_concern(quarter, "Es ist laut.")
    texts = (f"concerns.concern.text:{c.pk}" for c in (other, secret, unrelated))
    monkeypatch.setattr(erasure, "places", None)

    erase(karla, quarter, key(concern), places=frozenset(texts))

    assert dict(Concern.objects.exclude(pk=concern.pk).values_list("pk", "text")) == {
        other.pk: "[entfernt] war da.",
        secret.pk: "Sabine Brandt war hier.",
        unrelated.pk: "Es ist laut.",
    }
    assert Trail.objects.get().data["texts"] == 1


@pytest.mark.parametrize("typed", ["030 2 31 25 8 47", "030 23 12 58 47", "+493023125847"])
def test_a_number_is_found_in_the_spelling_of_another_person(quarter, karla, typed):
    concern = brandt(quarter)
    other = make_concern(quarter, f"Ruf {typed} an.", phone="030 23125 101")
    twin = make_concern(quarter, "Laut.", phone=typed)

    places = erasure.preview_erasure(karla, quarter, [key(concern)]).places

    assert f"concerns.concern.text:{other.pk}" in {place.key for place in places}
    assert {key(concern), key(twin)} == set(found(karla, quarter, "030 23125847"))


def test_a_person_with_many_concerns_costs_no_more_statements(quarter, mira, body):
    def cost(rows):
        person = erasure.get_person(mira, quarter, rows)
        with CaptureQueriesContext(connection) as asked:
            sections = erasure.sections_of(mira, person)
        return len(asked), [len(part.records) for part in sections if part.key == "passed_on"]

    concerns = [brandt(quarter, f"Text {n}", consent_wording="Ja.") for n in range(3)]
    for concern in concerns:
        make_referral(mira, concern, body)
    Referral.objects.update(with_contact=True)

    alone, together = cost([key(concerns[0])]), cost([key(c) for c in concerns])
    assert (alone[1], together[1]) == ([1], [3])
    assert together[0] == alone[0]


def test_further_words_are_found_and_blackened(quarter, karla, mira):
    concern = brandt(quarter)
    note(viewer=mira, dossier=concern.dossier, text="Die Bine war da.", now=NOON)

    preview = erasure.preview_erasure(karla, quarter, [key(concern)], ["Bine"])
    assert [p.words for p in preview.places if p.goes_anyway] == ["Bine"]
    erase(karla, quarter, key(concern), more=["Bine"])

    assert Entry.objects.get(deed="note").text == "Die [entfernt] war da."


def test_the_name_goes_from_the_facts_of_the_journal_as_well(quarter, karla):
    concern = brandt(quarter)
    facts = {"reason": "Sabine Brandt ist fortgezogen.", "result": "not_possible"}
    record(
        dossier=concern.dossier,
        deed="closed",
        actor=Actor.OFFICE,
        by_id=karla.user_id,
        data=facts,
        now=NOON,
    )

    erase(karla, quarter, key(concern))

    assert Entry.objects.get(deed="closed").data == facts | {
        "reason": "[entfernt] ist fortgezogen."
    }


def test_photos_can_stay(quarter, karla):
    concern = brandt(quarter)

    erase(karla, quarter, key(concern), with_photos=False)

    assert Trail.objects.get().data == {"texts": 0, "photos": False}


def test_it_waits_for_a_mail_on_its_way(quarter, karla):
    concern = brandt(quarter)
    Mail.objects.update(state=MailState.SENDING)

    with pytest.raises(OnItsWay):
        erase(karla, quarter, key(concern))

    assert Teller.objects.get().name == "Sabine Brandt"


def test_a_waiting_mail_is_cancelled(quarter, karla):
    erase(karla, quarter, key(brandt(quarter)))

    mail = Mail.objects.get()
    assert (mail.state, mail.to_address, mail.subject) == (MailState.CANCELLED, "", "[entfernt]")


def test_somebody_of_whom_only_mails_are_left(quarter, karla):
    brandt(quarter)
    Teller.objects.update(email="", name="", phone="")
    [row] = found(karla, quarter, "BRANDT@example.org")
    assert row == f"outbox.mail:{Mail.objects.get().pk}"
    assert found(karla, quarter, "niemand@example.org") == []

    erase(karla, quarter, row)

    assert Mail.objects.get().to_address == ""


def test_a_consent_ends_with_the_erasure_and_its_proof_stays(quarter, karla):
    concern = brandt(quarter, consent_wording="Sie dürfen das weitergeben.")

    erase(karla, quarter, key(concern))
    erase(karla, quarter, key(concern))

    assert list(Consent.objects.order_by("pk").values_list("step", flat=True)) == [
        "given",
        "withdrawn",
    ]
    assert "Brandt" not in str(list(Consent.objects.values()))


def test_a_contact_person_is_erased_and_the_body_stays(quarter, karla, mira, body):
    person = ContactPerson.objects.create(
        body=body, name="Otto Amtmann", email="amtmann@example.org", from_on=date(2020, 1, 1)
    )
    make_referral(mira, make_concern(quarter, "Herr Otto Amtmann weiß es."), body)
    [row] = found(karla, quarter, "amtmann")
    handed = erasure.sections_of(karla, erasure.get_person(karla, quarter, [row]))
    assert [part.key for part in handed] == ["directory"]

    preview = erasure.preview_erasure(karla, quarter, [row])
    certain = {place.key for place in preview.places if place.is_certain}
    erase(karla, quarter, row, places=frozenset(certain))

    person.refresh_from_db()
    assert (person.name, person.email, person.to_on) == ("[entfernt]", "", NOON.date())
    assert Concern.objects.get().text == "Herr [entfernt] weiß es."


def test_a_colleague_who_works_here_is_not_erased(quarter, karla, mira):
    row = f"accounts.user:{mira.user_id}"

    with pytest.raises(StillWorksHere):
        erase(karla, quarter, row)

    assert User.objects.get(pk=mira.user_id).name == "Mira"


def test_a_former_colleague_loses_name_address_and_sign_ins(quarter, karla):
    user = make_member(quarter, Role.HELPER, "Hao")
    signed_in_client(user)
    Session.objects.update(browser="Firefox", system="Linux")
    EmailAddress.objects.create(user=user, email=user.email)
    AccessAttempt.objects.create(
        username=user.email, ip_address="192.0.2.1", failures_since_start=1
    )
    concern = make_concern(quarter)
    Entry.objects.create(
        dossier=concern.dossier, at=NOON, actor="office", by=user, deed="note", audience="office"
    )
    memberships = Membership.objects.filter(user=user)
    memberships.update(to_on=NOON.date() - timedelta(days=1), phone="030 23125 9")
    [row] = found(karla, quarter, "hao@ost")
    handed = erasure.sections_of(karla, erasure.get_person(karla, quarter, [row]))
    assert [part.key for part in handed] == ["account", "roles", "sessions"]
    [signed_in] = handed[2].records
    facts = {fact.key: fact.value for fact in signed_in.facts}
    assert (facts["browser"], facts["system"]) == ("Firefox", "Linux")
    assert {"since", "last_seen"} < set(facts)
    sessions = Session.objects.count()

    erase(karla, quarter, row)

    user.refresh_from_db()
    assert (user.is_active, user.has_usable_password()) == (False, False)
    assert "hao" not in f"{user.name} {user.email}".lower()
    assert not EmailAddress.objects.filter(user=user).exists()
    assert not AccessAttempt.objects.exists()
    assert memberships.get().phone == ""
    assert Session.objects.count() == sessions - 1
    assert Entry.objects.get(by=user).deed == "note"


def test_somebody_with_a_role_elsewhere_is_not_erased(quarter, karla):
    user = make_member(quarter, Role.HELPER, "Hao")
    Membership.objects.filter(user=user).update(to_on=date(2021, 1, 1))
    Membership.objects.create(
        user=user, quarter=make_quarter("west"), role=Role.HELPER, from_on=date(2020, 1, 1)
    )

    with pytest.raises(StillWorksHere):
        erase(karla, quarter, f"accounts.user:{user.pk}")


# --- Pages ----------------------------------------------------------------------------------------
def test_looking_for_nobody_says_so(lead_desk):
    found_page = lead_desk.post("/buero/auskunft/", {"words": "niemand"})
    assert "Niemand gefunden" in found_page.content.decode()
    assert lead_desk.post("/buero/auskunft/", {"words": "a"}).status_code == 422
    assert lead_desk.post("/buero/auskunft/", {"words": ""}).status_code == 422
    assert lead_desk.get("/buero/auskunft/person/").status_code == 302
    assert lead_desk.get("/buero/auskunft/loeschen/?wer=x").status_code == 302
    assert lead_desk.get("/buero/auskunft/person.json?wer=x").status_code == 404
    assert lead_desk.get("/buero/auskunft/person.pdf?wer=x").status_code == 404


def test_reading_leaves_a_line_without_a_name(quarter, lead_desk, tmp_path):
    concern = brandt(quarter)
    query = f"?wer={key(concern)}"

    page = lead_desk.get(f"/buero/auskunft/person/{query}")
    as_data = lead_desk.get(f"/buero/auskunft/person.json{query}")
    as_pdf = lead_desk.get(f"/buero/auskunft/person.pdf{query}")

    assert "Sabine Brandt" in page.content.decode()
    # The order of painting (ORD) is a hint: a screen reader follows the tags.
    faults = [line for line in complaints(as_pdf.content, tmp_path) if not line.startswith("ORD")]
    assert faults == []
    assert "Sabine Brandt" in " ".join(page_texts(as_pdf.content))
    parts = {part["key"] for part in json.loads(as_data.content)["sections"]}
    assert parts == {"contact", "told", "steps", "mails"}
    lines = Trail.objects.order_by("pk")
    assert [line.data["how"] for line in lines] == ["page", "json", "pdf"]
    assert "Brandt" not in str(list(lines.values()))


def test_a_key_that_fits_no_column_is_nobody(lead_desk):
    for table in ("concerns.teller", "outbox.mail", "accounts.user", "directory.contactperson"):
        query = f"?wer={table}:{10**22}"
        assert lead_desk.get(f"/buero/auskunft/person/{query}").status_code == 302
        assert lead_desk.get(f"/buero/auskunft/loeschen/{query}").status_code == 302
        assert lead_desk.get(f"/buero/auskunft/person.json{query}").status_code == 404


def test_each_look_at_the_list_before_an_erasure_leaves_a_line(quarter, lead_desk):
    concern = brandt(quarter)
    page = "/buero/auskunft/loeschen/"

    lead_desk.get(f"{page}?wer={key(concern)}")
    lead_desk.post(page, {"wer": key(concern), "schritt": "ansehen", "more": "Bine"})
    lead_desk.get(f"{page}?wer=x")

    lines = Trail.objects.order_by("pk").values_list("deed", "subject", "data")
    assert list(lines) == [("person read", key(concern), {"how": "erasure"})] * 2


def test_the_page_of_erasure_shows_the_further_words_first(quarter, lead_desk):
    concern = brandt(quarter, "Die Bine war da.")
    order = {"wer": key(concern), "schritt": "ansehen", "more": "Bine\n"}

    page = lead_desk.post("/buero/auskunft/loeschen/", order)

    assert page.status_code == 200
    assert "Texte der eigenen Anliegen" in page.content.decode()
    assert Teller.objects.get().name == "Sabine Brandt"
    Mail.objects.update(state=MailState.SENDING)
    refused = lead_desk.post(
        "/buero/auskunft/loeschen/", order | {"schritt": "loeschen", "is_meant": "on"}
    )
    assert refused.status_code == 409


def test_the_rules_have_a_page_each(quarter, lead_desk):
    rules = lead_desk.get("/buero/einstellungen/aufbewahrung/")
    one = "/buero/einstellungen/aufbewahrung/contact/"

    assert "Kontaktdaten von Menschen" in rules.content.decode()
    assert "Nichts ist älter" in lead_desk.get(one).content.decode()
    assert lead_desk.get("/buero/einstellungen/aufbewahrung/x/").status_code == 404
    assert lead_desk.post(one, {"days": "x", "version": "0"}).status_code == 422
    assert lead_desk.post(one, {"days": "0", "version": "0"}).status_code == 422
    assert lead_desk.post(one, {"days": "90", "version": "0"}).status_code == 302
    assert lead_desk.post(one, {"days": "80", "version": "1"}).status_code == 409
    assert lead_desk.post(f"{one}beginnen/").status_code == 302
    assert lead_desk.post(f"{one}beginnen/").status_code == 409


def test_a_moderator_sets_no_rules(quarter):
    moderator = signed_in_client(make_member(quarter, Role.MODERATOR, "Ida"))
    helper = signed_in_client(make_member(quarter, Role.HELPER, "Tom"))

    assert moderator.get("/buero/einstellungen/aufbewahrung/").status_code == 403
    assert helper.get("/buero/auskunft/").status_code == 403


def test_questions_and_answers_go_and_that_they_were_asked_stays(quarter, karla):
    concern = brandt(quarter)
    question = ask_person(
        viewer=karla,
        concern=concern,
        text="Vor welchem Haus?",
        version=concern.dossier.version,
        now=NOON,
    )
    answer_question(
        viewer=teller_viewer(concern),
        question=question,
        text="Bei Brandts",
        way=Way.LINK,
        now=NOON,
    )
    handed = erasure.sections_of(karla, erasure.get_person(karla, quarter, [key(concern)]))
    [part] = [part for part in handed if part.key == "questions"]
    assert [fact.value for fact in part.records[0].facts][1::2] == [
        "Vor welchem Haus?",
        "Bei Brandts",
    ]

    erase(karla, quarter, key(concern))

    question.refresh_from_db()
    assert (question.text, question.answer, question.state) == (
        "[entfernt]",
        "[entfernt]",
        "answered",
    )
    lines = concern.dossier.entries.filter(deed__startswith="question_")
    assert {line.text for line in lines} == {""}
    assert lines.count() == 4
    assert {task.note for task in concern.dossier.follow_ups.all()} == {""}
    concern.dossier.refresh_from_db()
    assert "bei brandts" not in concern.dossier.search_text
    assert "welchem haus" not in concern.dossier.search_text
