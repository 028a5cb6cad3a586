"""What journeys rely on, tried on a page of their own: no quarter is needed for it."""

import pytest

from tests.support.accessibility import assert_no_sideways_scrolling, violations
from tests.support.browser import Visitors

STRICT = {"Content-Security-Policy": "default-src 'none'"}
GOOD = (
    "<!doctype html><html lang=en><title>T</title><main><h1>T</h1>"
    "<label>Name <input></label></main></html>"
)
BAD = "<!doctype html><html lang=en><title>T</title><main><h1>T</h1><input></main></html>"
WIDE = GOOD.replace("<h1>", "<table width=900><tr><td>x</table><h1>")


@pytest.fixture
def show(browser):
    with Visitors(browser, "http://page.test") as visitors:

        def show_it(html, **options):
            page = visitors.open_page(**options)
            page.route("**/*", lambda route: route.fulfill(body=html, headers=STRICT))
            page.goto("/")
            return page

        yield show_it


def test_axe_runs_under_the_strict_policy(show):
    assert violations(show(GOOD)) == []


def test_axe_names_what_is_wrong(show):
    assert [line.split(":")[0] for line in violations(show(BAD))] == ["label"]


def test_sideways_scrolling_is_noticed(show):
    assert_no_sideways_scrolling(show(GOOD, width=320))
    with pytest.raises(AssertionError):
        assert_no_sideways_scrolling(show(WIDE, width=320))


def visit_a_page_that_breaks_its_policy(browser):
    with Visitors(browser, "http://page.test") as visitors:
        page = visitors.open_page()
        page.route("**/*", lambda route: route.fulfill(body="<p style=color:red>", headers=STRICT))
        page.goto("/")


def test_a_broken_policy_fails_the_journey(browser):
    with pytest.raises(AssertionError, match="broke its own policy"):
        visit_a_page_that_breaks_its_policy(browser)
