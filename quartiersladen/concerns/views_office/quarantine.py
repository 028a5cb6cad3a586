"""The quarantine: what looks like spam, and the list of blocked senders."""

from collections.abc import Callable
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from quartiersladen.accounts.access import StaffRequest, office, or_404
from quartiersladen.concerns.forms.office import BlockForm
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.queries.blocked import blocked_senders, get_blocked_sender
from quartiersladen.concerns.queries.quarantine import held_references, held_rows, quarantine_count
from quartiersladen.concerns.services import quarantine
from quartiersladen.concerns.states import ConcernState
from quartiersladen.kernel.errors import Conflict, Invalid

PAGE = "concerns/office/quarantine.html"
BLOCKED_PAGE = "concerns/office/blocked_senders.html"
METHODS = ["GET", "HEAD", "POST"]
SHOWN = 50  # reports; a form takes at most 300 fields
Deed = Callable[[Concern], object]


@require_http_methods(METHODS)
@office
def held(request: StaffRequest) -> HttpResponse:
    """Say of each report whether it is real; several at once, and back again until it is deleted."""
    if request.method == "POST":
        return _judge(request)
    return _page(request, "", HTTPStatus.OK)


def _page(request: StaffRequest, sentence: str, status: HTTPStatus) -> HttpResponse:
    context = {
        "waiting": held_rows(request.viewer, ConcernState.QUARANTINED, limit=SHOWN),
        "count": quarantine_count(request.viewer),
        "spam": held_rows(request.viewer, ConcernState.SPAM, limit=SHOWN),
        "days": quarantine.SPAM_DAYS,
        "sentence": sentence,
        "nav_section": "today",
    }
    return render(request, PAGE, context, status=status)


def _deed(request: StaffRequest) -> Deed | None:
    now, viewer = timezone.now(), request.viewer
    block = bool(request.POST.get("sperren"))
    deeds: dict[str, Deed] = {
        "echt": lambda one: quarantine.let_in(viewer=viewer, concern=one, now=now),
        "spam": lambda one: quarantine.call_spam(viewer=viewer, concern=one, block=block, now=now),
        "zurueck": lambda one: quarantine.hold_again(viewer=viewer, concern=one, now=now),
    }
    return deeds.get(request.POST.get("urteil", ""))


def _judge(request: StaffRequest) -> HttpResponse:
    deed = _deed(request)
    chosen = request.POST.getlist("anliegen")
    if deed is None or not chosen:
        sentence = _("Please tick at least one report and press a button.")
        return _page(request, sentence, HTTPStatus.UNPROCESSABLE_ENTITY)
    done = sum(_done(deed, one) for one in held_references(request.viewer, chosen))
    if done < len(set(chosen)):
        sentence = _("Somebody else was faster with some of them. Please look again.")
        return _page(request, sentence, HTTPStatus.CONFLICT)
    words = ngettext("%(n)s report decided.", "%(n)s reports decided.", done) % {"n": done}
    messages.success(request, words)
    return redirect("concerns:quarantine")


def _done(deed: Deed, concern: Concern) -> bool:
    """Each report is a deed of its own: one that a colleague decided costs not the others."""
    try:
        deed(concern)
    except Conflict:
        return False
    return True


@require_http_methods(METHODS)
@office
def blocked(request: StaffRequest) -> HttpResponse:
    """Whose reports wait in the quarantine: add a name, take one off."""
    status = HTTPStatus.OK
    form = BlockForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if key := request.POST.get("freigeben", ""):
            return _unblock(request, key)
        status = _blocked(request, form)
        if status == HTTPStatus.OK:
            messages.success(request, _("Saved."))
            return redirect("concerns:blocked_senders")
    context = {
        "form": form,
        "senders": blocked_senders(request.viewer),
        "nav_section": "settings",
    }
    return render(request, BLOCKED_PAGE, context, status=status)


def _blocked(request: StaffRequest, form: BlockForm) -> HTTPStatus:
    if not form.is_valid():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        quarantine.block_sender(
            viewer=request.viewer,
            quarter=request.quarter,
            name=form.cleaned_data["name"],
            now=timezone.now(),
        )
    except Invalid as refusal:
        form.add_error("name", str(refusal))
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return HTTPStatus.OK


def _unblock(request: StaffRequest, key: str) -> HttpResponse:
    sender = or_404(get_blocked_sender, request.viewer, key)
    quarantine.unblock_sender(viewer=request.viewer, sender=sender, now=timezone.now())
    messages.success(request, _("Not blocked any more."))
    return redirect("concerns:blocked_senders")
