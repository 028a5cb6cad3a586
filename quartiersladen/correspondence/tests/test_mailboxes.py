"""A real mailbox is read: in batches, once, interrupted and taken up again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from quartiersladen.correspondence import queries, tasks
from quartiersladen.correspondence.incoming import mailbox as imap
from quartiersladen.correspondence.incoming.reading import MOST_BYTES
from quartiersladen.correspondence.incoming.states import MailClass, Trouble
from quartiersladen.correspondence.models import InboundMail, Mailbox
from quartiersladen.correspondence.services import mailboxes
from quartiersladen.correspondence.testing import make_mail
from quartiersladen.outbox.outages import server_key
from quartiersladen.quarters.testing import make_quarter


class Cut(Exception):  # noqa: N818 -- no error, an end
    """The program ends in the middle."""


class Cutter:
    """Shows progress and ends the program after so many mails."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.steps: list[tuple[str, int, int]] = []

    def step(self, what, done, total):
        self.steps.append((what, done, total))
        if done == self.after:
            raise Cut


def read(url, *, progress=None, has_time=lambda: True):
    reader = mailboxes.Reader(
        tell_time=timezone.now, has_time=has_time, progress=progress or mailboxes.Silent()
    )
    [(found, quarters)] = queries.mailboxes().items()
    assert found == url
    return mailboxes.read_mailbox(url=url, quarters=quarters, reader=reader)


def subjects() -> list[str]:
    return list(InboundMail.objects.order_by("pk").values_list("subject", flat=True))


@pytest.fixture(autouse=True)
def quarter(db):
    return make_quarter("ost")


def test_what_lies_there_is_read_once_and_marked(mailbox):
    mailbox.deliver(*(make_mail(subject=f"Mail {number}") for number in range(3)))

    first, again = read(mailbox.url), read(mailbox.url)

    assert (first.new, first.known, first.fault) == (3, 0, "")
    assert (again.new, again.known) == (0, 0)
    assert subjects() == ["Mail 0", "Mail 1", "Mail 2"]
    assert all(rb"\Seen" in line for line in mailbox.flags())
    row = Mailbox.objects.get()
    assert (row.last_error, row.read_at is not None, row.claimed_until) == ("", True, None)


def test_what_somebody_has_read_on_a_phone_is_not_lost(mailbox):
    mailbox.deliver(make_mail(subject="Gelesen"))
    with mailbox.opened() as client:
        client.store("1", "+FLAGS", r"(\Seen)")

    assert read(mailbox.url).new == 1


def test_an_interrupted_reading_goes_on_where_it_was(mailbox):
    mailbox.deliver(*(make_mail(subject=f"Mail {number}") for number in range(7)))
    cutter = Cutter(after=3)
    with pytest.raises(Cut):
        read(mailbox.url, progress=cutter)
    assert cutter.steps == [("mails", 1, 7), ("mails", 2, 7), ("mails", 3, 7)]

    outcome = read(mailbox.url)

    assert (outcome.new, outcome.known) == (4, 0)
    assert subjects() == [f"Mail {number}" for number in range(7)]


def test_what_the_time_does_not_suffice_for_is_left(mailbox, monkeypatch):
    monkeypatch.setattr(mailboxes, "BATCH_MAILS", 2)
    mailbox.deliver(*(make_mail(subject=f"Mail {number}") for number in range(5)))
    left = iter([True, False])

    outcome = read(mailbox.url, has_time=lambda: next(left))

    assert (outcome.new, outcome.left) == (2, 3)
    assert read(mailbox.url).new == 3


def test_a_mailbox_that_was_numbered_anew_doubles_nothing(mailbox):
    mailbox.deliver(make_mail(subject="eins"), make_mail(subject="zwei"))
    read(mailbox.url)
    Mailbox.objects.update(uid_validity=1)

    outcome = read(mailbox.url)

    assert (outcome.new, outcome.known) == (0, 2)
    assert len(subjects()) == 2


