"""Anonymous phone call: syringes by the nursery. Two bodies, a follow-up, no person record."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from quartiersladen.concerns.models import Concern, Referral, Teller
from quartiersladen.concerns.states import Channel, PlaceKind
from quartiersladen.concerns.testing import make_concern
from tests.support.accessibility import assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_call_is_typed_in_by_keyboard_passed_on_to_two_and_due_today(
    house, mira_at_desk, smtp_sink, work_off_jobs
):
    page = mira_at_desk
    page.goto("/buero/anliegen/neu/")
    assert_accessible(page)

    # By keyboard alone: the text, then the tick for danger, then Enter in a line.
    page.locator("[name=text]").focus()
    page.keyboard.type("Spritzen am Zaun der Kita")
    page.keyboard.press("Tab")
    page.keyboard.type("Kita Sonnenweg")
    page.locator("[name=is_emergency]").focus()
    page.keyboard.press("Space")
    page.locator("[name=place_text]").focus()
    page.keyboard.press("Enter")

    page.wait_for_url("**/buero/anliegen/*-0001/")
    concern = Concern.objects.get()
    assert (concern.channel, concern.is_emergency) == ("phone", True)
    teller = Teller.objects.get()
    assert (teller.name, teller.email, teller.phone, teller.address) == ("", "", "", "")
    assert_accessible(page)

    page.keyboard.press("f")
    page.wait_for_url("**/weitergeben/")
    for body in (house.body, house.other_body):
        page.check(f"#stelle-{body.pk}")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/weitergeben/?stelle=*")
    assert_accessible(page)
    today = house.quarter.local_day(timezone.now())
    page.fill("[name=ask_on]", today.isoformat())
    page.click("[name=schritt][value=ansehen]")
    expect(page.locator("[name=schritt][value=senden]")).to_be_visible()
    previews = page.locator("article pre").all_inner_texts()
    assert ["> Spritzen am Zaun der Kita" in text for text in previews] == [True, True]
    page.click("[name=schritt][value=senden]")
    page.wait_for_url("**/buero/anliegen/*-0001/")

    work_off_jobs()
    assert sorted(str(m["To"]) for m in smtp_sink.messages) == [
        "stelle@lichtwerk.example.org",
        "team@strasse.example.org",
    ]
    assert [r.state for r in Referral.objects.all()] == ["sent", "sent"]

    page.goto("/buero/")
    assert_accessible(page)
    due = page.locator("section[aria-labelledby=others] li")
    expect(due).to_have_count(1)
    expect(due).to_contain_text("Spritzen")


def test_passing_on_without_a_next_date_is_refused_and_keeps_what_was_typed(house, mira_at_desk):
    page = mira_at_desk
    page.goto("/buero/anliegen/neu/")
    page.fill("[name=text]", "Spritzen")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/buero/anliegen/*-0001/")
    page.goto(f"{page.url}weitergeben/?stelle={house.body.pk}")
    page.fill("[name=ask_on]", "")
    page.fill(f"[name=stelle-{house.body.pk}-cover_note]", "Bitte schnell")
    page.click("[name=schritt][value=ansehen]")

    expect(page.locator("[role=alert]")).to_have_count(1)
    note = page.locator(f"[name=stelle-{house.body.pk}-cover_note]")
    expect(note).to_have_value("Bitte schnell")
    assert not Referral.objects.exists()


def test_everybody_sees_roughly_where_it_is_and_nobody_who_told_it(
    house, mira_at_desk, open_page, client
):
    concern = make_concern(
        house.quarter,
        "Spritzen am Zaun der Kita",
        channel=Channel.PHONE,
        place_kind=PlaceKind.POINT,
        latitude=51.34567,
        longitude=12.40123,
        place_text="Kita Sonnenweg",
        now=timezone.now(),
    )
    number = concern.dossier.reference
    assert client.get("/anliegen.geojson").json()["features"] == []
    assert client.get(f"/anliegen/{number}/").status_code == 404

    desk = mira_at_desk
    desk.goto(f"/buero/anliegen/{number}/?tat=release")
    desk.fill("#release [name=title]", "Spritzen bei einer Kita")
    desk.fill("#release [name=text]", "Bei einer Kita liegen Spritzen.")
    desk.check("#release [name=precision][value=street]")
    desk.check("#release [name=is_checked]")
    desk.locator("#release button[type=submit]").last.click()
    expect(desk.locator(f"a[href='/anliegen/{number}/']")).to_be_visible()

    [point] = client.get("/anliegen.geojson").json()["features"]
    assert point["geometry"]["coordinates"] == [12.402, 51.346]
    everybody = open_page(width=360)
    everybody.goto(f"/anliegen/{number}/")
    expect(everybody.locator("h1")).to_contain_text("Spritzen bei einer Kita")
    expect(everybody.locator("main")).not_to_contain_text("Sonnenweg")
    assert_accessible(everybody)
