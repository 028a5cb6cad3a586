"""A mail comes in: stored whole, once, under its class, and nobody is written to."""

from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.db.models import Q
from django.utils import timezone
from django_q.models import OrmQ

from quartiersladen.accounts.rules import public_viewer
from quartiersladen.accounts.states import LinkPurpose, Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.correspondence.incoming.reading import MOST_BYTES
from quartiersladen.correspondence.incoming.states import (
    INBOUND_MACHINE,
    Delivery,
    InboundState,
    MailClass,
    Trouble,
)
from quartiersladen.correspondence.models import InboundMail, Message
from quartiersladen.correspondence.queries import (
    attached_files,
    attachment_of,
    content_of,
    get_inbound,
    inbound_mails,
    inbox_counts,
    inbox_page,
    may_have_original,
    waiting_mails,
)
from quartiersladen.correspondence.rules import may_read_mail
from quartiersladen.correspondence.services import arriving, inbox
from quartiersladen.correspondence.services.messages import send_mail
from quartiersladen.correspondence.states import Counterpart
from quartiersladen.correspondence.testing import arrive, make_mail, make_notice
from quartiersladen.directory.testing import make_body
from quartiersladen.dossiers.models import Dossier, Named
from quartiersladen.dossiers.services.dossier import open_dossier
from quartiersladen.dossiers.states import Audience, Kind
from quartiersladen.files.services import write_original
from quartiersladen.kernel.errors import NotAllowed, TransitionRefused
from quartiersladen.kernel.links import make_token
from quartiersladen.outbox.frame import envelope_sender, reply_address
from quartiersladen.outbox.models import LinkSpec, Mail
from quartiersladen.outbox.services import queue_mail
from quartiersladen.outbox.states import MailState
from quartiersladen.quarters.testing import NOON, make_quarter


@pytest.fixture
def quarter(db, settings):
    """A quarter whose mailbox is read, with a mail domain of its own."""
    return make_quarter(
        "ost",
        imap_url="imaps://post%40ost.example.org:geheim@imap.example.org/INBOX",
        mail_domain="post.ost.example.org",
    )


@pytest.fixture
def dossier(quarter):
    return make_dossier(quarter)


def make_dossier(quarter, **fields):
    values = {"audience": Audience.TELLER, "assigned_to_id": None, "language": "de"}
    return open_dossier(
        quarter=quarter,
        kind=Kind.CONCERN,
        title="Laterne",
        search_words="",
        now=NOON,
        **(values | fields),
    )


def sent(dossier, *, body=None, to="okafor@example.org"):
    """A mail of ours about a dossier that has gone."""
    message = send_mail(
        dossier=dossier,
        counterpart=Counterpart.BODY if body else Counterpart.TELLER,
        body=body,
        to=to,
        subject="Ihr Anliegen",
        text="Guten Tag",
        links={},
        language="de",
        by_id=None,
        now=NOON,
    )
    Mail.objects.filter(message=message).update(state=MailState.SENT)
    return Mail.objects.get(message=message)


def test_a_new_mail_waits_and_its_bytes_are_kept(quarter):
    raw = make_mail()
    mail = arrive(quarter, raw=raw)

    assert (mail.mail_class, mail.state) == (MailClass.NEW, InboundState.WAITING)
    assert (mail.sender_name, mail.subject) == ("Samuel Okafor", "Laterne")
    assert content_of(mail) == raw
    assert (Mail.objects.count(), OrmQ.objects.count()) == (0, 0)


def test_the_same_mail_twice_is_one(quarter):
    raw = make_mail()
    first, again = arrive(quarter, raw=raw), arrive(quarter, raw=b"Received: x\r\n" + raw)

    assert first == again
    assert InboundMail.objects.count() == 1
    assert len(storages["default"].listdir("mail/2026-03")[1]) >= 1


def test_two_mails_with_one_message_id_are_two(quarter):
    """A programme gives all its mails one: none may be lost by that."""
    for text in ("eins", "zwei", "zwei"):
        arrive(quarter, raw=make_mail(text, Message_ID="<immer@example.org>"))

    assert InboundMail.objects.count() == 2


def test_a_mail_without_message_id_is_known_by_its_bytes(quarter):
    raw = b"From: nour@example.org\r\nSubject: Licht\r\n\r\nDunkel"
    assert arrive(quarter, raw=raw) == arrive(quarter, raw=raw)
    assert arrive(quarter, raw=raw + b"er") != arrive(quarter, raw=raw)


def test_the_same_mail_in_two_quarters_is_two(quarter):
    west = make_quarter("west")
    raw = make_mail()

    assert arrive(quarter, raw=raw) != arrive(west, raw=raw)