def test_read_mails_are_moved_where_the_operator_says(mailbox, settings):
    settings.IMAP_URL = url = f"{mailbox.url}?move=Gelesen"
    mailbox.deliver(make_mail(), make_mail())

    assert read(url).new == 2
    assert (mailbox.count(), mailbox.count("Gelesen")) == (0, 2)


def test_it_is_read_with_encryption(mailbox, settings):
    settings.IMAP_URL = mailbox.tls_url
    mailbox.deliver(make_mail())

    assert read(mailbox.tls_url).new == 1


def test_a_huge_mail_is_seen_and_stays_in_the_mailbox(mailbox):
    huge = make_mail("Viele Fotos", files=[("v.mp4", "video/mp4", b"x" * MOST_BYTES)])
    mailbox.deliver(make_mail(subject="vorher"), huge, make_mail(subject="nachher"))

    assert read(mailbox.url).new == 3
    mail = InboundMail.objects.get(mail_class=MailClass.UNREADABLE)
    assert (mail.trouble, mail.text) == (Trouble.TOO_LARGE, "Viele Fotos")
    assert mail.size_bytes > MOST_BYTES
    assert mailbox.count() == 3


def test_a_mail_that_ended_the_program_twice_is_kept_without_being_read(mailbox):
    mailbox.deliver(make_mail(subject="eins"), make_mail(subject="zwei"))
    row = Mailbox.objects.create(key=server_key(mailbox.url))
    with imap.opened(mailbox.url) as box:
        [first, _second] = box.uids_after(0)
        Mailbox.objects.update(uid_validity=box.validity, tried_uid=first, times_tried=1)
    # The second time it is tried once more, because the program may have ended for any reason.
    assert mailboxes._begin(Mailbox.objects.get(), first, timezone.now()) == 2
    Mailbox.objects.update(claimed_until=None)

    assert read(mailbox.url).new == 2
    assert sorted(InboundMail.objects.values_list("trouble", "subject")) == [
        ("", "zwei"),
        ("crashed", ""),
    ]
    row.refresh_from_db()
    assert (row.tried_uid, row.times_tried) == (0, 0)


def test_a_fault_of_the_house_is_not_the_mails_fault(mailbox):
    mailbox.deliver(make_mail())
    for _time in range(4):
        with pytest.raises(Cut):
            read(mailbox.url, progress=Cutter(after=1))
        Mailbox.objects.update(last_uid=0)
        InboundMail.objects.all().delete()

    read(mailbox.url)
    assert InboundMail.objects.get().trouble == ""


def test_two_never_read_one_mailbox_at_once(mailbox):
    mailbox.deliver(make_mail())
    now = timezone.now()
    row = Mailbox.objects.create(
        key=server_key(mailbox.url), claimed_until=now + timedelta(minutes=5)
    )

    assert read(mailbox.url).is_busy
    Mailbox.objects.filter(pk=row.pk).update(claimed_until=now - timedelta(minutes=1))
    assert read(mailbox.url).new == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda url: url.replace("Wort", "falsch"), "Authentication failed"),
        (lambda url: url.replace("INBOX", "Nirgends"), "doesn't exist"),
        (lambda url: "imap://a:b@127.0.0.1:1/INBOX", "refused"),
        (lambda url: "imaps://a:b@127.0.0.1:1/INBOX", "refused"),
        (lambda url: "imap://a:b@mailbox.invalid/INBOX", ""),
        (lambda url: "imap://a:b@[1/INBOX", "ValueError"),
    ],
)
def test_a_mailbox_that_cannot_be_read_says_why_and_loses_nothing(
    mailbox, settings, change, words
):
    settings.IMAP_URL = url = change(mailbox.url)
    mailbox.deliver(make_mail())

    outcome = read(url)

    assert words in outcome.fault
    assert outcome.fault != ""
    assert "Wort" not in outcome.fault
    assert Mailbox.objects.get().last_error == outcome.fault
    settings.IMAP_URL = mailbox.url
    assert read(mailbox.url).new == 1


