"""Finds the quarter and the language of a request before anything else looks at it."""

import logging
import re
from collections.abc import Callable

from django.conf import settings
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import set_script_prefix
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from quartiersladen.kernel.faults import is_out_of_order
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.queries import last_seen, quarter_for
from quartiersladen.ui.errors import unable_page

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]
PREFIX = re.compile(r"^/q/(?P<slug>[-a-z0-9_]+)(?=/)")
WITHOUT_QUARTER = ("/healthz", "/static/")
KNOWN = {code for code, _name in settings.LANGUAGES}
#: The accounts of the office, and the languages that have its texts; the rest would be a mixture.
ACCOUNTS = "/konto/"
OFFICE_LANGUAGES = {"de", "en"}
ONE_YEAR = 365 * 24 * 60 * 60  # seconds


class QuarterMiddleware:
    """Set `request.quarter`; strip the prefix /q/<slug>/ so that it works as a script prefix."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        if request.path_info.startswith(WITHOUT_QUARTER):
            return self.get_response(request)
        prefix = PREFIX.match(request.path_info)
        host = request.get_host().rpartition(":")[0] or request.get_host()
        slug = prefix["slug"] if prefix else None
        fault = None
        try:
            quarter = quarter_for(host, slug)
        except Quarter.DoesNotExist as exc:
            raise Http404 from exc
        except Error as exc:
            known = last_seen(host, slug)
            if known is None or not is_out_of_order(exc):
                raise
            quarter, fault = known, exc
        request.quarter = quarter  # type: ignore[attr-defined]  # set here for every request
        script = request.META.get("SCRIPT_NAME", "")
        if prefix:
            request.path_info = request.path_info.removeprefix(prefix[0])
            script += prefix[0]
        # Also without prefix: the value of the request before must not linger in this thread.
        set_script_prefix(f"{script}/")
        timezone.activate(quarter.zone)
        try:
            return self._without_database(request, fault) if fault else self.get_response(request)
        finally:
            timezone.deactivate()
            set_script_prefix("/")

    @staticmethod
    def _without_database(request: HttpRequest, fault: Error) -> HttpResponse:
        logger.error("503 %s: %s: %s", request.path, type(fault).__name__, fault)
        return unable_page(request)


class LanguageMiddleware:
    """Choose the language by ?lang=, else cookie, else the browser's wish; German otherwise.

    Pages about accounts are German or English: what a page declares is what it is written in.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        asked = request.GET.get("lang", "")
        language = asked if asked in KNOWN else self._remembered(request)
        if request.path_info.startswith(ACCOUNTS) and language not in OFFICE_LANGUAGES:
            language = settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault(
            "Content-Language", "de" if language == "de-simple" else language
        )
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        if asked in KNOWN:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                asked,
                max_age=ONE_YEAR,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
                samesite="Lax",
            )
        return response

    @staticmethod
    def _remembered(request: HttpRequest) -> str:
        cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        return cookie if cookie in KNOWN else translation.get_language_from_request(request)
