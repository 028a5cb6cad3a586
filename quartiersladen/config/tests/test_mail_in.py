"""The commands about the mailbox, as an operator gives them."""

import sys
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from quartiersladen.__main__ import spelled_for_python
from quartiersladen.correspondence.models import InboundMail, Mailbox
from quartiersladen.correspondence.testing import make_mail
from quartiersladen.outbox.outages import server_key
from quartiersladen.privacy.models import Trail
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.testing import make_quarter

pytestmark = pytest.mark.django_db


@pytest.fixture
def quarter():
    return make_quarter("ost")


def run(*arguments) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_the_name_of_a_command_may_have_a_dash():
    typed = ["quartiersladen", "mail-in", "--begin-now", "a-b"]

    assert spelled_for_python(typed) == ["quartiersladen", "mail_in", "--begin-now", "a-b"]
    assert spelled_for_python(["quartiersladen"]) == ["quartiersladen"]
    assert spelled_for_python(["quartiersladen", "--help"]) == ["quartiersladen", "--help"]


def test_the_mailbox_is_read_and_told(quarter, mailbox):
    mailbox.deliver(make_mail("eins"), make_mail("zwei"))

    assert run("mail_in") == "mails ...\nost: 2 new mails, 0 that were here already\n"
    assert run("mail_in", "--quarter", "ost") == "ost: 0 new mails, 0 that were here already\n"


def test_what_goes_wrong_is_one_sentence(quarter, mailbox, settings):
    Mailbox.objects.create(
        key=server_key(mailbox.url), claimed_until=timezone.now() + timedelta(minutes=1)
    )
    with pytest.raises(CommandError, match="is being read by somebody else"):
        run("mail_in")
    settings.IMAP_URL = "imap://a:geheim@127.0.0.1:1/INBOX"
    with pytest.raises(CommandError, match=r"^ost: ConnectionRefused"):
        run("mail_in")
    settings.IMAP_URL = ""
    with pytest.raises(CommandError, match=r"^No mailbox is named"):
        run("mail_in")


def test_a_quarter_gets_a_mailbox_of_its_own(quarter, mailbox, settings, tmp_path):
    settings.IMAP_URL = ""
    mailbox.deliver(make_mail("alt"))
    file = tmp_path / "url"
    file.write_text(f"{mailbox.url}\n", encoding="utf-8")

    told = run("mailbox", "ost", "--url-file", str(file), "--begin-now")

    assert told == "1 mails in it are left out.\nRead for Quartier Ost: 127.0.0.1\n"
    assert Quarter.objects.get().imap_url == mailbox.url
    assert Trail.objects.get().data == {"host": "127.0.0.1"}
    mailbox.deliver(make_mail("neu"))
    run("mail_in")
    assert [mail.text for mail in InboundMail.objects.all()] == ["neu"]
    assert run("mailbox", "ost", "--remove") == "Read for Quartier Ost: IMAP_URL\n"
    assert Quarter.objects.get().imap_url == ""


def test_it_may_come_from_another_program(quarter, mailbox, monkeypatch):
    monkeypatch.setattr(sys, "stdin", StringIO(mailbox.url))

    assert run("mailbox", "ost", "--url-file", "-") == "Read for Quartier Ost: 127.0.0.1\n"


@pytest.mark.parametrize(
    ("slug", "url", "sentence"),
    [
        ("west", "imap://a:b@127.0.0.1:1/INBOX", "There is no quarter west"),
        ("ost", "imap://a:geheim@127.0.0.1:1/INBOX", "so nothing was changed: ConnectionRefused"),
        ("ost", "https://127.0.0.1/", "must look like this"),
        ("ost", "geheim", "must look like this"),
        ("ost", None, "cannot be read: No such file"),
    ],
)
def test_a_mailbox_that_does_not_work_is_not_stored(quarter, tmp_path, slug, url, sentence):
    file = tmp_path / "url"
    if url is not None:
        file.write_text(url, encoding="utf-8")
    with pytest.raises(CommandError, match=sentence) as refused:
        run("mailbox", slug, "--url-file", str(file))

    assert "geheim" not in str(refused.value)
    assert Quarter.objects.get().imap_url == ""
