"""The addresses of the JSON interface, and what holds for each of them whatever it answers.

What answers is `json_api`; it and its libraries are loaded with the first call, because they take
more memory than all of the house's own pages, and most houses have no partner who calls.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, Final

from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent
from django.http import HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page

from quartiersladen.accounts.access import HouseRequest, by_key
from quartiersladen.api import responses

ANSWERING = "quartiersladen.api.views_public.json_api"
#: Name -> address below the start; a test compares them with the OpenAPI document.
ROUTES: Final = {
    "concerns": "concerns",
    "concern": "concerns/<reference>",
    "themes": "themes",
    "statistics": "statistics",
}
READS = ("GET", "HEAD")
UNREADABLE = (BadRequest, RequestDataTooBig, TooManyFieldsSent, UnreadablePostError)


def patterns(start: str) -> list[URLPattern]:
    """Return the addresses of the interface, each with its access, for one list of addresses."""
    return [path(start + route, _guarded(name), name=name) for name, route in ROUTES.items()]


@cache
def _answering(name: str) -> Callable[..., HttpResponse]:
    view: Callable[..., HttpResponse] = import_module(ANSWERING).view_of(name)
    return view


def _guarded(name: str) -> Callable[..., HttpResponseBase]:
    @csrf_exempt
    @by_key
    @gzip_page
    def inner(request: HouseRequest, /, **arguments: Any) -> HttpResponse:  # noqa: ANN401 -- from the address
        method = request.method
        # What answers a GET answers a HEAD; the server leaves the body out.
        request.method = "GET" if method == "HEAD" else method
        try:
            response = _answering(name)(request, **arguments)
        except UNREADABLE:
            response = responses.problem(
                400, "Bad Request", _("The body has to be JSON of at most 1 MB.")
            )
        finally:
            request.method = method
        if response.status_code == 405:
            allowed = response["Allow"]
            words = _("This address does not take this method.")
            response = responses.problem(405, "Method Not Allowed", words)
            response["Allow"] = allowed
        if method in READS:
            response["Access-Control-Allow-Origin"] = "*"
        return response

    return inner
