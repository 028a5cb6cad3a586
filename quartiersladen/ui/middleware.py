"""What holds for every answer: headers that keep it safe, and pages for refusals."""

import logging
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from threading import Lock
from typing import Any
from urllib.parse import unquote_plus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from quartiersladen.kernel.errors import Refusal
from quartiersladen.kernel.faults import is_out_of_order
from quartiersladen.ui.errors import TOO_LARGE, error_page, hear_out, refusal_page, unable_page

logger = logging.getLogger(__name__)


#: No page needs any of it; a map that shows where one stands asks in its own words.
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
SIGN_IN_PAGES = "allauth."
READING = frozenset({"GET", "HEAD"})
MOMENT = 0.25  # seconds


class ProxyMiddleware:
    """Behind a proxy, takes the visitor's address from it.

    Only the last address counts: the proxy has added it, the ones before are the visitor's word.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        if settings.BEHIND_PROXY:
            last = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
            # Without a readable address the proxy itself is the visitor.
            with suppress(ValueError):
                request.META["REMOTE_ADDR"] = str(ip_address(last))
        return self.get_response(request)


class WritesFirstMiddleware:
    """Lets what somebody sends in go before pages that are only read.

    A process makes one page after the other, which takes no longer than making several at once: they
    share one interpreter. So whoever sends in a report meets one reader in their way, not all. Behind
    a page that takes long nobody waits for more than a moment.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.turn = Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, a reader's when it is their turn."""
        if request.method not in READING:
            return self.get_response(request)
        has_turn = self.turn.acquire(timeout=MOMENT)
        try:
            return self.get_response(request)
        finally:
            if has_turn:
                self.turn.release()


class SafetyMiddleware:
    """Sets the headers that no answer goes without, whoever has made it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Frame-Options", "DENY")
        is_for_all = "public" in response.headers.get("Cache-Control", "")
        if getattr(request, "is_personal", False) and not is_for_all:
            response["Cache-Control"] = "private, no-store"
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        *_arguments: Any,  # noqa: ANN401 -- Django's signature
    ) -> HttpResponse | None:
        """Note whether what comes is for one person: no browser keeps it then.

        An address with a NUL in it is no address: PostgreSQL cannot even look for it.
        """
        viewer = getattr(request, "viewer", None)
        request.is_personal = (  # type: ignore[attr-defined]  # read above
            getattr(view, "access", "public") != "public"
            or view.__module__.startswith(SIGN_IN_PAGES)
            or (viewer is not None and viewer.is_member)
        )
        asked = request.path_info + unquote_plus(request.META.get("QUERY_STRING", ""))
        return error_page(request, 400) if "\0" in asked else None


class RefusalMiddleware:
    """Answers Refusal with 403, 409, 422 or 429, too large a form with 413, a full disk with 503.

    And it writes the page for 405, of which Django has only the header.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            response.content = error_page(request, response.status_code).content
        if request.method == "POST":
            _let_go_of_uploads(request)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page for a refusal, None for everything else."""
        if isinstance(exception, Refusal):
            return refusal_page(request, exception)
        if isinstance(exception, TOO_LARGE):
            hear_out(request)
            return error_page(request, 413)
        if is_out_of_order(exception):
            # One line: the whole trace, once per request, would fill the rest of the disk.
            logger.error("503 %s: %s: %s", request.path, type(exception).__name__, exception)
            return unable_page(request)
        return None


def _let_go_of_uploads(request: HttpRequest) -> None:
    """Delete what lies in temporary files, also of an upload that broke off half-way.

    Django closes those that arrived; the one on its way would lie there until some collection of
    garbage, on a disk that may be full.
    """
    for handler in request.upload_handlers:
        file = getattr(handler, "file", None)
        if file is not None:
            file.close()
