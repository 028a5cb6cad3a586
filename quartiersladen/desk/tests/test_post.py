"""The outbox at the desk."""

from datetime import timedelta

import pytest
from django.utils import timezone

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns.testing import make_concern, make_referral
from quartiersladen.correspondence.models import Message
from quartiersladen.directory.testing import make_body
from quartiersladen.dossiers.models import Dossier, Named
from quartiersladen.dossiers.services.digests import send_digests
from quartiersladen.dossiers.states import Audience
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.states import MailState
from quartiersladen.quarters.testing import make_quarter
from tests.support.sign_in import signed_in_client

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


@pytest.fixture
def secret(quarter):
    """Two mails of a dossier that became confidential; one to the person, one to a body."""
    lead = viewer_of(make_member(quarter, Role.LEAD, "Lea"), quarter)
    concern = make_concern(quarter, email="nour@example.org", now=timezone.now())
    make_referral(lead, concern, make_body(quarter), now=timezone.now())
    Dossier.objects.update(audience=Audience.CONFIDENTIAL)
    return concern.dossier


def test_mails_of_a_confidential_dossier_are_for_the_named_alone(desk, secret):
    assert addresses(desk.get(POST)) == []
    assert desk.get("/buero/").context["waiting_mails"].number == 0
    for mail in Mail.objects.all():
        assert desk.get(f"{POST}{mail.pk}/").status_code == 404
        assert desk.post(f"{POST}{mail.pk}/", {"deed": "cancel"}).status_code == 404
    assert set(Mail.objects.values_list("state", flat=True)) == {MailState.QUEUED}

    user = desk.get("/buero/").wsgi_request.user
    Named.objects.create(dossier=secret, user_id=user.pk)

    assert addresses(desk.get(POST)) == ["stelle@lichtwerk.example.org", "nour@example.org"]
    assert desk.get("/buero/").context["waiting_mails"].number == 2


def test_the_morning_mail_of_the_named_is_not_read_by_others(desk, quarter, secret):
    karla = make_member(quarter, Role.MODERATOR, "Karla")
    Named.objects.create(dossier=secret, user=karla)
    make_concern(quarter, "Eine Lampe", now=timezone.now())
    day = timezone.now() + timedelta(days=30)
    while day.weekday() > 4:
        day += timedelta(days=1)
    send_digests(quarter=quarter, now=day.replace(hour=7))
    of_karla = Mail.objects.get(kind="digest", to_address=karla.email)
    assert secret.reference in of_karla.text
    others = Mail.objects.filter(kind="digest").exclude(pk=of_karla.pk)
    assert secret.reference not in "".join(others.values_list("text", flat=True))

    listed = {mail for mail in desk.get(POST).context["mails"] if mail.kind == "digest"}

    assert listed == set(others)
    assert desk.get(f"{POST}{of_karla.pk}/").status_code == 404
    assert desk.get("/buero/").context["waiting_mails"].number == others.count()
    own = signed_in_client(karla).get(f"{POST}{of_karla.pk}/")
    assert (own.status_code, secret.reference in own.context["text"]) == (200, True)


def test_a_mail_sent_again_stays_on_its_dossier(desk, secret):
    Dossier.objects.update(audience=Audience.TELLER)
    first = Message.objects.get()
    Mail.objects.filter(message=first).update(state=MailState.SENT)

    desk.post(f"{POST}{first.mail_id}/", {"deed": "resend"})

    copy = Message.objects.exclude(pk=first.pk).get()
    assert (copy.dossier, copy.body, copy.text) == (first.dossier, first.body, first.text)
    assert copy.mail.pk == Mail.objects.order_by("-pk")[0].pk
    Dossier.objects.update(audience=Audience.CONFIDENTIAL)
    assert addresses(desk.get(POST)) == []


def test_a_failed_mail_sent_again_needs_no_second_line(desk, secret):
    Dossier.objects.update(audience=Audience.TELLER)
    first = Message.objects.get()
    Mail.objects.filter(message=first).update(state=MailState.FAILED)

    desk.post(f"{POST}{first.mail_id}/", {"deed": "resend"})

    assert list(Message.objects.all()) == [first]
    assert Mail.objects.get(message=first).state == MailState.QUEUED
