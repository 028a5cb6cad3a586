"""The outbox at the desk."""

import pytest
from django.utils import timezone

from quartiersladen.accounts.states import Role
from quartiersladen.concerns.testing import make_concern
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.states import MailState
from quartiersladen.quarters.testing import make_quarter

POST = "/buero/post/"


@pytest.fixture
def mail(quarter) -> Mail:
    make_concern(quarter, email="nour@example.org", now=timezone.now())
    return Mail.objects.get()


def addresses(page) -> list[str]:
    return [mail.to_address for mail in page.context["mails"]]


def test_mails_are_listed_by_state_and_only_the_own(desk, mail):
    make_concern(make_quarter("west"), email="fremd@example.org", now=timezone.now())
    Mail.objects.create(
        quarter=mail.quarter, kind="login", is_account=True, to_address="mira@example.org",
        subject="Passwort", text="geheim", message_id="<1@example.org>",
        next_try_at=timezone.now(), created_at=timezone.now(),
    )  # fmt: skip
    assert addresses(desk.get(POST)) == ["nour@example.org"]
    assert addresses(desk.get(POST + "?zustand=queued")) == ["nour@example.org"]
    assert addresses(desk.get(POST + "?zustand=sent")) == []
    assert addresses(desk.get(POST + "?zustand=unsinn")) == ["nour@example.org"]
    for hidden in Mail.objects.exclude(pk=mail.pk):
        assert desk.get(f"{POST}{hidden.pk}/").status_code == 404


def test_a_mail_is_read_as_it_goes_out(desk, mail):
    page = desk.get(f"{POST}{mail.pk}/")
    assert mail.subject in page.content.decode()
    assert "[[link:" not in page.context["text"]
    assert (page.context["may_resend"], page.context["may_cancel"]) == (False, True)


def test_it_is_cancelled_once(desk, mail):
    address = f"{POST}{mail.pk}/"
    assert desk.post(address, {"deed": "cancel"}).headers["Location"] == POST
    assert Mail.objects.get().state == MailState.CANCELLED
    again = desk.post(address, {"deed": "cancel"})
    assert (again.status_code, bool(again.context["sentence"])) == (409, True)


def test_a_failed_one_is_sent_again_and_one_on_its_way_is_not(desk, mail):
    address = f"{POST}{mail.pk}/"
    assert desk.post(address, {"deed": "resend"}).status_code == 409
    Mail.objects.update(state=MailState.FAILED)

    assert desk.post(address, {"deed": "resend"}).status_code == 302

    assert Mail.objects.get().state == MailState.QUEUED


def test_only_the_office_reads_the_post(browser_of, mail):
    for role in set(Role) - {Role.LEAD, Role.MODERATOR}:
        browser = browser_of(role)
        assert browser.get(POST).status_code == 403
        assert browser.post(f"{POST}{mail.pk}/").status_code == 403
