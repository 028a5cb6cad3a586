"""The person's own data behind the status link: look, take along, correct, take back, delete."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from quartiersladen.accounts.access import HouseRequest, by_link, or_404
from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.forms.own_data import OwnDataForm
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.queries import tellers
from quartiersladen.concerns.queries.links import by_status_link
from quartiersladen.concerns.queries.referrals import bodies_with_contact
from quartiersladen.concerns.queries.tellers import consents_of
from quartiersladen.concerns.responses import private
from quartiersladen.concerns.services import own_data as deeds
from quartiersladen.concerns.states import Channel
from quartiersladen.kernel.errors import Conflict, Invalid
from quartiersladen.kernel.throttle import count_or_refuse

PAGE = "concerns/public/own_data.html"
TAKE_BACK, CHANGE, DELETE = "consent", "change", "delete"


def _opened(request: HouseRequest, token: str) -> tuple[Concern, Viewer]:
    today = request.quarter.local_day(timezone.now())
    return or_404(by_status_link, request.quarter, token, today)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def own_data(request: HouseRequest, token: str) -> HttpResponse:
    """What we hold of the person, and what they can do about it; all without JavaScript."""
    concern, viewer = _opened(request, token)
    deed = request.POST.get("deed", "")
    form = OwnDataForm(request.POST if deed == CHANGE else None, initial=_initial(concern))
    sentence, status = "", HTTPStatus.OK
    if request.method == "POST":
        if deed == CHANGE:
            # Each new address gets a mail, and it may be a stranger's.
            count_or_refuse("contact", request.META["REMOTE_ADDR"], most=settings.REPORTS_PER_HOUR)
        try:
            status = _do(concern, viewer, deed, form)
        except Conflict as refusal:
            sentence, status = str(refusal.sentence), HTTPStatus.CONFLICT
        if status == HTTPStatus.OK:
            messages.success(request, _("Done."))
            return redirect("concerns:own_data", token)
    context = {
        "concern": concern,
        "teller": concern.teller,
        "form": form,
        "sentence": sentence,
        "bodies": bodies_with_contact(concern),
        "consents": consents_of(viewer, concern),
        "asks_to_delete": "loeschen" in request.GET,
        "token": token,
    }
    return private(render(request, PAGE, context, status=status))


def _initial(concern: Concern) -> dict[str, str]:
    teller = concern.teller
    return {name: getattr(teller, name) for name in ("way", "name", "email", "phone", "address")}


def _do(concern: Concern, viewer: Viewer, deed: str, form: OwnDataForm) -> HTTPStatus:
    """Do one of the three deeds; anything else is wrong input."""
    now = timezone.now()
    if deed == TAKE_BACK:
        deeds.take_back_consent(
            viewer=viewer,
            concern=concern,
            channel=Channel.WEB,
            wording=_("I take back that my contact data may be passed on."),
            now=now,
        )
        return HTTPStatus.OK
    if deed == DELETE:
        deeds.delete_contact(viewer=viewer, concern=concern, now=now)
        return HTTPStatus.OK
    if deed != CHANGE or not form.is_valid():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        deeds.change_contact(viewer=viewer, concern=concern, contact=form.contact(), now=now)
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return HTTPStatus.OK


@never_cache
@require_safe
@by_link
def own_json(request: HouseRequest, token: str) -> HttpResponse:
    """The same as a file to take along."""
    concern, viewer = _opened(request, token)
    response = JsonResponse(
        tellers.own_data(viewer, concern), json_dumps_params={"ensure_ascii": False}
    )
    number = concern.dossier.reference
    response["Content-Disposition"] = f'attachment; filename="{number}.json"'
    return private(response)
