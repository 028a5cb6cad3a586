"""Error pages help, in the reader's language, and give nothing away."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation
from django.utils.html import escape

from quartiersladen.accounts.rules import public_viewer
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.kernel.errors import Conflict, Invalid, NotAllowed, Refusal, TooMany
from quartiersladen.quarters.testing import make_quarter
from quartiersladen.ui import errors
from quartiersladen.ui.middleware import RefusalMiddleware
from tests.support.sign_in import signed_in_client


@pytest.fixture
def request_here(db):
    """A request of a visitor, as the middleware leaves it."""
    request: Any = RequestFactory().get("/geheim/abc/")
    request.quarter = make_quarter("ost")
    request.viewer = public_viewer(request.quarter.pk)
    request.LANGUAGE_CODE = "de"
    return request


@pytest.mark.parametrize("language", ["de", "ar"])
@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 422, 429])
def test_every_page_says_what_to_do_and_whom_to_call(request_here, status, language):
    with translation.override(language):
        page = errors.error_page(request_here, status, "Ein Satz.")
    text = page.content.decode()
    assert page.status_code == status
    assert "030 23125 014" in text
    assert "abc" not in text
    assert f'<html lang="{language}"' in text


def test_the_page_for_our_own_fault_needs_nothing(rf):
    page = errors.handler500(rf.get("/?name=Nour"))
    assert page.status_code == 500
    assert "Nour" not in page.content.decode()


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (NotAllowed(), 403),
        (Conflict(), 409),
        (Invalid(), 422),
        (TooMany(retry_after=60), 429),
        (Refusal(), 422),
        (RequestDataTooBig(), 413),
    ],
)
def test_a_refusal_from_anywhere_becomes_a_page(request_here, refusal, status):
    page = RefusalMiddleware(lambda _request: HttpResponse()).process_exception(
        request_here, refusal
    )
    assert page.status_code == status
    assert page.headers.get("Retry-After") == ("60" if status == 429 else None)


def test_a_fault_of_ours_is_left_to_django(request_here):
    middleware = RefusalMiddleware(lambda _request: HttpResponse())
    assert middleware.process_exception(request_here, ValueError()) is None


def test_djangos_own_refusals_have_the_same_pages(request_here):
    found = {
        errors.handler400(request_here, ValueError()).status_code,
        errors.handler403(request_here, PermissionDenied()).status_code,
        errors.handler404(request_here, ValueError()).status_code,
        errors.csrf_failure(request_here).status_code,
    }
    assert found == {400, 403, 404}
    locked = errors.locked_out(request_here)
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "900")


@pytest.fixture
def without_cookies(db):
    """A browser that takes no cookies."""
    make_quarter("ost")
    return Client(enforce_csrf_checks=True)


TYPED = "Die Laterne ist aus.\n</textarea><b>Achtung</b>"


def test_who_takes_no_cookies_learns_what_to_do_and_gets_the_text_back(without_cookies):
    page = without_cookies.post("/anliegen/neu/", {"text": TYPED, "name": "Nour"})
    shown = page.content.decode()

    assert (page.status_code, page.headers["Cache-Control"]) == (403, "private, no-store")
    assert "<h1>Ihr Browser nimmt keine Cookies an" in " ".join(shown.split()).replace("> ", ">")
    assert "030 23125 014" in shown
    assert f"readonly>\n{escape(TYPED)}</textarea>" in shown
    assert ("<b>Achtung" in shown, "Nour" in shown, "Leitung" in shown) == (False, False, False)


@pytest.mark.parametrize(
    ("origin", "is_shown"), [("http://testserver", True), ("http://evil.example.org", False)]
)
def test_nobody_else_puts_words_on_our_pages(without_cookies, origin, is_shown):
    page = without_cookies.post("/anliegen/neu/", {"text": TYPED}, headers={"Origin": origin})
    assert (page.status_code, "<textarea" in page.content.decode()) == (403, is_shown)


def test_a_form_without_text_or_one_too_large_gets_the_same_page(without_cookies, settings):
    empty = without_cookies.post("/anliegen/neu/", {"text": " "})
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    large = without_cookies.post("/anliegen/neu/", {"text": TYPED})
    for page in (empty, large):
        assert (page.status_code, "<textarea" in page.content.decode()) == (403, False)


@pytest.mark.parametrize(
    ("seconds", "sentence"),
    [(1440, "In etwa 24 Minuten geht es wieder."), (50, "In etwa 1 Minute geht es wieder.")],
)
def test_too_many_says_once_when_it_works_again(request_here, seconds, sentence):
    request_here.method = "POST"
    page = errors.refusal_page(request_here, TooMany(retry_after=seconds))
    text = " ".join(page.content.decode().split())

    assert sentence in text
    assert text.count("Zurück-Taste") == 1
    assert str(TooMany.sentence) not in text


def test_reading_too_much_says_nothing_of_what_was_typed(request_here):
    page = errors.refusal_page(request_here, TooMany(retry_after=60))
    assert "Zurück-Taste" not in page.content.decode()


def test_the_address_of_a_deed_explains_itself_and_says_what_it_takes(db):
    ost = make_quarter("ost")
    place = "/buero/anliegen/OST-2026-1/notiz/"
    page = Client().get(place)
    mira = signed_in_client(make_member(ost, Role.MODERATOR, "Mira")).get(place)

    for found, leads_to_the_desk in ((page, False), (mira, True)):
        text = found.content.decode()
        assert (found.status_code, found.headers["Allow"]) == (405, "POST")
        assert "Hier gibt es nichts anzusehen" in text
        assert ('href="/buero/anliegen/"' in text) == leads_to_the_desk


@pytest.mark.parametrize("path", ["/", "/anliegen/", "/anmelden/", "/anliegen.geojson"])
def test_an_address_with_more_questions_than_anybody_asks_is_refused(db, client, path):
    make_quarter("ost")
    client.raise_request_exception = False
    refused = client.get(path + "?" + "&".join(["a=1"] * 301))
    assert (refused.status_code, "030 23125 014" in refused.content.decode()) == (400, True)
    assert client.get(path + "?" + "&".join(["a=1"] * 300)).status_code == 200
