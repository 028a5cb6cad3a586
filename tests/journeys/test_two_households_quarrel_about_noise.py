"""A quarrel about noise: told in the office, mediated, signed, and after four weeks it holds.

Meanwhile the colleague who is not named finds nothing, wherever she looks.
"""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.concerns.models import Concern
from quartiersladen.mediation.models import Mediation, Party, Step
from tests.support.accessibility import assert_accessible
from tests.support.pdf import page_texts
from tests.support.sign_in import signed_in_client

pytestmark = pytest.mark.django_db(transaction=True)


def day(days=0):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def unfold(page, name):
    page.click(f"#{name} > a")
    expect(page.locator(f"#{name} form")).to_have_count(1)


def save(page, name):
    page.click(f"#{name} form button[type=submit]")
    expect(page.locator("main")).to_contain_text("Vermittlung")
    expect(page.locator(f"#{name} form")).to_have_count(0)


def tell(page):
    page.goto("/buero/anliegen/neu/")
    page.fill("[name=text]", "Die Nachbarn oben sind nachts laut.")
    page.select_option("[name=channel]", "walk-in")
    page.check("[name=way][value=none]")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/buero/anliegen/*-0001/")


def begin(page):
    page.get_by_role("link", name="Vermittlung beginnen").click()
    page.wait_for_url("**/vermittlung/")
    assert_accessible(page)
    page.select_option("[name=next_kind]", "separate")
    page.fill("[name=next_on]", day())
    page.locator("main form.q-form button[type=submit]").click()
    expect(page.locator("#steps")).to_be_visible()


def enter(page, name, side):
    unfold(page, "party")
    page.fill("#party [name=name]", name)
    page.select_option("#party [name=side]", side)
    save(page, "party")


def takes_place(page, step, kind, parties, next_kind, next_on):
    name = f"done-{step.pk}"
    unfold(page, name)
    page.select_option(f"#{name} [name=kind]", kind)
    page.fill(f"#{name} [name=minutes]", "45")
    for party in parties:
        page.check(f"#{name} [name=parties][value='{party.pk}']")
    page.fill(f"#{name} [name=notes]", "Ruhig gesprochen.")
    page.select_option(f"#{name} [name=next_kind]", next_kind)
    page.fill(f"#{name} [name=next_on]", day(next_on))
    save(page, name)


def planned():
    return Step.objects.get(state="planned")


def test_a_quarrel_is_settled_and_nobody_else_hears_of_it(house, mira_at_desk):
    page = mira_at_desk
    stranger = signed_in_client(make_member(house.quarter, Role.LEAD, "Lena"))
    tell(page)
    reference = Concern.objects.get().dossier.reference
    begin(page)
    enter(page, "Frau Lindgren", "a")
    enter(page, "Familie Haddad", "b")
    one, two = Party.objects.order_by("number")
    takes_place(page, planned(), "separate", [one], "separate", 0)
    takes_place(page, planned(), "separate", [two], "joint", 0)
    takes_place(page, planned(), "joint", [one, two], "follow_up", 28)

    unfold(page, "agreement")
    page.fill("#agreement [name=text]", "Nach 22 Uhr ist Ruhe.")
    page.fill("#agreement [name=check_on]", day(28))
    save(page, "agreement")
    printed = page.request.get(page.get_by_text("Vereinbarung drucken").get_attribute("href"))
    for party in (one, two):
        unfold(page, f"consent-{party.pk}")
        save(page, f"consent-{party.pk}")
    assert_accessible(page)
    hears_nothing(stranger, reference)

    Mediation.objects.update(check_on=timezone.localdate())
    unfold(page, "look")
    page.check("#look [name=holding][value=holds]")
    save(page, "look")
    unfold(page, "end")
    page.check("#end [name=state][value=agreed]")
    save(page, "end")

    assert page_texts(printed.body())[0].count("Ort, Tag, Unterschrift") == 3
    stored = Mediation.objects.get()
    assert (stored.state, stored.holding) == ("agreed", "holds")
    assert [step.minutes for step in Step.objects.order_by("pk")] == [45, 45, 45, None]
    page.locator("main form[action$='abschliessen/'] button").click()
    page.wait_for_url(f"**/buero/anliegen/{reference}/")
    concern = Concern.objects.get()
    assert (concern.state, concern.result, concern.witness) == ("answered", "fixed", "resident")
    assert "Haddad" not in concern.answer
    expect(page.locator("#gelesen")).to_contain_text("Mira")
    hears_nothing(stranger, reference)


def hears_nothing(stranger, reference):
    """The lead who is not named looks everywhere."""
    places = [
        "/buero/",
        "/buero/anliegen/",
        "/buero/anliegen/?q=Lindgren",
        "/buero/suche/?q=Nachbarn",
        "/buero/anliegen/statistik/",
        "/buero/anliegen/export.csv",
        "/anliegen/",
        "/anliegen.geojson",
    ]
    for place in places:
        answer = stranger.get(place, follow=True)
        content = b"".join(answer) if answer.streaming else answer.content
        seen = content.decode()
        assert (place, reference in seen, "Nachbarn oben" in seen) == (place, False, False)
    found = stranger.post("/buero/auskunft/", {"words": "Lindgren"})
    assert "mediation.party" not in found.content.decode()
    for page in ("", "vermittlung/", "vermittlung/vereinbarung.pdf"):
        assert stranger.get(f"/buero/anliegen/{reference}/{page}").status_code == 404
