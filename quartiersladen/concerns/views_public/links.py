"""Pages behind signed links: the teller's status, confirmation of an address, a body's case."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from quartiersladen.accounts.access import HouseRequest, by_link, or_404
from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns import timeline
from quartiersladen.concerns.forms.answer import AnswerForm
from quartiersladen.concerns.forms.body import ReplyForm
from quartiersladen.concerns.forms.report import new_key
from quartiersladen.concerns.gathered import question_to_answer, questions_of
from quartiersladen.concerns.models import Concern, Referral
from quartiersladen.concerns.queries.drafts import draft_photos
from quartiersladen.concerns.queries.links import (
    by_confirm_link,
    by_referral_link,
    by_status_link,
    confidential_by_link,
)
from quartiersladen.concerns.queries.tellers import may_pass_on_contact
from quartiersladen.concerns.responses import private
from quartiersladen.concerns.rules import is_public
from quartiersladen.concerns.services import life, referrals, tellers
from quartiersladen.concerns.services.release import coarse
from quartiersladen.concerns.states import CONCERN_MACHINE, WAITING, ConcernState, ReferralState
from quartiersladen.concerns.unnamed import without_person
from quartiersladen.concerns.views_public import following
from quartiersladen.dossiers.queries import documents_of, get_document, public_documents_of
from quartiersladen.files.responses import file_response
from quartiersladen.kernel.errors import Conflict, Invalid
from quartiersladen.kernel.qr import qr_svg
from quartiersladen.quarters.outline import lies_inside

STATUS_PAGE = "concerns/public/teller_status.html"
CONFIDENTIAL_PAGE = "concerns/public/confidential.html"
CONFIRM_PAGE = "concerns/public/confirm.html"
BODY_PAGE = "concerns/public/body_case.html"
METHODS = ["GET", "HEAD", "POST"]


def _is_outside(concern: Concern) -> bool:
    if concern.latitude is None or concern.longitude is None:
        return False
    return not lies_inside(concern.quarter.outline, concern.latitude, concern.longitude)


def _point(concern: Concern) -> str:
    if concern.latitude is None:
        return ""
    return f"{concern.latitude},{concern.longitude}"


def _joint_case(concern: Concern) -> dict[str, Any]:
    """Return what the person may know of the concern to which theirs belongs: what everybody may."""
    leader = concern.leader
    if leader is None:
        return {}
    if not is_public(leader):
        return {"belongs_to": leader.dossier.reference, "waits": leader.is_open}
    return {
        "belongs_to": leader.dossier.reference,
        "leader": leader,
        "leader_steps": timeline.public_steps(leader),
    }


def _follow_query(concern: Concern) -> str:
    """Return what the page for following fills in; the place only roughly."""
    fields = {}
    if concern.theme:
        fields["thema"] = concern.theme.slug
    if concern.latitude is not None and concern.longitude is not None:
        latitude, longitude = (coarse(degrees=d) for d in (concern.latitude, concern.longitude))
        fields["ort"] = f"{latitude},{longitude}"
    return urlencode(fields)


@never_cache
@require_http_methods(METHODS)
@by_link
def teller_status(request: HouseRequest, token: str) -> HttpResponse:
    """What became of it, for the person who told it; also the receipt right after sending.

    Of a confidential one it says only that it is treated so, for who holds the phone may be another.
    """
    try:
        concern, viewer = _by_link(request, token)
    except ObjectDoesNotExist:
        return _confidential(request, token)
    sentence, status = "", HTTPStatus.OK
    if request.method == "POST":
        try:
            life.withdraw_concern(viewer=viewer, concern=concern, version=None, now=timezone.now())
        except Conflict as refusal:
            sentence, status = str(refusal.sentence), HTTPStatus.CONFLICT
        else:
            return redirect("concerns:teller_status", token)
    return status_page(request, token, concern, viewer, sentence=sentence, status=status)


def opened(request: HouseRequest, token: str) -> tuple[Concern, Viewer]:
    """Return the concern behind a status link and who holds it; 404 for every reason alike."""
    return or_404(_by_link, request, token)


def _by_link(request: HouseRequest, token: str) -> tuple[Concern, Viewer]:
    today = request.quarter.local_day(timezone.now())
    return by_status_link(request.quarter, token, today)


def _is_new(concern: Concern) -> bool:
    return concern.state in {ConcernState.NEW, ConcernState.QUARANTINED, ConcernState.DRAFT}


def _confidential(request: HouseRequest, token: str) -> HttpResponse:
    today = request.quarter.local_day(timezone.now())
    concern = or_404(confidential_by_link, request.quarter, token, today)
    context = {"concern": concern, "is_new": _is_new(concern)}
    return private(render(request, CONFIDENTIAL_PAGE, context))


@dataclass(frozen=True, slots=True)
class TriedAnswer:
    """An answer as it was typed, with the key of its photos."""

    form: AnswerForm
    key: UUID


def status_page(
    request: HouseRequest,
    token: str,
    concern: Concern,
    viewer: Viewer,
    *,
    tried: TriedAnswer | None = None,
    sentence: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """Render the status page. tried: an answer to our question that is shown again."""
    asked = questions_of(viewer, concern)
    question = question_to_answer(concern, asked)
    answer = tried.form if tried else None
    if answer is None and question is not None:
        answer = AnswerForm(initial={"submission_key": new_key()})
    url = request.quarter.absolute_url(f"/s/{token}/")
    is_new = _is_new(concern)
    context = {
        "concern": concern,
        "headline": timeline.headline(concern),
        "steps": timeline.next_steps(concern) if is_new else timeline.steps_for(viewer, concern),
        **_joint_case(concern),
        "is_new": is_new,
        "is_outside": _is_outside(concern),
        "follow_query": _follow_query(concern),
        "photos": documents_of(viewer, concern.dossier),
        "url": url,
        "qr": qr_svg(url, title=_("QR code with the address of this page")),
        "may_withdraw": "withdraw" in CONCERN_MACHINE.actions_from(ConcernState(concern.state)),
        "asks_to_withdraw": "zurueckziehen" in request.GET,
        "sentence": sentence,
        "question": question,
        "told": [one for one in asked if one.answer],
        "answer": answer,
        "waiting": list(draft_photos(request.quarter, tried.key)) if tried else [],
        "draft_key": tried and tried.key,
        "token": token,
    }
    return private(render(request, STATUS_PAGE, context, status=status))


@never_cache
@require_safe
@by_link
def teller_photo(request: HouseRequest, token: str, file_id: UUID) -> HttpResponse:
    """A photo that the teller sent."""
    today = request.quarter.local_day(timezone.now())
    _concern, viewer = or_404(by_status_link, request.quarter, token, today)
    document = or_404(get_document, viewer, file_id)
    return private(file_response(document.file, thumbnail=True))


@never_cache
@require_http_methods(METHODS)
@by_link
def confirm(request: HouseRequest, token: str) -> HttpResponseBase:
    """GET shows a button, because mail scanners open links; POST confirms the address.

    The same address serves who follows something: what a link is for stands in its signature.
    """
    today = request.quarter.local_day(timezone.now())
    try:
        concern, viewer = by_confirm_link(request.quarter, token, today)
    except ObjectDoesNotExist:
        return following.confirm(request, token)
    sentence, status = "", HTTPStatus.OK
    is_done = bool(concern.teller.email_confirmed_at)
    if request.method == "POST":
        try:
            tellers.confirm_address(viewer=viewer, concern=concern, now=timezone.now())
            is_done = True
        except Conflict as refusal:
            sentence, status = str(refusal.sentence), HTTPStatus.CONFLICT
    context = {"concern": concern, "is_done": is_done, "sentence": sentence}
    return private(render(request, CONFIRM_PAGE, context, status=status))


@never_cache
@require_http_methods(METHODS)
@by_link
def body_case(request: HouseRequest, token: str) -> HttpResponse:
    """One case for a responsible body: read it, take it on, decline it or answer it."""
    today = request.quarter.local_day(timezone.now())
    referral, viewer = or_404(by_referral_link, request.quarter, token, today)
    form = ReplyForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = _reply(form, referral, viewer)
        if status == HTTPStatus.OK:
            return redirect("concerns:body_case", token)
    concern = referral.concern
    # Also a consent that was taken back later counts.
    with_contact = (
        referral.with_contact and referral.moved_from_id is None and may_pass_on_contact(concern)
    )
    context = {
        "referral": referral,
        "concern": concern,
        "told": concern.text if with_contact else without_person(concern.text, concern.teller),
        "form": form,
        "photos": public_documents_of(concern.dossier),
        # A refused reply stays to be seen, so that its words can be taken elsewhere.
        "may_reply": form.is_bound
        or (ReferralState(referral.state) in WAITING and concern.is_open),
        "is_accepted": referral.state == ReferralState.ACCEPTED,
        "with_contact": with_contact,
        "point": _point(concern),
    }
    return private(render(request, BODY_PAGE, context, status=status))


def _reply(form: ReplyForm, referral: Referral, viewer: Viewer) -> HTTPStatus:
    if not form.is_valid():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    data, now = form.cleaned_data, timezone.now()
    try:
        if data["deed"] == ReplyForm.ACCEPT:
            referrals.accept_referral(
                viewer=viewer, referral=referral, expected_on=data["expected_on"], now=now
            )
        elif data["deed"] == ReplyForm.DECLINE:
            referrals.decline_referral(
                viewer=viewer, referral=referral, reason=data["words"], now=now
            )
        else:
            referrals.answer_referral(
                viewer=viewer, referral=referral, text=data["words"], now=now
            )
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else "words", str(refusal))
        return HTTPStatus.UNPROCESSABLE_ENTITY
    except Conflict as refusal:
        form.add_error(None, str(refusal.sentence))
        return HTTPStatus.CONFLICT
    return HTTPStatus.OK
