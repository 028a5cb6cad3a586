"""The form with which a resident tells a concern."""

from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quartiersladen.accounts.access import HouseRequest, or_404, public
from quartiersladen.concerns import similar
from quartiersladen.concerns.forms.photos import take_photos
from quartiersladen.concerns.forms.report import (
    PublicReportForm,
    new_key,
    preset_place,
    read_key,
    read_old_key,
    signed,
    signs_of,
)
from quartiersladen.concerns.letters import status_link
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.queries.drafts import by_form_key, draft_photos, get_draft_photo
from quartiersladen.concerns.services import intake
from quartiersladen.concerns.similar import Hints
from quartiersladen.concerns.states import Channel
from quartiersladen.concerns.views_public.hints import shown_hints
from quartiersladen.files.responses import file_response
from quartiersladen.kernel.errors import Invalid
from quartiersladen.kernel.links import make_token
from quartiersladen.kernel.throttle import count_or_refuse
from quartiersladen.quarters.queries import theme_by_slug

PAGE = "concerns/public/report.html"
HINTS_PART = "concerns/public/hints.html"
LOOKS_PER_HOUR = 600  # of one network: a class of pupils may type at once
#: Asks for the form as a browser keeps it to open without a network: a key would be used twice.
SHELL = "huelle"
#: The browser's own form key; in a header, because addresses end up in logs.
KEY_HEADER = "X-Form-Key"
#: So many times more often than a report somebody may send a form with mistakes or with photos.
TRIES_PER_REPORT = 10


def initial_of(request: HouseRequest) -> dict[str, Any]:
    """Return what a poster's address presets: ?ort=lat,lon, ?wo=words and ?thema=slug."""
    if SHELL in request.GET:
        return {}
    initial: dict[str, Any] = {"submission_key": new_key()}
    initial |= preset_place(request.GET.get("ort", ""), request.GET.get("wo", ""))
    if slug := request.GET.get("thema"):
        initial["theme"] = theme_by_slug(request.quarter, slug)
    return initial