def test_an_answer_finds_its_dossier_by_the_thread(quarter, dossier):
    about = sent(dossier)
    mail = arrive(quarter, raw=make_mail("Ja", In_Reply_To=about.message_id))

    assert (mail.mail_class, mail.dossier, mail.about) == (MailClass.REPLY, dossier, about)


def test_an_answer_finds_its_dossier_by_the_address_when_the_thread_is_lost(quarter, dossier):
    about = sent(dossier)
    address = reply_address(about)

    assert len(address.partition("@")[0]) <= 64
    mail = arrive(quarter, raw=make_mail("Ja", to=address))
    forged = arrive(quarter, raw=make_mail("Nein", to=address.replace("@", "0@")))
    assert (mail.mail_class, mail.about) == (MailClass.REPLY, about)
    assert (forged.mail_class, forged.about) == (MailClass.NEW, None)


def test_the_address_takes_answers_only_where_a_mailbox_is_read(quarter, dossier):
    about = sent(dossier)
    assert reply_address(about).endswith("@post.ost.example.org")

    about.quarter.imap_url = ""
    assert reply_address(about) == "buero@ost.example.org"
    about.kind = "digest"
    assert reply_address(about) == "buero@ost.example.org"
    about.quarter.email = ""
    assert reply_address(about) == ""


def test_an_answer_of_a_body_is_known_as_one(quarter, dossier):
    body = make_body(quarter)
    about = sent(dossier, body=body, to=body.email)
    mail = arrive(
        quarter, raw=make_mail("Erledigt", References=f"<x@y.example> {about.message_id}")
    )

    assert (mail.mail_class, mail.body) == (MailClass.BODY_REPLY, body)


def test_an_answer_to_the_mail_that_confirms_an_address_finds_the_dossier(quarter, dossier):
    link = LinkSpec(LinkPurpose.TELLER_STATUS, dossier.pk, 1, None, "/s/{token}/")
    about = queue_mail(
        quarter=quarter,
        kind="confirm",
        to="okafor@example.org",
        subject="Bitte bestätigen",
        text="[[link:status]]",
        links={"status": link},
        now=NOON,
    )
    mail = arrive(quarter, raw=make_mail("Ja", In_Reply_To=about.message_id))
    assert (mail.mail_class, mail.dossier) == (MailClass.REPLY, dossier)

    digest = queue_mail(
        quarter=quarter, kind="digest", to="m@example.org", subject="x", text="x", now=NOON
    )
    other = arrive(quarter, raw=make_mail("Oh", In_Reply_To=digest.message_id))
    assert (other.mail_class, other.dossier) == (MailClass.NEW, None)


def test_a_bounce_by_the_return_path_is_in_the_books(quarter, dossier):
    about = sent(dossier)
    notice = make_notice(("okafor@example.org", "failed", "5.1.1"), to=envelope_sender(about))
    mail = arrive(quarter, raw=notice)

    assert (mail.mail_class, mail.delivery) == (MailClass.BOUNCE, Delivery.WRONG_ADDRESS)
    assert (mail.about, mail.dossier, mail.state) == (about, dossier, InboundState.FILED)
    about.refresh_from_db()
    assert about.state == MailState.FAILED
    assert about.last_error == "5.1.1 550 5.1.1 said the other server"
    # Once more it changes nothing.
    arrive(quarter, raw=notice.replace(b"5.1.1", b"5.2.2"))
    assert Mail.objects.get(pk=about.pk).last_error.startswith("5.1.1")


def test_a_bounce_is_found_by_what_it_sends_back(quarter, dossier):
    about = sent(dossier)
    notice = make_notice(("okafor@example.org", "failed", "5.2.2"), returned_id=about.message_id)

    assert arrive(quarter, raw=notice).about == about
    assert Mail.objects.get(pk=about.pk).state == MailState.FAILED


@pytest.mark.parametrize(
    ("action", "status", "state"),
    [
        ("delayed", "4.4.7", MailState.SENT),
        ("delivered", "2.0.0", MailState.SENT),
        ("failed", "5.7.1", MailState.FAILED),
    ],
)
def test_only_what_did_not_arrive_is_marked(quarter, dossier, action, status, state):
    about = sent(dossier)
    notice = make_notice(("okafor@example.org", action, status), to=envelope_sender(about))
    arrive(quarter, raw=notice)

    assert Mail.objects.get(pk=about.pk).state == state


