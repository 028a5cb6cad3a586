""" "Me too": one press, and the page behind the link in the mails."""

from http import HTTPStatus
from secrets import token_urlsafe
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from quartiersladen.accounts.access import HouseRequest, by_link, or_404, public
from quartiersladen.accounts.rules import public_viewer
from quartiersladen.concerns.forms.voice import VoiceForm
from quartiersladen.concerns.queries.links import by_voice_link
from quartiersladen.concerns.queries.voices import get_open_to_voices
from quartiersladen.concerns.responses import private
from quartiersladen.concerns.services import voices
from quartiersladen.concerns.views_public.released import show_concern
from quartiersladen.kernel.errors import Conflict
from quartiersladen.kernel.throttle import count_or_refuse

PAGE = "concerns/public/voice.html"
COOKIE = f"{settings.COOKIE_PREFIX}stimme"
YEAR = 365 * 24 * 60 * 60  # seconds
#: In the address of the page that says thank you.
COUNTED, MAIL_SENT = "gezaehlt", "mail"


@never_cache
@require_POST
@public
def voice(request: HouseRequest, reference: str) -> HttpResponse:
    """Count a voice for a released concern and lead back to it."""
    everybody = public_viewer(request.quarter.pk)
    concern = or_404(get_open_to_voices, everybody, reference)
    form = VoiceForm(request.POST)
    if not form.is_valid():
        return show_concern(request, concern, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    count_or_refuse("voice", request.META["REMOTE_ADDR"], most=settings.REPORTS_PER_HOUR)
    cookie = request.COOKIES.get(COOKIE) or token_urlsafe(24)
    email = form.cleaned_data["email"]
    if not form.is_trapped:
        voices.add_voice(
            concern=concern,
            cookie=cookie,
            email=email,
            language=get_language() or "de",
            now=timezone.now(),
        )
    query = urlencode({"stimme": MAIL_SENT if email else COUNTED})
    page = reverse("concerns:status", args=[concern.dossier.reference])
    response = redirect(f"{page}?{query}#stimme")
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def own_voice(request: HouseRequest, token: str) -> HttpResponse:
    """GET shows what can be done, because mail scanners open links; POST confirms or takes back."""
    today = request.quarter.local_day(timezone.now())
    found, viewer = or_404(by_voice_link, request.quarter, token, today)
    sentence, status, is_gone = "", HTTPStatus.OK, False
    if request.method == "POST":
        try:
            if "zurueck" in request.POST:
                voices.take_back_voice(viewer=viewer, voice=found)
                is_gone = True
            else:
                voices.confirm_voice(viewer=viewer, voice=found, now=timezone.now())
        except Conflict as refusal:
            sentence, status = str(refusal.sentence), HTTPStatus.CONFLICT
    context = {
        "voice": found,
        "concern": found.concern,
        "is_public": found.concern.is_released,
        "is_gone": is_gone,
        "sentence": sentence,
    }
    return private(render(request, PAGE, context, status=status))
