"""How a deed on a mediation is done or refused, and views that are nothing but such a deed."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import TypeVar

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from quartiersladen.accounts.access import HouseRequest, StaffRequest, View, member, or_404
from quartiersladen.mediation.forms import DeedForm
from quartiersladen.mediation.models import Party, Step
from quartiersladen.mediation.queries import Table
from quartiersladen.mediation.views_office.offers import Attempt
from quartiersladen.mediation.views_office.page import path_of, show
from quartiersladen.mediation.views_office.room import Room, fresh, open_table
from quartiersladen.ui.refused import tried

DONE = _("Done.")
#: A service names the column; forms of several deeds name the same thing in their own words.
OTHER_NAMES = {"due_on": ("next_on",)}
F = TypeVar("F", bound=DeedForm)
T = TypeVar("T", Party, Step)
Find = Callable[[Table, int], T]


def deed(
    name: str, make_form: Callable[[Room, str, QueryDict], F], *, done: str | Promise = DONE
) -> Callable[[Callable[[Room, F], object]], View[HouseRequest, [str]]]:
    """Make a view of what is done with a mediation: it loads it, checks the form, leads back.

    name: of the form, and of its place on the page.  done: what the page says afterwards.
    """

    def made(do: Callable[[Room, F], object]) -> View[HouseRequest, [str]]:
        @require_POST
        @member
        @wraps(do)
        def view(request: StaffRequest, /, reference: str) -> HttpResponse:
            room = open_table(request, reference)
            form = make_form(room, name, request.POST)
            return act(room, name, form, lambda: do(room, form), done)

        return view

    return made


def deed_on(
    find: Find[T],
    name: str,
    make_form: Callable[[Room, T, str, QueryDict], F],
    *,
    done: str | Promise = DONE,
) -> Callable[[Callable[[Room, T, F], object]], View[HouseRequest, ...]]:
    """Make a view of what is done with one party or one step, as `find` finds it; else as `deed`."""

    def made(do: Callable[[Room, T, F], object]) -> View[HouseRequest, ...]:
        @require_POST
        @member
        @wraps(do)
        def view(request: StaffRequest, /, reference: str, **keys: int) -> HttpResponse:
            room = open_table(request, reference)
            [key] = keys.values()
            found = or_404(find, room.table, key)
            form = make_form(room, found, f"{name}-{key}", request.POST)
            return act(room, f"{name}-{key}", form, lambda: do(room, found, form), done)

        return view

    return made


def act(
    room: Room, name: str, form: DeedForm, do: Callable[[], object], done: str | Promise
) -> HttpResponse:
    """Do a deed with a form, or show the page again with what was typed and why not.

    Wrong input gives 422; a state or a faster colleague that stands against it 409.
    """
    status = tried(form, do, names=OTHER_NAMES)
    if status == HTTPStatus.OK:
        messages.success(room.request, str(done))
        return redirect(path_of(room))
    return show(fresh(room), attempt=Attempt(name, form), opened=name, status=status)
