"""Mails of the sign-in go through the outbox too."""

import pytest
from django.core.mail import EmailMultiAlternatives, send_mail
from django.utils import translation

from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.states import MailState
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.testing import make_quarter

pytestmark = pytest.mark.django_db

WAY_IN = "https://example.org/anmelden/geheim/"


@pytest.fixture(autouse=True)
def outbox_backend(settings):
    # The test runner puts Django's own list of mails in its place.
    settings.EMAIL_BACKEND = "quartiersladen.outbox.backend.OutboxBackend"


def test_an_account_mail_is_queued_for_the_default_quarter_and_blanked(smtp_sink, work_off_jobs):
    make_quarter("west", is_default=False)
    quarter = make_quarter("ost", is_default=True)

    with translation.override("en"):
        taken = send_mail("Your password", WAY_IN, None, ["mira@example.org"])

    mail = Mail.objects.get()
    assert (taken, mail.quarter, mail.is_account, mail.kind) == (1, quarter, True, "account")
    assert (mail.to_address, mail.subject, mail.text) == (
        "mira@example.org",
        "Your password",
        WAY_IN,
    )
    assert mail.language == "en"

    assert work_off_jobs() == 1
    mail.refresh_from_db()
    assert (mail.state, mail.text) == (MailState.SENT, "")
    [message] = smtp_sink.messages
    assert WAY_IN in message.get_body(("plain",)).get_content()
    assert f'href="{WAY_IN}"' in message.get_body(("html",)).get_content()


def test_without_a_default_the_first_quarter_stands_in():
    first = make_quarter("ost", is_default=False)
    make_quarter("west", is_default=False)

    send_mail("Hallo", "Text", None, ["mira@example.org"])

    assert Mail.objects.get().quarter == first


def test_each_address_gets_a_mail_of_its_own():
    make_quarter()
    message = EmailMultiAlternatives(
        "Hallo", "Text", None, ["a@example.org"], bcc=["c@example.org"], cc=["b@example.org"]
    )

    assert message.send() == 1

    addresses = Mail.objects.order_by("pk").values_list("to_address", flat=True)
    assert list(addresses) == ["a@example.org", "b@example.org", "c@example.org"]


def test_before_anything_is_set_up_it_says_so():
    with pytest.raises(Quarter.DoesNotExist):
        send_mail("Hallo", "Text", None, ["mira@example.org"])


def test_a_mail_that_names_its_quarter_is_booked_there():
    make_quarter("ost", is_default=True)
    west = make_quarter("west", is_default=False)
    message = EmailMultiAlternatives("Hallo", "Text", None, ["mira@example.org"])
    vars(message)["quarter"] = west

    message.send()

    assert Mail.objects.get().quarter == west
