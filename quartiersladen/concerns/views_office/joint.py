"""The page on which concerns about the same become one joint case, and are parted again."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from quartiersladen.accounts.access import StaffRequest, office, or_404
from quartiersladen.concerns.forms.joint import JoinForm
from quartiersladen.concerns.models import Concern, Referral
from quartiersladen.concerns.queries.joint import by_references, joined_to
from quartiersladen.concerns.queries.one import get_inside
from quartiersladen.concerns.queries.referrals import waiting_referrals
from quartiersladen.concerns.queries.voices import voice_count
from quartiersladen.concerns.rules import may_open_leader
from quartiersladen.concerns.services import joining
from quartiersladen.concerns.similar import likely_duplicates
from quartiersladen.concerns.states import CONCERN_MACHINE, ConcernState
from quartiersladen.concerns.views_office.case import Case, fresh, open_case
from quartiersladen.concerns.views_office.doing import explain
from quartiersladen.kernel.errors import Conflict, Invalid
from quartiersladen.kernel.text import is_key

PAGE = "concerns/office/joint.html"


@require_http_methods(["GET", "HEAD", "POST"])
@office
def joint(request: StaffRequest, reference: str) -> HttpResponse:
    """Show what may be the same; join it; part it again."""
    case = open_case(request, reference)
    if request.method != "POST":
        return _page(case, JoinForm(), HTTPStatus.OK)
    if number := request.POST.get("loesen"):
        return _part(case, number)
    form = JoinForm(request.POST)
    if not form.is_valid():
        return _page(case, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _join(case, form)


def _page(
    case: Case,
    form: JoinForm,
    status: HTTPStatus,
    chosen: list[Concern] | None = None,
    asked: list[Referral] | None = None,
) -> HttpResponse:
    """chosen, asked: what is to be joined, and which referrals may go over; to be looked at first."""
    concern, viewer = case.concern, case.request.viewer
    joined = joined_to(viewer, concern)
    alike = likely_duplicates(viewer, concern, now=case.now) if concern.is_open else []
    context: dict[str, Any] = {
        "concern": concern,
        "dossier": concern.dossier,
        "version": case.version,
        "form": form,
        "joined": joined,
        "may_open_leader": may_open_leader(viewer, concern),
        "alike": [one for one in alike if _may_be_joined(one.concern)],
        "ticked": case.request.POST.getlist("anliegen"),
        "chosen": chosen,
        "asked": asked,
        "voices": voice_count(concern) - len(joined),
        "undo_days": joining.UNDO_DAYS,
        "nav_section": "concerns",
    }
    return render(case.request, PAGE, context, status=status)


def _may_be_joined(concern: Concern) -> bool:
    return "join" in CONCERN_MACHINE.actions_from(ConcernState(concern.state))


def _join(case: Case, form: JoinForm) -> HttpResponse:
    post = case.request.POST
    numbers = {*post.getlist("anliegen"), *form.typed()}
    found = by_references(case.request.viewer, numbers)
    missing = numbers - {one.dossier.reference for one in found}
    if missing:
        form.add_error(
            "numbers", _("Not found: %(numbers)s") % {"numbers": ", ".join(sorted(missing))}
        )
        return _page(case, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        asked = _to_be_asked(case.concern, found)
        if asked and "gefragt" not in post:
            return _page(case, form, HTTPStatus.OK, found, asked)
        joining.join(
            viewer=case.request.viewer,
            leader=case.concern,
            concerns=found,
            keep=frozenset(int(key) for key in post.getlist("bleibt") if is_key(key)),
            version=form.cleaned_data["version"],
            now=case.now,
        )
    except Invalid as refusal:
        form.add_error(refusal.field, str(refusal))
    except Conflict as refusal:
        form.add_error(None, explain(refusal))
        status = HTTPStatus.CONFLICT
    else:
        words = ngettext("%(n)s concern joined.", "%(n)s concerns joined.", len(found))
        messages.success(case.request, words % {"n": len(found)})
        return redirect("concerns:joint", case.concern.dossier.reference)
    return _page(fresh(case), form, status)


def _to_be_asked(leader: Concern, concerns: list[Concern]) -> list[Referral]:
    """Return the waiting referrals of bodies that the leading concern does not have."""
    there = {referral.body_id for referral in waiting_referrals([leader])}
    others = waiting_referrals(one for one in concerns if one.pk != leader.pk)
    return [referral for referral in others if referral.body_id not in there]


def _part(case: Case, number: str) -> HttpResponse:
    concern = or_404(get_inside, case.request.viewer, number)
    if case.concern.pk not in {concern.pk, concern.leader_id}:
        raise Http404
    try:
        joining.undo_join(viewer=case.request.viewer, concern=concern, now=case.now)
    except Conflict as refusal:
        form = JoinForm({"version": case.version, "numbers": ""})
        form.add_error(None, str(refusal.sentence))
        return _page(fresh(case), form, HTTPStatus.CONFLICT)
    messages.success(case.request, _("Parted again."))
    return redirect("concerns:joint", case.concern.dossier.reference)
