"""Decorators that say who may call a view. Every view carries exactly one; a test proves it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast
from urllib.parse import urlsplit, urlunsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from quartiersladen.accounts.models import User
from quartiersladen.accounts.rules import Viewer
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.quarters.models import Quarter

OPENS = ("GET", "HEAD")  # methods with which a browser opens a page
OTHER_QUARTERS = "/q/"

P = ParamSpec("P")
T = TypeVar("T")


class HouseRequest(HttpRequest):
    """A request after the house's middleware: quarter and viewer are known."""

    quarter: Quarter
    viewer: Viewer


class StaffRequest(HouseRequest):
    """A request of somebody signed in with a role in this quarter."""

    user: User


R = TypeVar("R", bound=HttpRequest)
#: A page, or a file that is sent while it is read.
View = Callable[Concatenate[R, P], HttpResponseBase]


class _Marked(Protocol):
    access: str


def _marked(view: Callable[..., HttpResponseBase], access: str) -> Callable[..., Any]:
    cast("_Marked", view).access = access
    return view


def public(view: View[HouseRequest, P]) -> View[HouseRequest, P]:
    """Everybody may call it; what they see is decided by the queries."""
    return _marked(view, "public")


def by_link(view: View[HouseRequest, P]) -> View[HouseRequest, P]:
    """Whoever holds a signed link may call it; the view reads the token through a query."""
    return _marked(view, "link")


def by_key(view: View[HouseRequest, P]) -> View[HouseRequest, P]:
    """Everybody may call it, and a partner's key opens more; the view reads it through a query."""
    return _marked(view, "key")


def _to_sign_in(request: HouseRequest) -> HttpResponse:
    """Ask who somebody is, and say it when what they sent is lost by that."""
    if request.method in OPENS:
        return redirect_to_login(request.get_full_path())
    messages.warning(
        request,
        _(
            "You were no longer signed in. What you have just sent was not saved. Please sign in "
            "and send it again; the back button of your browser leads to what you typed."
        ),
    )
    return redirect_to_login(_page_of_the_form(request))


def _page_of_the_form(request: HouseRequest) -> str:
    """Return the page on which the form stood; its own address can often not be opened."""
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referer, {request.get_host()}, request.is_secure()):
        page = urlsplit(referer)
        if _is_of_this_quarter(page.path):
            return urlunsplit(("", "", page.path, page.query, ""))
    return reverse("desk:today")


def _is_of_this_quarter(path: str) -> bool:
    prefix = get_script_prefix()
    if prefix == "/" and path.startswith(OTHER_QUARTERS):
        return False
    return path.startswith(prefix) and not path.startswith("//")


def _members(
    view: View[StaffRequest, P], allowed: Callable[[Viewer], bool], access: str
) -> View[HouseRequest, P]:
    @wraps(view)
    def inner(request: HouseRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not isinstance(request.user, User):
            return _to_sign_in(request)
        if not allowed(request.viewer):
            raise NotAllowed
        return view(cast("StaffRequest", request), *args, **kwargs)

    return _marked(inner, access)


def signed_in(view: View[StaffRequest, P]) -> View[HouseRequest, P]:
    """Whoever has an account, with or without a role here: pages about one's own sign-in."""
    return _members(view, lambda _viewer: True, "signed_in")


def member(view: View[StaffRequest, P]) -> View[HouseRequest, P]:
    """Any role of this quarter; others are asked to sign in or refused with 403."""
    return _members(view, lambda viewer: viewer.is_member, "member")


def desk(view: View[StaffRequest, P]) -> View[HouseRequest, P]:
    """Lead, moderator, helper: the people at the desk."""
    return _members(view, lambda viewer: viewer.may_enter, "desk")


def office(view: View[StaffRequest, P]) -> View[HouseRequest, P]:
    """Lead and moderator: the whole work of the office."""
    return _members(view, lambda viewer: viewer.may_work, "office")


def figures_only(view: View[StaffRequest, P]) -> View[HouseRequest, P]:
    """The desk and the client: figures without persons."""
    return _members(view, lambda viewer: viewer.may_read_figures, "figures")


def settings_only(view: View[StaffRequest, P]) -> View[HouseRequest, P]:
    """Lead and administrator: settings and members."""
    return _members(view, lambda viewer: viewer.may_settings, "settings")


def texts_only(view: View[StaffRequest, P]) -> View[HouseRequest, P]:
    """Lead, moderator, administrator: the public pages of the office."""
    return _members(view, lambda viewer: viewer.may_release_texts, "texts")


def or_404(query: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a query; turn "missing or hidden" into Http404."""
    try:
        return query(*args, **kwargs)
    except ObjectDoesNotExist as exc:
        raise Http404 from exc
