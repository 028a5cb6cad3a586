"""Pages for following what is new by mail: asking for it, confirming it, leaving it."""

from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from quartiersladen.accounts.access import HouseRequest, by_link, or_404, public
from quartiersladen.concerns import released
from quartiersladen.concerns.forms.following import FollowConcernForm, FollowForm, preset
from quartiersladen.concerns.forms.public_filter import read_filter
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.news import what_is_followed
from quartiersladen.concerns.queries.public import get_released
from quartiersladen.concerns.responses import private
from quartiersladen.concerns.services import following as services
from quartiersladen.kernel.throttle import count_or_refuse
from quartiersladen.quarters.queries import districts_of, public_themes_of

METHODS = ["GET", "HEAD", "POST"]
PAGE = "concerns/public/follow.html"


@never_cache
@require_http_methods(METHODS)
@public
def follow(request: HouseRequest) -> HttpResponse:
    """Show the form; take a wish in and say the same whatever address it was."""
    if "gesendet" in request.GET:
        return render(request, "concerns/public/follow_asked.html", {"nav_section": "concerns"})
    reference = request.GET.get("anliegen", "")
    concern = or_404(get_released, request.viewer, reference) if reference else None
    form = _form(request, concern)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, concern)
    if not form.is_trapped:
        count_or_refuse("follow", request.META["REMOTE_ADDR"], most=settings.REPORTS_PER_HOUR)
        services.ask_to_follow(
            quarter=request.quarter,
            wish=form.wish(),
            email=form.cleaned_data["email"],
            language=get_language() or "de",
            wording=str(services.AGREEMENT),
            now=timezone.now(),
        )
    return redirect(f"{reverse('concerns:follow')}?gesendet=1")


def _form(request: HouseRequest, concern: Concern | None) -> FollowForm | FollowConcernForm:
    data = request.POST if request.method == "POST" else None
    if concern:
        return FollowConcernForm(data, concern=concern)
    return FollowForm(
        data,
        initial=preset(request.GET),
        themes=list(public_themes_of(request.quarter)),
        districts=list(districts_of(request.quarter)),
    )


def _page(
    request: HouseRequest, form: FollowForm | FollowConcernForm, concern: Concern | None
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {
        "form": form,
        "concern": concern,
        "agreement": services.AGREEMENT,
        "query": read_filter(request.GET).query,
        "nav_section": "concerns",
    }
    return render(request, PAGE, context, status=status)


@never_cache
@require_http_methods(METHODS)
@by_link
def confirm(request: HouseRequest, token: str) -> HttpResponse:
    """GET shows a button, because mail scanners open links; POST begins the mails."""
    now = timezone.now()
    following, viewer = or_404(
        released.following_to_confirm, request.quarter, token, request.quarter.local_day(now)
    )
    is_done = following.confirmed_at is not None
    if request.method == "POST":
        services.confirm_following(viewer=viewer, following=following, now=now)
        is_done = True
    context = {"what": what_is_followed(following), "is_done": is_done, "following": following}
    return private(render(request, "concerns/public/follow_confirm.html", context))


@csrf_exempt
@never_cache
@require_http_methods(METHODS)
@by_link
def leave(request: HouseRequest, token: str) -> HttpResponse:
    """GET shows a button; POST leaves, also as mail programmes send it by themselves (RFC 8058).

    They bring no cookie and no form protection; the link itself is the proof. The body is not
    looked at, and the answer is the same for a link that opens nothing.
    """
    is_done = request.method == "POST"
    if is_done:
        now = timezone.now()
        try:
            following, viewer = released.following_to_leave(
                request.quarter, token, request.quarter.local_day(now)
            )
        except ObjectDoesNotExist:
            pass
        else:
            services.leave(viewer=viewer, following=following, now=now)
    return private(render(request, "concerns/public/follow_leave.html", {"is_done": is_done}))
