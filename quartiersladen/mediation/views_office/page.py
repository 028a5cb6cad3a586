"""The page of a mediation."""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from quartiersladen.dossiers.queries import next_follow_up
from quartiersladen.mediation.views_office.offers import Attempt, Offers
from quartiersladen.mediation.views_office.room import EARLIER, Room, begin_form
from quartiersladen.mediation.wording import proposal_after

PAGE = "mediation/office/page.html"
BEGIN = "mediation/office/begin.html"


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
