"""Web, Arabic, no JavaScript: passed on, silent, asked again, answered by link, released, closed."""

import re
from email.message import EmailMessage

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from quartiersladen.concerns.models import Concern, Referral
from tests.support.accessibility import assert_accessible, assert_no_sideways_scrolling

pytestmark = pytest.mark.django_db(transaction=True)


def link_in(message: EmailMessage, kind: str) -> str:
    """Return the path of the link of this kind (s, b, f) in the plain text of a mail."""
    text = message.get_body(("plain",)).get_content()
    [link] = set(re.findall(rf"https?://[^/\s]+(/{kind}/\S+/)", text))
    return str(link)


def to(smtp_sink, address: str) -> list[EmailMessage]:
    return [message for message in smtp_sink.messages if message["To"] == address]


def test_the_lamp_is_out(  # noqa: PLR0915 -- one story from beginning to end
    house, open_page, mira_at_desk, smtp_sink, work_off_jobs
):
    # 1 The resident, on a phone, in Arabic, without scripts.
    phone = open_page(width=360, javascript=False)
    phone.goto("/anliegen/neu/?lang=ar")
    assert phone.locator("html").get_attribute("dir") == "rtl"
    phone.locator("form.q-form button:visible[type=submit]").last.click()
    expect(phone.locator("[role=alert] a")).to_have_count(1)  # the text is missing
    phone.fill("[name=text]", "المصباح مطفأ")
    phone.select_option("[name=theme]", str(house.light.pk))
    phone.fill("[name=place_text]", "Rosenweg 3")
    phone.check("[name=way][value=mail]")
    phone.fill("[name=email]", "nour@example.org")
    phone.locator("form.q-form button:visible[type=submit]").last.click()
    phone.wait_for_url("**/s/*/")
    status_page = phone.url
    number = phone.locator(".q-number").inner_text()
    assert re.fullmatch(r"\d{4}-0001", number)
    expect(phone.locator("svg.qr")).to_have_count(1)

    # 2 The address is confirmed; opening the link alone changes nothing.
    work_off_jobs()
    [confirmation] = to(smtp_sink, "nour@example.org")
    assert confirmation["Content-Language"] == "ar"
    phone.goto(link_in(confirmation, "b"))
    assert Concern.objects.get().teller.email_confirmed_at is None
    phone.locator("main form button").click()
    expect(phone.locator("main form")).to_have_count(0)
    assert Concern.objects.get().teller.email_confirmed_at is not None

    # 3 The desk passes it on.
    desk = mira_at_desk
    today = house.quarter.local_day(timezone.now()).isoformat()
    desk.goto(f"/buero/anliegen/{number}/weitergeben/?stelle={house.body.pk}")
    desk.fill("[name=ask_on]", today)
    desk.click("[name=schritt][value=ansehen]")
    desk.click("[name=schritt][value=senden]")
    desk.wait_for_url(f"**/buero/anliegen/{number}/")
    work_off_jobs()
    [case] = to(smtp_sink, house.body.email)
    assert "nour@example.org" not in case.as_string()
    assert len(to(smtp_sink, "nour@example.org")) == 2  # "we have passed it on"

    # 4 Nobody answers: due today, asked again by phone.
    referral = Referral.objects.get()
    desk.goto(f"/buero/anliegen/{number}/?tat=ask-{referral.pk}")
    form = desk.locator(f'form[action$="/nachfragen/{referral.pk}/"]')
    form.locator("[name=way]").select_option("phone")
    form.locator("[name=whom]").fill("Zentrale")
    form.locator("[name=ask_on]").fill(today)
    form.locator("button[type=submit]").click()
    desk.wait_for_url(f"**/buero/anliegen/{number}/")
    assert Concern.objects.get().state == "asked_again"

    # 5 The body answers through its link, without an account.
    body = open_page()
    body.goto(link_in(case, "f"))
    assert_accessible(body)
    expect(body.locator("main")).to_contain_text("المصباح مطفأ")
    body.check("[name=deed][value=answer]")
    body.fill("[name=words]", "Die Lampe ist getauscht.")
    body.locator("main form button[type=submit]").click()
    expect(body.locator("main form")).to_have_count(0)
    assert Concern.objects.get().state == "checked"

    # 6 The office releases and closes.
    desk.goto(f"/buero/anliegen/{number}/?tat=release")
    desk.fill("#release [name=title]", "Lampe im Rosenweg")
    desk.fill("#release [name=text]", "Eine Straßenlampe war aus.")
    desk.check("#release [name=is_checked]")
    desk.click("#release button[type=submit]")
    desk.wait_for_url(f"**/buero/anliegen/{number}/")
    desk.goto(f"/buero/anliegen/{number}/?tat=close")
    desk.select_option("#close [name=result]", "fixed")
    desk.fill("#close [name=answer]", "تم إصلاح المصباح")
    desk.select_option("#close [name=witness]", "office")
    desk.click("#close button[type=submit]")
    expect(desk.locator("#close pre")).to_contain_text("تم إصلاح المصباح")  # first to see
    desk.click("#close button[type=submit]")
    desk.wait_for_url(f"**/buero/anliegen/{number}/")
    assert_accessible(desk)

    # 7 The resident is told, and everybody can read it.
    work_off_jobs()
    answer = to(smtp_sink, "nour@example.org")[-1]
    assert "تم إصلاح المصباح" in answer.get_body(("plain",)).get_content()
    assert answer["In-Reply-To"] == to(smtp_sink, "nour@example.org")[1]["Message-ID"]
    phone.goto(status_page)
    expect(phone.locator("main")).to_contain_text("تم إصلاح المصباح")
    passer_by = open_page(width=320, dark=True)
    passer_by.goto(f"/anliegen/{number}/")
    assert passer_by.locator("h1").inner_text() == "Lampe im Rosenweg"
    assert "Rosenweg 3" not in passer_by.locator("main").inner_text()
    assert_accessible(passer_by)
    assert_no_sideways_scrolling(passer_by)


def test_an_unreleased_concern_is_as_unknown_as_one_that_never_was(house, open_page):
    page = open_page()
    page.goto("/anliegen/neu/")
    page.fill("[name=text]", "Die Lampe ist aus")
    page.locator("form.q-form button:visible[type=submit]").last.click()
    page.wait_for_url("**/s/*/")
    number = page.locator(".q-number").inner_text()

    assert page.goto(f"/anliegen/{number}/").status == 404
    hidden = page.content()
    assert page.goto("/anliegen/1999-9999/").status == 404
    assert page.content().replace("1999-9999", number) == hidden
