"""Walk-in, out of scope: a flat. The right address in the visitor's language, closed the same day."""

import pytest

from quartiersladen.concerns.models import Concern
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
    assert "مكتب السكن" in sheet.inner_text()
    assert_accessible(page)

    page.goto("/buero/anliegen/?zustand=answered&kanal=walk-in")
    assert page.locator("tbody tr").count() == 1
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

    assert page.locator("#scope [role=alert]").count() == 1
    assert Concern.objects.get().state == "new"