def test_a_return_path_with_the_wrong_proof_is_ignored_and_counted(quarter, mira, dossier):
    about = sent(dossier)
    to = envelope_sender(about).replace("b+", "b+1")
    notice = make_notice(
        ("okafor@example.org", "failed", "5.1.1"), to=to, returned_id=about.message_id
    )
    mail = arrive(quarter, raw=notice)

    assert (mail.is_forged, mail.about) == (True, None)
    assert Mail.objects.get(pk=about.pk).state == MailState.SENT
    [bounces] = [one for one in inbox_counts(mira) if one.mail_class == MailClass.BOUNCE]
    assert (bounces.count, bounces.forged) == (1, 1)


def test_what_came_back_of_a_sign_in_is_not_kept(quarter):
    about = queue_mail(
        quarter=quarter,
        kind="account",
        to="mira@example.org",
        subject="Passwort",
        text="https://ost.example.org/konto/password/reset/key/1-abc/",
        is_account=True,
        now=NOON,
    )
    Mail.objects.update(state=MailState.SENT)
    raw = make_notice(
        ("mira@example.org", "failed", "5.1.1"), to=envelope_sender(about), words="key/1-abc/"
    )
    mail = arrive(quarter, raw=raw)

    assert (mail.mail_class, mail.about) == (MailClass.BOUNCE, about)
    assert (mail.text, mail.quoted, mail.subject, mail.raw_name) == ("", "", "", "")


def test_links_that_somebody_quotes_are_masked(quarter, dossier):
    about = sent(dossier)
    token = make_token(LinkPurpose.TELLER_STATUS, subject_id=1, generation=1, expires_on=None)
    text = f"Ja.\n\nAm Montag schrieb Büro:\n> https://ost.example.org/s/{token}/"
    mail = arrive(quarter, raw=make_mail(text, In_Reply_To=about.message_id))

    assert token not in mail.quoted
    assert "https://ost.example.org/s/•••/" in mail.quoted
    assert not may_have_original(mail)


@pytest.mark.parametrize("slash", ["/", "%2F", "%2f", "%252F"])
def test_links_that_a_mail_server_wrote_anew_are_masked(quarter, slash):
    token = make_token(LinkPurpose.TELLER_STATUS, subject_id=1, generation=1, expires_on=None)
    address = f"https://safe.example.org/?url=https%3A%2F%2Fladen{slash}s{slash}{token}{slash}&x=1"
    mail = arrive(quarter, raw=make_mail(f"Siehe {address}"))

    assert token not in mail.text
    assert f"{slash}s{slash}•••{slash}&x=1" in mail.text
    assert not may_have_original(mail)
    assert may_have_original(arrive(quarter, raw=make_mail("Ohne Link")))


def test_a_shared_mailbox_gives_each_quarter_its_own(quarter):
    west = make_quarter("west", imap_url=quarter.imap_url, mail_from="west@post.example.org")
    body = make_dossier(west)
    both = [quarter, west]

    assert arrive(*both, raw=make_mail(to="buero@west.example.org")).quarter == west
    assert arrive(*both, raw=make_mail(to="west@post.example.org")).quarter == west
    assert arrive(*both, raw=make_mail(to="post@ost.example.org")).quarter == quarter
    reply = make_mail("Ja", In_Reply_To=sent(body).message_id)
    assert arrive(*both, raw=reply).quarter == west


def test_an_answer_finds_no_mail_of_a_quarter_whose_mailbox_this_is_not(quarter):
    west = make_quarter("west")
    reply = make_mail("Ja", In_Reply_To=sent(make_dossier(west)).message_id)

    mail = arrive(quarter, raw=reply)
    assert (mail.quarter, mail.mail_class, mail.about) == (quarter, MailClass.NEW, None)


def test_a_hundred_answers_of_programmes_make_no_mail_and_no_case(quarter, dossier):
    about = sent(dossier)
    for number in range(100):
        arrive(
            quarter,
            raw=make_mail(
                f"Ich bin weg ({number})",
                subject="Automatische Antwort",
                Auto_Submitted="auto-replied",
                In_Reply_To=about.message_id,
            ),
        )

    assert InboundMail.objects.filter(mail_class=MailClass.AUTO).count() == 100
    assert Mail.objects.exclude(pk=about.pk).count() == 0
    assert Message.objects.filter(direction="in").count() == 0


@pytest.mark.parametrize(
    ("raw", "trouble"),
    [
        (b"Subject: gross\r\n\r\n" + b"x" * MOST_BYTES, Trouble.TOO_LARGE),
        (b"Subject: Bombe\r\n\r\n" + b"\n--x" * 5000, Trouble.BOMB),
    ],
)
def test_a_mail_that_cannot_be_read_is_there_to_be_seen(quarter, mira, raw, trouble):
    mail = arrive(quarter, raw=raw)

    assert (mail.mail_class, mail.state, mail.trouble) == (
        MailClass.UNREADABLE,
        InboundState.WAITING,
        trouble,
    )
    assert [one.mail_class for one in waiting_mails(mira)] == [MailClass.UNREADABLE]


