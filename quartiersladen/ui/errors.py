"""Error pages that help: what happened, what to do, whom to call."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise

from quartiersladen.kernel.errors import Conflict, Invalid, NotAllowed, Refusal, TooMany

STATUS = ((NotAllowed, 403), (Conflict, 409), (Invalid, 422), (TooMany, 429))
LOCKED_SECONDS = 15 * 60


def error_page(
    request: HttpRequest, status: int, sentence: str | Promise = "", *, retry_after: int = 0
) -> HttpResponse:
    """Return the page of an HTTP status. sentence: what exactly stood against it."""
    content = render_to_string(
        f"ui/errors/{status}.html", {"sentence": sentence, "retry_after": retry_after}, request
    )
    response = HttpResponse(content, status=status)
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Return the page of a refusal that no view has explained at a form."""
    status = next((code for kind, code in STATUS if isinstance(refusal, kind)), 422)
    retry_after = refusal.retry_after if isinstance(refusal, TooMany) else 0
    return error_page(request, status, refusal.sentence, retry_after=retry_after)


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer a request that makes no sense."""
    return error_page(request, 400)


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer somebody who may not do this."""
    return error_page(request, 403)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer for a page that is missing or hidden: the same bytes for both."""
    return error_page(request, 404)


def handler429(request: HttpRequest) -> HttpResponse:
    """Answer somebody who tried something at the door too often."""
    return error_page(request, 429, retry_after=LOCKED_SECONDS)


def handler500(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer when the program failed; needs neither database nor quarter."""
    return HttpResponse(render_to_string("ui/errors/500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer when the form's protection is missing, mostly because cookies are switched off."""
    return error_page(request, 403)


def locked_out(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:  # noqa: ARG001 -- axes' signature
    """Answer after too many wrong passwords."""
    return error_page(request, 429, retry_after=LOCKED_SECONDS)
