"""Walk-in, out of scope: a flat. The right address in the visitor's language, closed the same day."""

import pytest
from playwright.sync_api import expect

from quartiersladen.concerns.models import Concern, ScopeRule
from tests.support.accessibility import assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_right_address_is_given_in_arabic_and_the_case_closed_and_counted(house, mira_at_desk):
    page = mira_at_desk
    page.goto("/buero/anliegen/neu/")
    page.fill("[name=text]", "Sucht eine Wohnung für fünf Personen")
    page.select_option("[name=channel]", "walk-in")
    page.select_option("[name=language]", "ar")
    page.check("[name=way][value=none]")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/buero/anliegen/*-0001/")

    page.goto(f"{page.url}?tat=scope")
    page.check("#scope [name=scope][value=not_ours]")
    page.select_option("#scope [name=right_address]", str(house.flat.pk))
    page.click("#scope button[type=submit]")
    page.wait_for_url("**/buero/anliegen/*-0001/")

    concern = Concern.objects.get()
    assert (concern.state, concern.scope, concern.result) == (
        "answered",
        "not_ours",
        "not_our_task",
    )
    assert concern.closed_at.date() == concern.created_at.date()

    page.goto(f"{page.url}zettel/")
    sheet = page.locator("main [lang=ar][dir=rtl]")
    expect(sheet).to_contain_text("مكتب السكن")
    assert_accessible(page)

    page.goto("/buero/anliegen/?zustand=answered&kanal=walk-in")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert_accessible(page)


def test_without_a_right_address_the_desk_says_what_is_missing(house, mira_at_desk):
    page = mira_at_desk
    page.goto("/buero/anliegen/neu/")
    page.fill("[name=text]", "Sucht eine Wohnung")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/buero/anliegen/*-0001/")
    page.goto(f"{page.url}?tat=scope")
    page.check("#scope [name=scope][value=not_ours]")
    page.click("#scope button[type=submit]")

    expect(page.locator("#scope [role=alert]")).to_have_count(1)
    assert Concern.objects.get().state == "new"


def test_on_the_web_the_form_says_who_helps_before_anything_is_sent(house, open_page):
    """The rule that the office keeps meets Frau Yildiz at home, in Arabic, without scripts."""
    rule = ScopeRule.objects.create(
        quarter=house.quarter,
        title={"de": "Wohnung gesucht", "ar": "البحث عن سكن"},
        words=["Wohnung", "شقة"],
        right_address=house.flat,
        mode="stop",
    )
    page = open_page(javascript=False)
    page.goto("/anliegen/neu/?lang=ar")
    page.fill("[name=text]", "أبحث عن شقة لخمسة أشخاص")
    page.locator("main form.q-form button:visible[type=submit]").last.click()

    expect(page.locator("#hints")).to_contain_text("مكتب السكن")
    expect(page.locator("[name=text]")).to_have_value("أبحث عن شقة لخمسة أشخاص")
    assert (Concern.objects.count(), list(rule.hits.values_list("outcome", flat=True))) == (
        0,
        ["left"],
    )

    page.check("[name=overrides]")
    page.locator("main form.q-form button:visible[type=submit]").last.click()
    page.wait_for_url("**/s/*/")
    concern = Concern.objects.get()
    assert (concern.scope_rule, concern.state) == (rule, "new")
    assert list(rule.hits.values_list("outcome", flat=True)) == ["overridden"]


def test_while_typing_the_hint_comes_by_itself(house, open_page):
    ScopeRule.objects.create(
        quarter=house.quarter,
        title={"de": "Wohnung gesucht"},
        words=["Wohnung"],
        right_address=house.flat,
        mode="hint",
    )
    page = open_page()
    page.goto("/anliegen/neu/")
    page.locator("form[data-ready]").wait_for()
    page.locator("[name=text]").press_sequentially("Suche eine Wohnung")
    page.locator("#hints .q-alert").wait_for()
    expect(page.locator("#hints")).to_contain_text("Wohnungsamt")

    page.locator("main form.q-form button:visible[type=submit]").last.click()
    page.wait_for_url("**/s/*/")
    assert Concern.objects.get().scope_rule is not None
