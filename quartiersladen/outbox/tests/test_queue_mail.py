"""Writing a mail into the books."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ

from quartiersladen.outbox.addresses import BadAddress, UnusualAddress
from quartiersladen.outbox.models import LinkSpec, Mail
from quartiersladen.outbox.services import BadHeader
from quartiersladen.outbox.states import MailState
from quartiersladen.quarters.testing import NOON

pytestmark = pytest.mark.django_db


def test_it_stands_in_the_books_before_it_is_sent(queue, quarter):
    mail = queue(headers={"In-Reply-To": "<a@example.org>"})

    mail.refresh_from_db()
    assert (mail.quarter, mail.kind, mail.is_account) == (quarter, "teller", False)
    assert (mail.to_address, mail.subject) == ("frau.y@example.org", "Ihr Anliegen Nr. 2026-0001")
    assert (mail.state, mail.tries, mail.sent_at) == (MailState.QUEUED, 0, None)
    assert (mail.created_at, mail.next_try_at) == (NOON, NOON)
    assert mail.headers == {"In-Reply-To": "<a@example.org>"}
    assert mail.message_id.startswith("<")
    assert mail.message_id.endswith("@localhost>")
    assert str(mail) == f"{mail.pk} teller queued"


def test_it_is_two_inserts_a_mail_and_its_job(queue):
    with CaptureQueriesContext(connection) as queries:
        mail = queue()

    tables = [query["sql"].split('"')[1] for query in queries if "INSERT" in query["sql"]]
    assert tables == ["outbox_mail", "django_q_ormq"]
    job = OrmQ.objects.get().task
    assert (job["func"], job["args"]) == ("quartiersladen.outbox.tasks.deliver_mail", (mail.pk,))


def test_when_the_deed_fails_there_is_no_mail_and_no_job(queue):
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)

    assert (Mail.objects.count(), OrmQ.objects.count()) == (0, 0)


def test_two_mails_have_two_message_ids(queue):
    assert queue().message_id != queue().message_id


def test_links_are_kept_without_their_secret(queue, status_link):
    mail = queue(text="[[link:status]]", links={"status": status_link})

    mail.refresh_from_db()
    assert mail.text == "[[link:status]]"
    assert mail.links == {
        "status": {
            "purpose": "status",
            "subject_id": 42,
            "generation": 1,
            "expires_on": "2026-12-31",
            "path": "/s/{token}/",
        }
    }
    assert LinkSpec.from_json(mail.links["status"]) == status_link


def test_a_link_without_a_last_day_is_kept_too():
    spec = LinkSpec("status", 1, 1, None, "/s/{token}/")

    assert LinkSpec.from_json(spec.as_json()) == spec


def test_an_umlaut_domain_is_kept_as_servers_read_it(queue):
    assert queue(to="amt@köln.example").to_address == "amt@xn--kln-sna.example"


def test_a_long_subject_is_cut(queue):
    assert queue(subject="x" * 500).subject == "x" * 200


@pytest.mark.parametrize(
    ("fields", "refusal", "field"),
    [
        ({"to": "anna@example.org\r\nBcc: b@example.org"}, BadAddress, "email"),
        ({"to": "müller@example.org"}, UnusualAddress, "email"),
        ({"subject": "Hallo\r\nBcc: b@example.org"}, BadHeader, "subject"),
        ({"subject": "Hallo\nWelt"}, BadHeader, "subject"),
        ({"subject": "Hallo\x00"}, BadHeader, "subject"),
        ({"headers": {"References": "<a@b>\r\nBcc: b@example.org"}}, BadHeader, ""),
        ({"headers": {"Refer ences": "<a@b>"}}, BadHeader, ""),
        ({"headers": {"X:\n": "x"}}, BadHeader, ""),
    ],
)
def test_headers_cannot_be_smuggled_in(queue, fields, refusal, field):
    with pytest.raises(refusal) as refused:
        queue(**fields)

    assert (refused.value.field, Mail.objects.count(), OrmQ.objects.count()) == (field, 0, 0)
