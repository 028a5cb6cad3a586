"""Decorators that say who may call a view. Every view carries exactly one; a test proves it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse

from quartiersladen.accounts.models import User
from quartiersladen.accounts.rules import Viewer
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.quarters.models import Quarter

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
View = Callable[Concatenate[R, P], HttpResponse]


class _Marked(Protocol):
    access: str


def _marked(view: Callable[..., HttpResponse], access: str) -> Callable[..., Any]:
    cast("_Marked", view).access = access
    return view


def public(view: View[HouseRequest, P]) -> View[HouseRequest, P]:
    """Everybody may call it; what they see is decided by the queries."""
    return _marked(view, "public")


def by_link(view: View[HouseRequest, P]) -> View[HouseRequest, P]:
    """Whoever holds a signed link may call it; the view reads the token through a query."""
    return _marked(view, "link")


def _members(
    view: View[StaffRequest, P], allowed: Callable[[Viewer], bool], access: str
) -> View[HouseRequest, P]:
    @wraps(view)
    def inner(request: HouseRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not isinstance(request.user, User):
            return redirect_to_login(request.get_full_path())
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
