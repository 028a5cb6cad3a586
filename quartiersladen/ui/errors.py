"""Error pages that help: what happened, what to do, whom to call."""

import sys
from contextlib import suppress
from math import ceil
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict, UnreadablePostError
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from quartiersladen.kernel.errors import Conflict, Invalid, NotAllowed, Refusal, TooMany
from quartiersladen.kernel.faults import is_out_of_order

STATUS = ((NotAllowed, 403), (Conflict, 409), (Invalid, 422), (TooMany, 429))
LOCKED_SECONDS = 15 * 60
UNABLE_SECONDS = 2 * 60
MOST_HEARD, AT_ONCE = 100_000_000, 65_536  # bytes; a form has at most five photos of 10 MB
HTML, JSON = "text/html", "application/json"
DATA = (".json", ".geojson")
TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def error_page(
    request: HttpRequest, status: int, sentence: str | Promise = "", *, retry_after: int = 0
) -> HttpResponse:
    """Return the page of an HTTP status. sentence: what exactly stood against it."""
    context = {"sentence": sentence, "minutes": ceil(retry_after / 60)}
    content = render_to_string(f"ui/errors/{status}.html", context, request)
    response = HttpResponse(content, status=status)
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Return the page of a refusal that no view has explained at a form."""
    status = next((code for kind, code in STATUS if isinstance(refusal, kind)), 422)
    if isinstance(refusal, TooMany):
        # The page says it all itself, with the time.
        return error_page(request, status, retry_after=refusal.retry_after)
    return error_page(request, status, refusal.sentence)


def hear_out(request: HttpRequest) -> None:
    """Take in the rest of what is being uploaded: a browser reads no answer before it has sent all.

    Without this the visitor would see a broken connection instead of our page.
    """
    left = MOST_HEARD
    with suppress(OSError):
        while left > 0 and (heard := len(request.read(AT_ONCE))):
            left -= heard


def unable_page(request: HttpRequest) -> HttpResponse:
    """Answer while disk or database cannot work; the page needs neither of them."""
    hear_out(request)
    language = getattr(request, "LANGUAGE_CODE", "") or translation.get_language_from_request(
        request
    )
    with translation.override(language):
        response = _unable_data() if _wants_data(request) else _unable_html(request, language)
    response.headers["Retry-After"] = str(UNABLE_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = _tag(language)
    return response


def _tag(language: str) -> str:
    return "de" if language == "de-simple" else language


def _wants_data(request: HttpRequest) -> bool:
    return request.path.endswith(DATA) or request.get_preferred_type([HTML, JSON]) == JSON


def _unable_data() -> HttpResponse:
    return JsonResponse({"status": 503, "detail": _("Just a moment, please")}, status=503)


def _unable_html(request: HttpRequest, language: str) -> HttpResponse:
    # Without the request: what it usually brings along (person, messages) lies in the database.
    context: dict[str, Any] = {
        "quarter": getattr(request, "quarter", None),
        "page_language": _tag(language),
        "page_dir": "rtl" if translation.get_language_bidi() else "ltr",
        "demo": settings.DEMO,
        "has_typed": request.method == "POST",
    }
    return HttpResponse(render_to_string("ui/errors/503.html", context), status=503)


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that makes no sense, or whose session could not be kept."""
    if is_out_of_order(exception):
        return unable_page(request)
    _forget_query_if_unreadable(request)
    return error_page(request, 400)


def _forget_query_if_unreadable(request: HttpRequest) -> None:
    """Let the page be shown all the same: its language switch leads to the address asked for."""
    try:
        request.GET  # noqa: B018 -- read on first use, and refused then
    except TooManyFieldsSent:
        request.GET = QueryDict()


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer somebody who may not do this."""
    return error_page(request, 403)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer for a page that is missing or hidden: the same bytes for both."""
    return error_page(request, 404)


def handler429(request: HttpRequest) -> HttpResponse:
    """Answer somebody who tried something at the door too often."""
    return error_page(request, 429, retry_after=LOCKED_SECONDS)


def handler500(request: HttpRequest) -> HttpResponse:
    """Answer when the program failed; needs neither database nor quarter.

    Django calls it while the exception is being handled, also for what rose outside the views: in
    a middleware, or while an upload was being written.
    """
    if is_out_of_order(sys.exc_info()[1]):
        return unable_page(request)
    return HttpResponse(render_to_string("ui/errors/500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer when the form's protection is missing; the text that was typed is given back."""
    context = {"typed": _typed_text(request) if _is_from_here(request) else ""}
    content = render_to_string("ui/errors/cookies.html", context, request)
    return HttpResponse(content, status=403, headers={"Cache-Control": "private, no-store"})


def _is_from_here(request: HttpRequest) -> bool:
    """Say whether our own page sent this: nobody else may put words on our pages."""
    own = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin", own) == own


def _typed_text(request: HttpRequest) -> str:
    try:
        return request.POST.get("text", "").strip()
    except (*TOO_LARGE, UnreadablePostError):
        hear_out(request)
        return ""


def locked_out(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:  # noqa: ARG001 -- axes' signature
    """Answer after too many wrong passwords."""
    return error_page(request, 429, retry_after=LOCKED_SECONDS)