@pytest.mark.parametrize("raw", [b"", b"\0", b"\xff" * 300, b"From: x\r\n"])
def test_any_bytes_become_an_entry(quarter, raw):
    assert arrive(quarter, raw=raw).pk is not None


# --- Bringing one as a file -----------------------------------------------------------------------
def test_a_mail_comes_in_as_a_file(quarter, mira):
    mail, is_new = inbox.bring_mail(viewer=mira, quarter=quarter, raw=make_mail(), now=NOON)
    again = inbox.bring_mail(viewer=mira, quarter=quarter, raw=content_of(mail), now=NOON)

    assert (is_new, again) == (True, (mail, False))
    assert mail.uploaded_by_id == mira.user_id
    assert mail.received_at.isoformat() == "2026-03-02T11:00:00+00:00"


@pytest.mark.parametrize(
    ("raw", "refusal"),
    [
        (b"x" * (MOST_BYTES + 1), inbox.TooLarge),
        (b"das ist keine Mail", inbox.NoMail),
        (b"", inbox.NoMail),
    ],
)
def test_what_is_no_mail_is_refused(quarter, mira, raw, refusal):
    with pytest.raises(refusal):
        inbox.bring_mail(viewer=mira, quarter=quarter, raw=raw, now=NOON)
    assert InboundMail.objects.count() == 0


def test_only_the_office_brings_mails(quarter):
    helper = viewer_of(make_member(quarter, Role.HELPER, "Hao"), quarter)
    with pytest.raises(NotAllowed):
        inbox.bring_mail(viewer=helper, quarter=quarter, raw=make_mail(), now=NOON)


# --- Who reads it ---------------------------------------------------------------------------------
def test_the_row_filter_agrees_with_the_predicate(quarter, mira):
    west = make_quarter("west")
    people = {role: make_member(quarter, role, role.value) for role in Role}
    helped = make_dossier(quarter, assigned_to_id=people[Role.HELPER].pk)
    secret = make_dossier(quarter, audience=Audience.CONFIDENTIAL)
    Named.objects.create(dossier=secret, user=people[Role.MODERATOR])
    arrive(quarter, raw=make_mail("neu"))
    arrive(west, raw=make_mail("fremd"))
    for one in (make_dossier(quarter), helped, secret):
        arrive(quarter, raw=make_mail(f"zu {one.pk}", In_Reply_To=sent(one).message_id))
    viewers = [viewer_of(user, quarter) for user in people.values()]

    for viewer in [*viewers, mira, public_viewer(quarter.pk)]:
        allowed = {mail.pk for mail in InboundMail.objects.all() if may_read_mail(viewer, mail)}
        assert set(inbound_mails(viewer).values_list("pk", flat=True)) == allowed, viewer.role
    assert [len(inbound_mails(viewer)) for viewer in viewers] == [3, 4, 1, 0, 0]


def test_a_hidden_mail_is_as_unknown_as_one_that_never_was(quarter, mira):
    mail = arrive(make_quarter("west"), raw=make_mail())

    for key in (mail.pk, 99):
        with pytest.raises(InboundMail.DoesNotExist):
            get_inbound(mira, key)


def test_files_are_handed_out_only_if_their_kind_is_harmless(quarter):
    mail = arrive(
        quarter,
        raw=make_mail(
            photos=[b"bild"],
            files=[
                ("Brief.PDF", "application/pdf", b"%PDF"),
                ("rechnung.pdf.exe", "application/pdf", b"MZ"),
                ("seite.html", "text/html", b"<script>"),
                ("pdf", "application/pdf", b"%PDF"),
                ("bild.svg", "image/svg+xml", b"<svg>"),
            ],
        ),
    )

    given = {one.name: one.is_handed_out for one in attached_files(mail)}
    assert [name for name, is_given in given.items() if is_given] == ["Foto 1.jpg", "Brief.PDF"]
    letter = next(one for one in attached_files(mail) if one.name == "Brief.PDF")
    assert attachment_of(mail, letter.number) == b"%PDF"


# --- What becomes of it ---------------------------------------------------------------------------
def test_the_table_of_states():
    edges = {
        (state.value, action)
        for state in InboundState
        for action in INBOUND_MACHINE.actions_from(state)
    }
    assert edges == {
        ("waiting", "take"),
        ("waiting", "put_aside"),
        ("waiting", "take_up"),
        ("put_aside", "take_up"),
        ("filed", "take_up"),
    }


