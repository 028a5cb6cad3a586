"""The person answers the office's question on the status page; without JavaScript or account."""

from http import HTTPStatus
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from quartiersladen.accounts.access import HouseRequest, by_link
from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.forms.answer import AnswerForm
from quartiersladen.concerns.forms.photos import take_photos
from quartiersladen.concerns.forms.report import read_old_key, signed
from quartiersladen.concerns.gathered import questions_of
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services import intake, questions
from quartiersladen.concerns.views_public.links import TriedAnswer, opened, status_page
from quartiersladen.correspondence.states import Way
from quartiersladen.kernel.throttle import count_or_refuse
from quartiersladen.ui import refused

#: So many times more often than a report: mistakes are free, floods of photos are not.
TRIES_PER_REPORT = 10


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def teller_answer(request: HouseRequest, token: str) -> HttpResponse:
    """Take the answer and lead back to the status page; what is wrong comes back as typed."""
    concern, viewer = opened(request, token)
    if request.method != "POST" or not questions_of(viewer, concern):
        return redirect("concerns:teller_status", token)
    most = TRIES_PER_REPORT * settings.REPORTS_PER_HOUR
    count_or_refuse("answer", request.META["REMOTE_ADDR"], most=most)
    data = request.POST.copy()
    # A page may have been open for days; what it kept of photos is gone, what was typed is not.
    key = read_old_key(data.get("submission_key", "")) or uuid4()
    data["submission_key"] = signed(key)
    if file_id := data.get("drop"):
        return _without_photo(request, token, data, key, file_id)
    form = AnswerForm(data)
    form.is_valid()
    take_photos(form, quarter=request.quarter, key=key, uploads=request.FILES.getlist("photos"))
    status = _answer(form, concern, viewer, key)
    if status != HTTPStatus.OK:
        concern, viewer = opened(request, token)
        tried = TriedAnswer(form, key)
        return status_page(request, token, concern, viewer, tried=tried, status=status)
    messages.success(request, _("Thank you. Your answer is here."))
    return redirect("concerns:teller_status", token)


def _answer(form: AnswerForm, concern: Concern, viewer: Viewer, key: UUID) -> HTTPStatus:
    return refused.tried(
        form,
        lambda: questions.answer_question(
            viewer=viewer,
            question=questions_of(viewer, concern)[-1],
            text=form.cleaned_data["text"],
            way=Way.LINK,
            key=key,
            now=timezone.now(),
        ),
    )


def _without_photo(
    request: HouseRequest, token: str, typed: QueryDict, key: UUID, file_id: str
) -> HttpResponse:
    status = HTTPStatus.OK
    try:
        intake.drop_photo(quarter=request.quarter, key=key, file_id=UUID(file_id))
    except ValueError:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    concern, viewer = opened(request, token)
    tried = TriedAnswer(AnswerForm(initial=typed.dict()), key)
    return status_page(request, token, concern, viewer, tried=tried, status=status)
