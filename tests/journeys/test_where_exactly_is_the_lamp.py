"""A question goes out by mail and is answered by link with a photo; without e-mail it is a call."""

import re

import pytest
from playwright.sync_api import expect

from quartiersladen.concerns.models import Concern, Question
from quartiersladen.concerns.testing import photo
from quartiersladen.dossiers.models import Document
from tests.support.accessibility import assert_accessible, assert_no_sideways_scrolling

pytestmark = pytest.mark.django_db(transaction=True)
QUESTION = "Vor welchem Haus steht die Laterne?"


def told(page, text, **person):
    """Tell something on the web; return the address of the status page."""
    page.goto("/anliegen/neu/?lang=tr")
    page.fill("[name=text]", text)
    way = "mail" if "email" in person else "phone"
    page.check(f"[name=way][value={way}]")
    for name, value in person.items():
        page.fill(f"[name={name}]", value)
    page.locator("form.q-form button:visible[type=submit]").last.click()
    page.wait_for_url("**/s/*/")
    return page.url


def links(message, kind):
    text = message.get_body(("plain",)).get_content()
    [link] = set(re.findall(rf"https?://[^/\s]+(/{kind}/\S+/)", text))
    return link


def ask(desk, number):
    desk.goto(f"/buero/anliegen/{number}/?tat=question")
    desk.fill("#question [name=text]", QUESTION)
    desk.click("#question .q-actions button[type=submit]")


def test_where_exactly_is_the_lamp(  # noqa: PLR0915 -- one story from beginning to end
    house, open_page, mira_at_desk, smtp_sink, work_off_jobs, tmp_path
):
    # 1 One neighbour has an e-mail address and confirms it, the other one a telephone.
    phone = open_page(width=360, javascript=False)
    status = told(phone, "Lamba yanmıyor", email="ayse@example.org")
    told(phone, "Çöp toplanmadı", phone="030 23125 100")
    work_off_jobs()
    [confirmation] = smtp_sink.messages_to("ayse@example.org")
    phone.goto(links(confirmation, "b"))
    phone.locator("main form button").click()
    expect(phone.locator("main form")).to_have_count(0)
    lamp, litter = Concern.objects.select_related("dossier").order_by("pk")

    # 2 The desk asks both; the mail is looked at first, the other becomes a call.
    desk = mira_at_desk
    ask(desk, lamp.dossier.reference)
    expect(desk.locator("#question pre")).to_contain_text(QUESTION)
    desk.click("#question .q-actions button[type=submit]")
    desk.wait_for_url(f"**/buero/anliegen/{lamp.dossier.reference}/")
    assert_accessible(desk)
    ask(desk, litter.dossier.reference)
    desk.wait_for_url(f"**/buero/anliegen/{litter.dossier.reference}/")
    desk.goto("/buero/")
    task = desk.locator("li", has=desk.locator(f"a[href$='{litter.dossier.reference}/']")).first
    expect(task).to_contain_text("+49 30 23125100")
    expect(task).to_contain_text(QUESTION)

    # 3 The mail is Turkish; its link opens the question, and an empty answer loses nothing.
    work_off_jobs()
    asked = smtp_sink.messages_to("ayse@example.org")[1]
    assert asked["Content-Language"] == "tr"
    assert len(smtp_sink.messages) == 2
    phone.goto(links(asked, "s"))
    assert phone.url == status
    expect(phone.locator("#antwort")).to_contain_text(QUESTION)
    assert Question.objects.filter(state="open").count() == 2
    with_scripts = open_page(width=360)
    with_scripts.goto(status)
    assert_accessible(with_scripts)
    assert_no_sideways_scrolling(with_scripts)
    picture = tmp_path / "ev.jpg"
    picture.write_bytes(photo().read())
    phone.set_input_files("#antwort [name=photos]", picture)
    phone.locator("#antwort button:visible[type=submit]").last.click()
    expect(phone.locator("[role=alert]")).to_have_count(1)  # the words are missing
    expect(phone.locator("#antwort img")).to_have_count(1)  # the photo is still there
    phone.fill("#antwort [name=text]", "7 numaranın önünde")
    phone.locator("#antwort button:visible[type=submit]").last.click()
    expect(phone.locator("main")).to_contain_text("7 numaranın önünde")
    expect(phone.locator("#antwort")).to_have_count(0)
    assert phone.url == status

    # 4 It comes back to today's list, with the photo; the call is still to be made.
    lamp.refresh_from_db()
    assert (lamp.state, Document.objects.get().dossier_id) == ("checked", lamp.pk)
    desk.goto("/buero/")
    back = desk.locator("li", has=desk.locator(f"a[href$='{lamp.dossier.reference}/']")).first
    expect(back).to_contain_text("Die Person hat geantwortet")
    assert Question.objects.get(state="open").concern_id == litter.pk
