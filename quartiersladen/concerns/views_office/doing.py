"""How a deed on a concern is done or refused, and views that are nothing but such a deed."""

from collections.abc import Callable, Sequence
from functools import partial, wraps
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from quartiersladen.accounts.access import HouseRequest, StaffRequest, View
from quartiersladen.concerns.letters import Letter
from quartiersladen.concerns.views_office.case import Case, deed_form, fresh, open_case
from quartiersladen.concerns.views_office.detail import show
from quartiersladen.concerns.views_office.offers import Attempt, mark
from quartiersladen.dossiers.rules import may_look_inside
from quartiersladen.kernel.errors import Conflict, TransitionRefused
from quartiersladen.ui.refused import tried

#: A service names the column; forms of several deeds name the same thing in their own words.
OTHER_NAMES = {"next_on": ("due_on", "ask_on"), "due_on": ("ask_on",), "reply": ("words",)}
Data = dict[str, Any]
Do = Callable[[Case, Data], object]
Preview = Callable[[Case, Data], Letter | None]
Access = Callable[[View[StaffRequest, [str]]], View[HouseRequest, [str]]]


def deed(
    name: str, access: Access, *, preview: Preview | None = None
) -> Callable[[Do], View[HouseRequest, [str]]]:
    """Make a view of what is done: it loads the concern, checks the form, does it, leads back.

    name: of the form, and of its place on the page.  preview: as in `act`.
    """

    def made(do: Do) -> View[HouseRequest, [str]]:
        @require_POST
        @access
        @wraps(do)
        def view(request: StaffRequest, /, reference: str) -> HttpResponse:
            case = open_case(request, reference)
            form = deed_form(case, name, request.POST)
            return act(case, name, form, partial(do, case), preview and partial(preview, case))

        return view

    return made


def act(
    case: Case,
    name: str,
    form: Form,
    do: Callable[[Data], object],
    preview: Callable[[Data], Letter | None] | None = None,
) -> HttpResponse:
    """Do a deed with a form, or show the page again with what was typed and why not.

    preview: the mail that the deed would send; it is shown first, and only what was seen is sent.
    Wrong input gives 422; a state or a faster colleague that stands against it 409.
    """
    if not form.is_bound:
        posted = case.request.POST.get("version", "")
        return show(fresh(case), attempt=Attempt(name, form, version=posted), opened=name)
    letters: list[Letter] = []

    def look_or_do() -> None:
        letters.extend(_unseen(case, form, preview))
        if not letters:
            do(form.cleaned_data)

    status = tried(form, look_or_do, names=OTHER_NAMES, explain=explain)
    if status == HTTPStatus.OK and not letters:
        messages.success(case.request, _("Done."))
        return _back(case)
    attempt = Attempt(name, form, letters)
    return show(fresh(case), attempt=attempt, opened=name, status=status)


def _back(case: Case) -> HttpResponse:
    """Lead to the concern; who may not see it any more, to the list."""
    viewer, dossier = case.request.viewer, case.concern.dossier
    if dossier.is_confidential and not may_look_inside(viewer, dossier):
        return redirect("concerns:office_list")
    return redirect("concerns:office_detail", dossier.reference)


def _unseen(
    case: Case, form: Form, preview: Callable[[Data], Letter | None] | None
) -> Sequence[Letter]:
    """Return the mails that would go out and have not been looked at in these words."""
    letter = preview(form.cleaned_data) if preview else None
    letters = [letter] if letter else []
    return [] if mark(letters) == case.request.POST.get("gesehen", "") else letters


def explain(refusal: Conflict) -> str:
    """Return the sentence of a conflict; for a state that forbids it, what is possible."""
    if not isinstance(refusal, TransitionRefused):
        return str(refusal.sentence)
    words = {
        "check": _("check"),
        "take_on": _("take on"),
        "forward": _("pass on"),
        "close": _("close"),
        "withdraw": _("withdraw"),
        "reopen": _("take up again"),
        "ask_again": _("ask again"),
        "ask_person": _("ask the person back"),
        "join": _("join to another concern"),
        "let_in": _("let in from the quarantine"),
    }
    possible = ", ".join(words[action] for action in refusal.allowed if action in words)
    steps = _("Possible now: %(steps)s") % {"steps": possible or "–"}
    return f"{refusal.sentence} {steps}"