def _page(
    request: HouseRequest,
    form: PublicReportForm,
    key: UUID | None,
    status: HTTPStatus,
    hints: Hints | None = None,
) -> HttpResponse:
    """hints: what is to be seen before it is sent; None when nothing was asked."""
    photos = list(draft_photos(request.quarter, key)) if key else []
    context = {
        "form": form,
        "hints": shown_hints(hints, is_asked=True) if hints else None,
        "photos": photos,
        "draft_key": key,
        "is_shell": SHELL in request.GET,
        "is_begun": request.method == "POST",
        "nav_section": "report",
    }
    return render(request, PAGE, context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def report(request: HouseRequest) -> HttpResponse:
    """Show the form; take a concern and lead to its status page."""
    if request.method != "POST":
        form = PublicReportForm(quarter=request.quarter, initial=initial_of(request))
        return _page(request, form, None, HTTPStatus.OK)
    key = read_key(request.POST.get("submission_key", ""))
    if key is not None and (file_id := request.POST.get("drop")):
        return _without_photo(request, key, file_id)
    if key is None:
        _count_try(request)
        return _already_sent(request) or _with_a_new_key(request)
    form = PublicReportForm(request.POST, request.FILES, quarter=request.quarter)
    if not form.is_valid() or request.FILES:
        _count_try(request)
    take_photos(form, quarter=request.quarter, key=key, uploads=request.FILES.getlist("photos"))
    if form.errors:
        return _page(request, form, key, HTTPStatus.UNPROCESSABLE_ENTITY)
    count_or_refuse("report", request.META["REMOTE_ADDR"], most=settings.REPORTS_PER_HOUR)
    now = timezone.now()
    try:
        concern = intake.report_concern(
            quarter=request.quarter,
            report=form.report(),
            intake=intake.Intake(
                channel=Channel.WEB,
                told_on=request.quarter.local_day(now),
                signs=signs_of(form, request.POST["submission_key"]),
                reactions=form.reactions(),
            ),
            submission_key=key,
            now=now,
        )
    except intake.LookFirst as refusal:
        return _page(request, form, key, HTTPStatus.UNPROCESSABLE_ENTITY, refusal.hints)
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _page(request, form, key, HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect(_status_url(concern))


@never_cache
@require_POST
@public
def hints(request: HouseRequest) -> HttpResponse:
    """What fits what is being typed: rules of scope, and concerns that may be the same.

    Comfort while somebody types; sending asks once more. Stores nothing and logs no text.
    """
    count_or_refuse("hints", request.META["REMOTE_ADDR"], most=LOOKS_PER_HOUR)
    form = PublicReportForm(request.POST, quarter=request.quarter)
    matter, now = form.matter(), timezone.now()
    found = similar.look(request.quarter, matter, now=now)
    shown = similar.hints(request.quarter, matter, found, now=now)
    if _are_known(request, shown):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    context = {"hints": shown_hints(shown, is_asked=False), "form": form}
    return render(request, HINTS_PART, context)


def _are_known(request: HouseRequest, hints: Hints) -> bool:
    """Say whether the page shows just these already; it is then not read out once more."""
    return (
        {str(rule.pk) for rule in hints.rules},
        {str(one.concern.pk) for one in hints.near},
    ) == (set(request.POST.getlist("seen_rules")), set(request.POST.getlist("seen_near")))


def _count_try(request: HouseRequest) -> None:
    """Count what is no report yet but costs work: mistakes are free, floods of photos are not."""
    most = TRIES_PER_REPORT * settings.REPORTS_PER_HOUR
    count_or_refuse("report tried", request.META["REMOTE_ADDR"], most=most)


def _status_url(concern: Concern) -> str:
    link = status_link(concern, concern.teller)
    token = make_token(
        link.purpose, subject_id=link.subject_id, generation=link.generation, expires_on=None
    )
    return reverse("concerns:teller_status", args=[token])


def _sent_with(request: HouseRequest, signed_key: str) -> str:
    """Return the status page of what was sent with this form, "" if nothing was."""
    key = read_old_key(signed_key)
    try:
        return _status_url(by_form_key(request.quarter, key)) if key else ""
    except ObjectDoesNotExist:
        return ""


def _already_sent(request: HouseRequest) -> HttpResponse | None:
    """A draft whose answer was lost on the way comes again, days later."""
    url = _sent_with(request, request.POST.get("submission_key", ""))
    return redirect(url) if url else None


@never_cache
@require_safe
@public
def fresh(request: HouseRequest) -> JsonResponse:
    """What a draft needs to be sent now: form protection, a form key, and whether it was sent.

    A key that is still good stays, so that the same form sent twice is one concern.
    """
    mine = request.headers.get(KEY_HEADER, "")
    sent = _sent_with(request, mine)
    key = mine if read_key(mine) and not sent else new_key()
    return JsonResponse({"csrf": get_token(request), "key": key, "sent": sent})


def _with_a_new_key(request: HouseRequest) -> HttpResponse:
    """The form was open for too long: show it again with all that was typed and uploaded."""
    data, key = request.POST.copy(), uuid4()
    form = PublicReportForm(data, quarter=request.quarter)
    form.is_valid()
    data["submission_key"] = signed(key)
    take_photos(form, quarter=request.quarter, key=key, uploads=request.FILES.getlist("photos"))
    return _page(request, form, key, HTTPStatus.UNPROCESSABLE_ENTITY)


def _without_photo(request: HouseRequest, key: UUID, file_id: str) -> HttpResponse:
    try:
        intake.drop_photo(quarter=request.quarter, key=key, file_id=UUID(file_id))
    except ValueError:
        return _page(
            request,
            PublicReportForm(request.POST, quarter=request.quarter),
            key,
            HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    form = PublicReportForm(initial=request.POST.dict(), quarter=request.quarter)
    return _page(request, form, key, HTTPStatus.OK)


@never_cache
@require_safe
@public
def draft_photo(request: HouseRequest, key: UUID, file_id: UUID) -> HttpResponse:
    """A photo that waits with its form; the key is known only to who has the form."""
    photo = or_404(get_draft_photo, request.quarter, key, file_id)
    return file_response(photo.file, thumbnail=True)