def test_a_quarter_may_have_a_mailbox_of_its_own(mailbox, mail_server, quarter):
    west = make_quarter("west")
    own = mail_server.mailbox()
    mailboxes.set_mailbox(quarter=west, url=own.url, now=timezone.now())

    found = queries.mailboxes()
    assert found == {mailbox.url: [quarter], own.url: [west]}
    assert queries.mailboxes("west") == {own.url: [west]}
    own.deliver(make_mail(subject="für West"))
    tasks.read_mailboxes()
    assert [mail.quarter for mail in InboundMail.objects.all()] == [west]
    assert queries.box_of(west).last_error == ""
    west.imap_url = ""
    assert queries.box_of(west).pk == queries.box_of(quarter).pk


def test_the_mark_of_a_mailbox_that_nobody_uses_goes(mailbox):
    Mailbox.objects.create(key="eine alte")
    tasks.read_mailboxes()

    assert [row.key for row in Mailbox.objects.all()] == [server_key(mailbox.url)]


def test_a_mailbox_that_is_away_stops_no_other(mailbox, mail_server, settings, caplog):
    settings.IMAP_URL = "imap://a:b@127.0.0.1:1/INBOX"
    own = mail_server.mailbox()
    mailboxes.set_mailbox(quarter=make_quarter("west"), url=own.url, now=timezone.now())
    own.deliver(make_mail())

    tasks.read_mailboxes()

    assert InboundMail.objects.count() == 1
    assert "a mailbox cannot be read" in caplog.text


def test_who_begins_now_leaves_out_what_lies_there(mailbox):
    mailbox.deliver(make_mail(subject="alt"), make_mail(subject="älter"))
    assert mailboxes.begin_now(url=mailbox.url) == 2
    mailbox.deliver(make_mail(subject="neu"))

    read(mailbox.url)
    assert subjects() == ["neu"]


def test_a_mail_that_the_server_does_not_give_out_is_seen(mailbox, monkeypatch):
    """Another server than Dovecot may refuse one; the others come in all the same."""
    mailbox.deliver(*(make_mail(subject=f"Mail {number}") for number in range(3)))
    fetch = imap.Box._fetch

    def refusing(box, uids, parts):
        if "BODY" in parts and uids[0] <= 2 <= uids[-1]:
            raise imap.NotGiven
        return fetch(box, uids, parts)

    monkeypatch.setattr(imap.Box, "_fetch", refusing)

    assert read(mailbox.url).new == 3
    troubles = InboundMail.objects.order_by("pk").values_list("trouble", flat=True)
    assert list(troubles) == ["", "not_fetched", ""]


def test_a_mail_that_ended_the_program_may_not_even_be_given_out(mailbox, monkeypatch):
    mailbox.deliver(make_mail())

    def refusing(_box, _uids, _parts):
        raise imap.NotGiven

    with imap.opened(mailbox.url) as box:
        monkeypatch.setattr(imap.Box, "_fetch", refusing)
        [found] = mailboxes._fetched(box, [(1, 100)], is_poisoned=True)

    assert (found.trouble, found.waiting.size_bytes) == (Trouble.CRASHED, 100)
    with pytest.raises(imap.NotReachable), imap.opened(mailbox.url) as box:
        box.fetch([1]).__next__()


def test_a_server_that_says_no_is_understood(mailbox):
    mailbox.deliver(make_mail())
    with pytest.raises(imap.NotReachable), imap.opened(mailbox.url) as box:
        box._fetch([1], "(NONSENSE)")


def test_a_mail_that_was_deleted_meanwhile_is_passed_over(mailbox):
    mailbox.deliver(make_mail(subject="eins"), make_mail(subject="zwei"))
    with imap.opened(mailbox.url) as box:
        found = list(mailboxes._fetched(box, [(1, 100), (7, 0)], is_poisoned=False))

    assert [one.waiting.uid for one in found] == [1]


def test_without_a_mailbox_nothing_is_read(settings, quarter):
    assert queries.mailboxes() == {}
    assert queries.box_of(quarter) is None
    tasks.read_mailboxes()
    tasks.drop_unknown_originals()
    assert InboundMail.objects.count() == 0
