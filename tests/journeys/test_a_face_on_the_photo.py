"""Mira draws over a face with the mouse and takes one rectangle back; with the keyboard the same."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import storages
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from quartiersladen.concerns.testing import make_concern, photo
from quartiersladen.dossiers.models import Document
from quartiersladen.files.services import store_photo

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def document(house: Any) -> Document:
    now = timezone.now()
    concern = make_concern(house.quarter, now=now)
    stored = store_photo(quarter=house.quarter, upload=photo("a.jpg", (800, 600)), now=now)
    return Document.objects.create(dossier=concern.dossier, file=stored, is_of_teller=True)


def is_black(document: Document, x: float, y: float) -> bool:
    document.refresh_from_db()
    with storages["default"].open(document.file.storage_name) as file:
        picture = Image.open(BytesIO(file.read())).convert("L")
    spot = int(y * picture.height) * picture.width + int(x * picture.width)
    return picture.tobytes()[spot] < 9


def drag(page: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    box = page.locator("svg.q-sheet image").bounding_box()

    def at(point: tuple[float, float]) -> tuple[float, float]:
        return box["x"] + point[0] * box["width"], box["y"] + point[1] * box["height"]

    page.mouse.move(*at(start))
    page.mouse.down()
    page.mouse.move(*at(end), steps=3)
    page.mouse.up()


def test_rectangles_are_drawn_taken_back_and_burnt_in(
    mira_at_desk: Any, document: Document
) -> None:
    desk = mira_at_desk
    desk.goto(f"/buero/anliegen/{document.dossier.reference}/")
    desk.locator("a", has_text="Foto 1 schwärzen").first.click()
    desk.locator("svg.is-ready").scroll_into_view_if_needed()
    expect(desk.locator("[data-undo]")).to_be_disabled()

    drag(desk, (0.1, 0.1), (0.3, 0.4))
    drag(desk, (0.9, 0.9), (0.7, 0.6))  # from the other corner
    drag(desk, (0.4, 0.4), (0.6, 0.6))
    desk.mouse.click(5, 5)
    expect(desk.locator("[data-drawn] rect")).to_have_count(3)
    desk.locator("[data-undo]").click()
    expect(desk.locator("[data-count]")).to_have_text("Gezeichnete Rechtecke: 2")
    desk.locator("[name=schritt][value=schwaerzen]").click()

    desk.wait_for_url("**#fotos")
    points = ((0.2, 0.25), (0.8, 0.75), (0.5, 0.5), (0.05, 0.05))
    assert [is_black(document, *point) for point in points] == [True, True, False, False]


def test_fields_are_named_without_scripts_and_looked_at_first(
    house: Any,
    open_page: Callable[..., Any],
    sign_in: Callable[..., None],
    document: Document,
) -> None:
    page = open_page(javascript=False)
    sign_in(page, house.mira)
    page.goto(f"/buero/anliegen/{document.dossier.reference}/foto/{document.pk}/schwaerzen/")
    expect(page.locator("[data-drawing]")).to_be_hidden()
    page.focus("[name=fields_named]")
    page.keyboard.type("A1-H6, P12")
    page.keyboard.press("Enter")
    page.locator(".q-sheet__black rect").first.wait_for()
    expect(page.locator(".q-sheet__black rect")).to_have_count(2)
    assert not is_black(document, 0.1, 0.1)

    page.focus("[name=schritt][value=schwaerzen]")
    page.keyboard.press("Enter")

    page.wait_for_url("**#fotos")
    points = ((0.25, 0.25), (0.98, 0.98), (0.75, 0.25))
    assert [is_black(document, *point) for point in points] == [True, True, False]
