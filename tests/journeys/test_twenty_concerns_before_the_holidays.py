"""Before the holidays: narrowed, ticked by keyboard, tagged together, taken along; then no keys."""

import csv
from io import StringIO

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from quartiersladen.concerns.models import SavedFilter
from quartiersladen.concerns.testing import make_concern
from quartiersladen.dossiers.models import Tagging
from tests.support.accessibility import assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)


def switch_the_keys_off(page) -> None:
    """Who speaks to the computer wants no single letters."""
    page.goto("/buero/tastatur/")
    page.get_by_role("button", name="Tasten ausschalten").click()
    page.get_by_role("button", name="Tasten einschalten").wait_for()
    page.wait_for_load_state()
    page.keyboard.press("n")
    page.keyboard.press("?")


def take_the_list_along(page) -> list[str]:
    """Return the titles in the file; pressed twice, because a form with a file stays open."""
    page.get_by_role("link", name="Diese Liste als Datei").click()
    texts = []
    for _twice in range(2):
        with page.expect_download() as download:
            page.get_by_role("button", name="CSV", exact=True).click()
        texts.append(download.value.path().read_text(encoding="utf-8"))
    assert texts[0] == texts[1]
    return sorted(row[1] for row in list(csv.reader(StringIO(texts[0])))[1:])


def test_concerns_are_ticked_by_keyboard_and_done_together(house, mira_at_desk):
    for number in range(3):
        make_concern(house.quarter, f"Laterne {number}", theme=house.light, now=timezone.now())
    make_concern(house.quarter, "Bank", now=timezone.now())
    page = mira_at_desk
    page.goto("/buero/")

    # Two letters lead to the list; the list of keys closes with Escape.
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/buero/anliegen/")
    page.keyboard.press("?")
    page.locator("dialog[open]").wait_for()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)

    # In a field a letter is a letter.
    page.keyboard.press("/")
    page.keyboard.type("laterne xj")
    expect(page.locator("[name=q]")).to_have_value("laterne xj")
    page.fill("[name=q]", "laterne")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=laterne**")
    page.get_by_role("link", name="Diesen Filter speichern").click()
    page.fill("[name=name]", "Laternen")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Laternen").wait_for()
    page.wait_for_load_state()  # with it come the keys
    assert SavedFilter.objects.get().query == "q=laterne"

    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[name=anliegen]:checked")).to_have_count(2)
    assert_accessible(page)
    page.click("[name=tat][value=schlagwort]")
    page.fill("[name=add]", "Vor den Ferien")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Erledigt bei 2 Anliegen").wait_for()
    assert Tagging.objects.count() == 2
    assert_accessible(page)

    page.get_by_role("link", name="Zurück zur Liste").click()
    assert take_the_list_along(page) == ["Laterne 0", "Laterne 1", "Laterne 2"]

    switch_the_keys_off(page)
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert page.url.endswith("/buero/tastatur/")
