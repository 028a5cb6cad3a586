"""Turns refusals that rise from a view into helpful pages."""

import logging
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse

from quartiersladen.kernel.errors import Refusal
from quartiersladen.kernel.faults import is_out_of_order
from quartiersladen.ui.errors import error_page, hear_out, refusal_page, unable_page

logger = logging.getLogger(__name__)
TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


class RefusalMiddleware:
    """Answers Refusal with 403, 409, 422 or 429, too large a form with 413, a full disk with 503."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

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
