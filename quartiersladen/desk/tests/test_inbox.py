"""The inbox at the desk: by class, one page per mail, and what can be made of it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from quartiersladen.accounts.models import User
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns.models import BlockedSender, Concern, Question, Referral, Teller
from quartiersladen.concerns.services import mails, questions
from quartiersladen.concerns.states import AnswerWay
from quartiersladen.concerns.testing import make_concern, make_referral
from quartiersladen.correspondence.incoming.states import InboundState
from quartiersladen.correspondence.models import InboundMail, Mailbox
from quartiersladen.correspondence.testing import arrive, make_mail
from quartiersladen.directory.testing import make_body
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.outages import server_key
from quartiersladen.quarters.testing import make_quarter
from tests.support.sign_in import signed_in_client

INBOX = "/buero/post/eingang/"


def come_in(quarter, raw) -> InboundMail:
    now = timezone.now()
    mail = arrive(quarter, raw=raw, now=now)
    mails.take_mails(now=now)
    return InboundMail.objects.get(pk=mail.pk)


@pytest.fixture
def helper(quarter):
    return signed_in_client(make_member(quarter, Role.HELPER, "Hao"))


@pytest.fixture
def proposal(quarter):
    now = timezone.now()
    lead = viewer_of(make_member(quarter, Role.LEAD, "Karla"), quarter, quarter.local_day(now))
    make_referral(lead, make_concern(quarter, now=now), make_body(quarter), now=now)
    sent = Mail.objects.filter(kind="body").get()
    return come_in(quarter, make_mail("Am Freitag.", In_Reply_To=sent.message_id))


def page_of(client, mail) -> str:
    return str(client.get(f"{INBOX}{mail.pk}/").content.decode())


def press(client, mail, deed, **fields):
    return client.post(f"{INBOX}{mail.pk}/", {"deed": deed} | fields)


def test_mails_are_listed_by_class_with_their_numbers(desk, quarter):
    come_in(quarter, make_mail(subject="Laterne"))
    come_in(quarter, make_mail(subject="Rundbrief", List_Id="<a.example.org>"))

    everything = desk.get(INBOX).content.decode()
    assert "Laterne" in everything
    assert "Rundbrief" in everything
    assert "Rundbrief" not in desk.get(INBOX, {"art": "new"}).content.decode()
    assert "Laterne" not in desk.get(INBOX, {"art": "list"}).content.decode()
    assert "Rundbrief" not in desk.get(INBOX, {"zustand": "offen"}).content.decode()
    for nonsense in ({"art": "x"}, {"seite": "-1"}, {"seite": "9" * 30}, {"seite": "0"}):
        assert desk.get(INBOX, nonsense).status_code == 200
    assert "/buero/post/eingang/" in desk.get("/buero/post/").content.decode()
    assert "art=new" in desk.get("/buero/").content.decode()


def test_the_list_says_how_the_mailbox_is(desk, quarter, settings):
    assert "kein Postfach gelesen" in desk.get(INBOX).content.decode()
    settings.IMAP_URL = "imaps://a:b@imap.example.org/INBOX"
    box = Mailbox.objects.create(key=server_key(settings.IMAP_URL), read_at=timezone.now())
    assert "Zuletzt gelesen" in desk.get(INBOX).content.decode()
    Mailbox.objects.filter(pk=box.pk).update(last_error="Authentication failed")
    page = desk.get(INBOX).content.decode()
    assert "Authentication failed" in page
    assert "imap.example.org" not in page


def test_ten_and_a_hundred_mails_need_the_same_number_of_statements(
    desk, quarter, django_assert_max_num_queries
):
    counts = []
    for number in (10, 100):
        for one in range(number):
            arrive(quarter, raw=make_mail(f"{number} {one}"), now=timezone.now())
        desk.get(INBOX)
        with django_assert_max_num_queries(8) as caught:
            desk.get(INBOX)
        counts.append(len(caught))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("sender", "name", "is_blocked"),
    [
        ("Werbung@Example.org", "werbung@example.org", True),
        ("a@example.org", "example.org", True),
        ("a@post.example.org", "example.org", True),
        ("a@badexample.org", "example.org", False),
        ("a@example.org", "b@example.org", False),
        ("xa@example.org", "a@example.org", False),
        ("x.a@example.org", "a@example.org", False),
    ],
)
def test_a_mail_of_a_blocked_sender_says_so(desk, quarter, sender, name, is_blocked):
    by = make_member(quarter, Role.LEAD, "Karla")
    for where in (quarter, make_quarter("west")):
        BlockedSender.objects.create(
            quarter=where,
            name=name if where == quarter else sender.lower(),
            by=by,
            created_at=timezone.now(),
        )
    mail = arrive(quarter, raw=make_mail(sender=sender), now=timezone.now())

    assert ("Gesperrter Absender" in desk.get(INBOX).content.decode()) is is_blocked
    assert ("Gesperrter Absender" in page_of(desk, mail)) is is_blocked


def test_a_mail_whose_draft_is_still_being_made_says_so(desk, quarter):
    mail = arrive(quarter, raw=make_mail(), now=timezone.now())
    early = page_of(desk, mail)
    come_in(quarter, make_mail("Dunkel"))
    later = page_of(desk, mail)

    assert ["Daraus wird gerade ein Entwurf" in page for page in (early, later)] == [True, False]
    assert ["Als Anliegen aufnehmen" in page for page in (early, later)] == [False, True]


def test_a_draft_is_taken_in_with_one_press(desk, quarter):
    mail = come_in(quarter, make_mail("Dunkel <script>alert(1)</script>"))
    page = page_of(desk, mail)
    assert "Als Anliegen aufnehmen" in page
    assert "<script>alert" not in page
    reference = Concern.objects.get().dossier.reference
    detail = f"/buero/anliegen/{reference}/"
    assert f"{INBOX}{mail.pk}/" in desk.get(detail).content.decode()

    answer = press(desk, mail, "take_in")

    assert (answer.status_code, answer.headers["Location"]) == (302, detail)
    assert [one.kind for one in Mail.objects.all()] == ["confirm"]
    assert press(desk, mail, "take_in").status_code == 409
    assert "Als Anliegen aufnehmen" not in page_of(desk, mail)


def test_putting_aside_wants_a_reason(desk, quarter):
    mail = come_in(quarter, make_mail())

    refused = press(desk, mail, "aside", reason=" ")
    taken = press(desk, mail, "aside", reason="Einladung", sperren="1")

    assert (refused.status_code, taken.status_code) == (422, 302)
    assert "in wenigen Worten" in refused.content.decode()
    assert (Concern.objects.count(), Mail.objects.count()) == (0, 0)
    page = page_of(desk, mail)
    assert "Einladung" in page
    assert press(desk, mail, "take_up").status_code == 302
    assert Concern.objects.count() == 1


@pytest.mark.parametrize(("deed", "state"), [("accept", "answered"), ("refusal", "declined")])
def test_a_proposal_is_accepted_with_one_press(desk, proposal, deed, state):
    assert "Ja, das ist die Antwort" in page_of(desk, proposal)
    reference = Concern.objects.get().dossier.reference
    assert "wartet auf Sie" in desk.get(f"/buero/anliegen/{reference}/").content.decode()

    assert press(desk, proposal, deed).status_code == 302
    assert Referral.objects.get().state == state
    assert press(desk, proposal, deed).status_code == 409
    assert "wartet auf Sie" not in desk.get(f"/buero/anliegen/{reference}/").content.decode()


def test_a_mail_of_the_person_answers_our_question_with_one_press(desk, quarter):
    now = timezone.now()
    concern = make_concern(quarter, email="okafor@example.org", way=AnswerWay.MAIL, now=now)
    Teller.objects.update(email_confirmed_at=now)
    concern.teller.refresh_from_db()
    lead = viewer_of(make_member(quarter, Role.LEAD, "Karla"), quarter, quarter.local_day(now))
    questions.ask_person(
        viewer=lead,
        concern=concern,
        text="Vor welchem Haus?",
        version=concern.dossier.version,
        now=now,
    )
    sent = Mail.objects.filter(kind="teller").get()
    mail = come_in(quarter, make_mail("Vor Nummer 7.", In_Reply_To=sent.message_id))
    page = page_of(desk, mail)
    assert "Ja, das ist die Antwort auf unsere Frage" in page
    assert "Vor welchem Haus?" in page

    answer = press(desk, mail, "answer")
    detail = f"/buero/anliegen/{concern.dossier.reference}/"
    assert (answer.status_code, answer.headers["Location"]) == (302, detail)
    assert Question.objects.get().answer == "Vor Nummer 7."
    assert press(desk, mail, "answer").status_code == 409
    assert "Antwort auf unsere Frage" not in page_of(desk, mail)


def test_a_mail_is_read_and_done(desk, proposal):
    assert press(desk, proposal, "finish").status_code == 302
    proposal.refresh_from_db()
    assert proposal.state == InboundState.TAKEN
    assert press(desk, proposal, "nonsense").status_code == 422


def test_helpers_see_only_what_belongs_to_them(helper, quarter, proposal):
    other = come_in(quarter, make_mail(subject="Geheim"))

    assert "Geheim" not in helper.get(INBOX).content.decode()
    for mail in (proposal, other):
        assert helper.get(f"{INBOX}{mail.pk}/").status_code == 404
        assert helper.get(f"{INBOX}{mail.pk}/original.eml").status_code == 403
    proposal.dossier.assigned_to = User.objects.get(name="Hao")
    proposal.dossier.save()
    page = page_of(helper, proposal)
    assert "Am Freitag." in page
    assert "Ja, das ist die Antwort" not in page
    assert press(helper, proposal, "accept").status_code == 403
    assert press(helper, proposal, "finish").status_code == 302
    assert helper.get(f"{INBOX}hochladen/").status_code == 403


def test_a_mail_of_another_quarter_is_unknown(desk):
    mail = come_in(make_quarter("west"), make_mail())

    for path in ("", "original.eml", "anhang/0/"):
        assert desk.get(f"{INBOX}{mail.pk}/{path}").status_code == 404
    assert press(desk, mail, "aside", reason="x").status_code == 404


def test_files_come_as_a_download_and_nothing_is_run(desk, quarter):
    mail = come_in(
        quarter,
        make_mail(
            files=[
                ("Brief.pdf", "application/pdf", b"%PDF-1.7"),
                ("seite.html", "text/html", b"<script>"),
            ]
        ),
    )
    page = page_of(desk, mail)
    numbers = {one["name"]: one["number"] for one in mail.attachments}
    good = desk.get(f"{INBOX}{mail.pk}/anhang/{numbers['Brief.pdf']}/")
    bad = desk.get(f"{INBOX}{mail.pk}/anhang/{numbers['seite.html']}/")

    assert (good.content, bad.status_code) == (b"%PDF-1.7", 404)
    assert good.headers["Content-Type"] == "application/octet-stream"
    assert good.headers["Content-Disposition"] == 'attachment; filename="Brief.pdf"'
    assert good.headers["X-Content-Type-Options"] == "nosniff"
    assert "seite.html" in page
    original = desk.get(f"{INBOX}{mail.pk}/original.eml")
    assert original.content.startswith(b"From: Samuel Okafor")


def test_the_original_of_an_answer_is_not_handed_out(desk, proposal):
    assert desk.get(f"{INBOX}{proposal.pk}/original.eml").status_code == 404
    assert "original.eml" not in page_of(desk, proposal)


def test_what_could_not_be_read_says_so(desk, quarter):
    mail = come_in(
        quarter, b"From: \xc3\xbc@example.org\r\nSubject: Bombe\r\n\r\n" + b"\n--x" * 5000
    )

    page = page_of(desk, mail)
    assert "nicht ganz gelesen" in page
    assert "können wir nicht schreiben" in page
    assert press(desk, mail, "finish").status_code == 302


def test_a_file_that_is_gone_is_not_there(desk, quarter):
    mail = come_in(quarter, make_mail(files=[("a.pdf", "application/pdf", b"%PDF")]))
    [file] = mail.attachments
    InboundMail.objects.update(raw_name="mail/2020-01/weg.eml")

    assert desk.get(f"{INBOX}{mail.pk}/anhang/{file['number']}/").status_code == 404
    assert desk.get(f"{INBOX}{mail.pk}/original.eml").status_code == 404


def upload(desk, content, name="mail.eml"):
    return desk.post(f"{INBOX}hochladen/", {"file": SimpleUploadedFile(name, content)})


def test_a_mail_is_brought_as_a_file(desk, quarter):
    raw = make_mail("Der Müll liegt noch da.", subject="Müll")
    first, again = upload(desk, raw), upload(desk, raw)

    mail = InboundMail.objects.get()
    assert first.headers["Location"] == again.headers["Location"] == f"{INBOX}{mail.pk}/"
    assert Concern.objects.get().state == "draft"
    assert "als Datei hochgeladen von Moderator" in page_of(desk, mail)
    assert desk.get(f"{INBOX}hochladen/").status_code == 200


@pytest.mark.parametrize("content", [b"keine Mail", b""])
def test_what_is_no_mail_is_refused(desk, content):
    refused = upload(desk, content)

    assert refused.status_code == 422
    assert "keine E-Mail" in refused.content.decode()
    assert desk.post(f"{INBOX}hochladen/").status_code == 422
