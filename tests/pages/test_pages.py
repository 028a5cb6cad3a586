"""Everybody can use every page: by eye, in the dark, on a phone, from right to left, by keyboard."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import URLResolver, get_resolver, resolve

from tests.pages.catalogue import NO_PAGE, PUBLIC, SIGHTS
from tests.pages.inspection import Inspector

# The page for a broken program asks nothing, so it does not know the language either; pages about
# accounts are German or English.
ACCOUNTS = ("account_", "mfa_", "socialaccount_")
ARABIC = [
    title
    for title, sight in SIGHTS.items()
    if sight.who == PUBLIC
    and title != "error 500"
    and (sight.name == "account_login" or not sight.name.startswith(ACCOUNTS))
]
pytestmark = pytest.mark.once
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 640}


def names(resolver, space="") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from names(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif entry.name:
            yield space + entry.name


def walked(page, sight):
    response = page.goto(sight.path)
    assert response.status == sight.status
    if sight.deed:
        sight.deed(page)
        page.wait_for_load_state()
    assert sight.name in {"refused", resolve(urlsplit(page.url).path).view_name}
    return Inspector(page)


@pytest.mark.parametrize("title", SIGHTS)
def test_everybody_can_use_the_page(title, doors):
    sight = SIGHTS[title]
    page = doors.open(sight.who)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESKTOP)
    look = walked(page, sight)
    found = [f"light: {line}" for line in look.complaints()]
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {line}" for line in look.colour_complaints()]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    found += [f"phone: {line}" for line in look.complaints()]
    found += [f"keys: {line}" for line in look.tab_complaints()]

    assert found + doors.faults == []


@pytest.mark.parametrize("title", ARABIC)
def test_everybody_can_use_the_page_in_arabic(title, doors):
    page = doors.open("arabic")
    page.set_viewport_size(PHONE)
    look = walked(page, SIGHTS[title])

    assert page.locator("html").get_attribute("dir") == "rtl"
    assert look.complaints() + doors.faults == []


def test_every_address_of_the_house_is_looked_at_or_shows_no_page():
    looked_at = {sight.name for sight in SIGHTS.values()} - {"refused", "refused_without_cookies"}
    no_page = {name for group in NO_PAGE.values() for name in group}

    assert looked_at & no_page == set()
    assert looked_at | no_page == set(names(get_resolver("quartiersladen.config.urls")))
