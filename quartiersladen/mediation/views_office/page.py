"""The page of a mediation, and how a deed on it is done or refused."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from quartiersladen.dossiers.queries import next_follow_up
from quartiersladen.kernel.errors import Conflict, Invalid
from quartiersladen.mediation import forms
from quartiersladen.mediation.views_office.offers import Attempt, Offers
from quartiersladen.mediation.views_office.room import EARLIER, Room, begin_form, fresh
from quartiersladen.mediation.wording import proposal_after

PAGE = "mediation/office/page.html"
BEGIN = "mediation/office/begin.html"
Data = dict[str, Any]


def show(
    room: Room,
    *,
    attempt: Attempt | None = None,
    opened: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """Render the page. attempt: a deed to be shown again.  opened: the deed that is unfolded."""
    if room.found is None or _begins(room, attempt, opened):
        return show_begin(room, attempt.form if attempt else begin_form(room, "begin"), status)
    offers = Offers(room, attempt, opened)
    mediation, concern = room.mediation, room.concern
    proposal = proposal_after(mediation, concern.dossier.language)
    context = {
        "mediation": mediation,
        "concern": concern,
        "dossier": concern.dossier,
        "version": room.version,
        "table": room.table,
        "parties": offers.parties(),
        "new_party": offers.new_party(),
        "steps": offers.steps(),
        "new_steps": offers.new_steps(),
        "agreement_deeds": offers.agreement(),
        "end_deeds": offers.end(),
        "proposal": proposal if concern.is_open else None,
        "follow_up": next_follow_up(concern.dossier),
        "is_latest": EARLIER not in room.request.GET,
        "may_begin_again": not mediation.is_open and concern.is_open,
        "earlier_word": EARLIER,
        "asked_for": opened,
        "today": room.today,
        "nav_section": "concerns",
    }
    return render(room.request, PAGE, context, status=status)


def _begins(room: Room, attempt: Attempt | None, opened: str) -> bool:
    """Say whether another mediation is about to begin: the one there was has ended."""
    return opened == "begin" and (attempt is not None or not room.mediation.is_open)


def show_begin(room: Room, form: Any, status: HTTPStatus) -> HttpResponse:  # noqa: ANN401 -- a form
    """Render the page on which a mediation begins."""
    context = {
        "concern": room.concern,
        "dossier": room.concern.dossier,
        "version": room.version,
        "form": form,
        "nav_section": "concerns",
    }
    return render(room.request, BEGIN, context, status=status)


def path_of(room: Room) -> str:
    """Return the address of the page."""
    return reverse("mediation:page", args=[room.concern.dossier.reference])


#: A service names the column; forms of several deeds name the same thing in their own words.
OTHER_NAMES = {"due_on": "next_on"}


def _field_of(form: forms.DeedForm, refusal: Invalid) -> str | None:
    """Return the field at which a refusal is explained, None for the form as a whole."""
    field = OTHER_NAMES.get(refusal.field, refusal.field)
    return field if field in form.fields else None


def act(
    room: Room,
    name: str,
    form: forms.DeedForm,
    deed: Callable[[Data], object],
    done: str = "",
) -> HttpResponse:
    """Do a deed with a form, or show the page again with what was typed and why not.

    Wrong input gives 422; a state or a faster colleague that stands against it 409.
    """
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        try:
            deed(form.cleaned_data)
        except Invalid as refusal:
            form.add_error(_field_of(form, refusal), str(refusal))
        except Conflict as refusal:
            form.add_error(None, str(refusal))
            status = HTTPStatus.CONFLICT
        else:
            messages.success(room.request, done or _("Done."))
            return redirect(path_of(room))
    return show(fresh(room), attempt=Attempt(name, form), opened=name, status=status)
