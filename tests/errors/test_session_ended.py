"""A session ends while somebody writes: they are told, and come back to a page that opens."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from quartiersladen.quarters.testing import make_quarter

NOTE = "/buero/anliegen/OST-2026-1/notiz/"
CASE = "http://testserver/buero/anliegen/OST-2026-1/?zeige=alles"


@pytest.fixture
def browser(db):
    make_quarter("ost")
    make_quarter("west")
    return Client()


def next_of(answer) -> str:
    return str(answer.headers["Location"]).partition("?next=")[2]


def send(browser, place=NOTE, referer=""):
    return browser.post(place, {"text": "Meine Worte"}, headers={"Referer": referer})


def test_what_was_sent_is_said_to_be_lost_and_the_way_leads_back_to_its_form(browser):
    answer = send(browser, referer=CASE)

    assert answer.status_code == 302
    assert next_of(answer) == "/buero/anliegen/OST-2026-1/%3Fzeige%3Dalles"
    [message] = [str(message) for message in get_messages(answer.wsgi_request)]
    assert message.startswith("Sie waren nicht mehr angemeldet. Was Sie gerade abgeschickt haben")
    assert message in browser.get(answer.headers["Location"]).content.decode()


@pytest.mark.parametrize(
    "referer",
    [
        "",
        "kein ort",
        "http://[",
        "http://evil.example.org/buero/",
        "http://testserver//evil.example.org/",
        "http://testserver/q/west/buero/",
        "javascript:alert(1)",
    ],
)
def test_without_a_page_of_this_quarter_it_leads_to_today(browser, referer):
    assert next_of(send(browser, referer=referer)) == "/buero/"


def test_under_a_prefix_it_stays_in_its_quarter(browser):
    place = "/q/west" + NOTE
    assert next_of(send(browser, place, "http://testserver/q/west/buero/x/")) == "/q/west/buero/x/"
    assert next_of(send(browser, place, "http://testserver/buero/x/")) == "/q/west/buero/"


def test_a_page_that_was_only_to_be_read_is_opened_after_signing_in(browser):
    answer = browser.get("/buero/suche/?q=Lampe", headers={"Referer": CASE})
    assert next_of(answer) == "/buero/suche/%3Fq%3DLampe"
    assert list(get_messages(answer.wsgi_request)) == []
