"""Error pages help, in the reader's language, and give nothing away."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from quartiersladen.accounts.rules import public_viewer
from quartiersladen.kernel.errors import Conflict, Invalid, NotAllowed, Refusal, TooMany
from quartiersladen.quarters.testing import make_quarter
from quartiersladen.ui import errors
from quartiersladen.ui.middleware import RefusalMiddleware


@pytest.fixture
def request_here(db):
    """A request of a visitor, as the middleware leaves it."""
    request: Any = RequestFactory().get("/geheim/abc/")
    request.quarter = make_quarter("ost")
    request.viewer = public_viewer(request.quarter.pk)
    request.LANGUAGE_CODE = "de"
    return request


@pytest.mark.parametrize("language", ["de", "ar"])
@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 429])
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


def test_a_form_without_its_protection_is_explained(client, db):
    make_quarter("ost")
    client.handler.enforce_csrf_checks = True
    page = client.post("/anliegen/neu/", {"text": "Hallo"})
    assert page.status_code == 403
    assert "Cookies" in page.content.decode()