def test_a_mail_is_settled_once(quarter, mira):
    mail = arrive(quarter, raw=make_mail())
    late = InboundMail.objects.get(pk=mail.pk)
    inbox.settle(mail=mail, action="take", viewer=mira, now=NOON)

    assert (mail.state, mail.settled_by_id) == (InboundState.TAKEN, mira.user_id)
    with pytest.raises(inbox.SettledMeanwhile):
        inbox.settle(mail=late, action="take", viewer=mira, now=NOON)
    with pytest.raises(TransitionRefused):
        inbox.settle(mail=mail, action="put_aside", viewer=mira, reason="x", now=NOON)


def test_putting_aside_needs_a_reason_and_the_right(quarter, mira):
    mail = arrive(quarter, raw=make_mail())
    with pytest.raises(inbox.ReasonMissing):
        inbox.settle(mail=mail, action="put_aside", viewer=mira, reason=" ", now=NOON)
    with pytest.raises(NotAllowed):
        inbox.settle(mail=mail, action="take", viewer=public_viewer(quarter.pk), now=NOON)


def test_a_forgotten_mail_is_a_skeleton_and_comes_not_back(
    quarter, django_capture_on_commit_callbacks
):
    raw = make_mail(files=[("Brief.pdf", "application/pdf", b"%PDF")])
    mail = arrive(quarter, raw=raw)
    name = mail.raw_name
    with django_capture_on_commit_callbacks(execute=True):
        assert inbox.forget_mails(mails=Q(pk=mail.pk), now=NOON) == 1
        assert inbox.forget_mails(mails=Q(pk=mail.pk), now=NOON) == 0
    mail.refresh_from_db()

    held = (mail.sender_address, mail.sender_name, mail.subject, mail.text, mail.attachments)
    assert held == ("", "", "", "", [])
    assert not storages["default"].exists(name)
    assert arrive(quarter, raw=raw) == mail
    assert content_of(mail) == b""


def test_bytes_that_no_row_knows_go_after_some_days(quarter):
    now = timezone.now()
    storage = storages["default"]
    mail = arrive(quarter, raw=make_mail())
    kept, lost = (write_original(content=b"x", now=now) for _number in range(2))
    InboundMail.objects.filter(pk=mail.pk).update(raw_name=kept)

    assert inbox.drop_unknown_originals(now=now) == 0
    assert inbox.drop_unknown_originals(now=now + timedelta(days=2)) >= 1
    assert (storage.exists(kept), storage.exists(lost)) == (True, False)


@pytest.mark.parametrize("count", [1, 61])
def test_a_page_of_the_inbox_needs_one_statement(quarter, mira, count, django_assert_num_queries):
    for number in range(count):
        arrive(quarter, raw=make_mail(f"Mail {number}"))
    with django_assert_num_queries(3):
        page = inbox_page(mira, mail_class="new", only_waiting=True)
        counts = inbox_counts(mira)
        waiting_mails(mira)

    assert (len(page.mails), page.has_more) == (min(count, 50), count > 50)
    assert len(inbox_page(mira, page=2).mails) == max(count - 50, 0)
    assert counts[0].count == count


def test_dossiers_that_are_deleted_leave_their_mails(quarter, dossier):
    mail = arrive(quarter, raw=make_mail("Ja", In_Reply_To=sent(dossier).message_id))
    Message.objects.all().delete()
    Dossier.objects.all().delete()
    mail.refresh_from_db()

    assert mail.dossier is None


def test_two_workers_with_one_mail_store_it_once(quarter, monkeypatch):
    real, raw = arriving._row, make_mail()

    def too_late(*args, **options):
        monkeypatch.setattr(arriving, "_row", real)
        arrive(quarter, raw=raw)
        return real(*args, **options)

    monkeypatch.setattr(arriving, "_row", too_late)
    files = len(list_of_files())
    mail = arrive(quarter, raw=raw)

    assert InboundMail.objects.get() == mail
    assert len(list_of_files()) == files + 1


def list_of_files():
    storage = storages["default"]
    return storage.listdir("mail/2026-03")[1] if storage.exists("mail/2026-03") else []


def test_a_fault_of_the_house_leaves_no_bytes(quarter, monkeypatch):
    def failing(*args, **options):
        raise MemoryError

    monkeypatch.setattr(arriving, "_row", failing)
    files = len(list_of_files())
    with pytest.raises(MemoryError):
        arrive(quarter, raw=make_mail())

    assert len(list_of_files()) == files
