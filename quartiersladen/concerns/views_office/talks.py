"""Talks that are no concern, in two taps."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quartiersladen.accounts.access import StaffRequest, desk, or_404
from quartiersladen.concerns.queries.talks import get_own_talk, talk_counts, talks_on
from quartiersladen.concerns.services.talks import take_back_talk, tally_talk
from quartiersladen.concerns.states import TalkPlace
from quartiersladen.quarters.queries import theme_by_key, themes_of

PAGE = "concerns/office/talks.html"


@require_http_methods(["GET", "HEAD", "POST"])
@desk
def talks(request: StaffRequest) -> HttpResponse:
    """First tap: the place. Second tap: the theme, which counts the talk."""
    now = timezone.now()
    today = request.quarter.local_day(now)
    if request.method == "POST":
        return _count(request)
    place = request.GET.get("ort", "")
    monday = today - timedelta(days=today.weekday())
    language = get_language() or "de"
    labels = dict(TalkPlace.choices)
    context = {
        "places": TalkPlace.choices,
        "place": place if place in TalkPlace.values else "",
        "place_label": labels.get(place, ""),
        "themes": [(t.pk, t.name_in(language)) for t in themes_of(request.quarter)],
        "mine": list(talks_on(request.viewer, today)),
        "week": [
            (labels[str(row["place"])], row["count"])
            for row in talk_counts(request.viewer, since=monday)
        ],
        "nav_section": "talks",
    }
    return render(request, PAGE, context)


def _count(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    if key := request.POST.get("zurueck", ""):
        talk = or_404(get_own_talk, request.viewer, key)
        take_back_talk(viewer=request.viewer, talk=talk, now=now)
        messages.success(request, _("Taken back."))
        return redirect("concerns:talks")
    place = request.POST.get("ort", "")
    if place not in TalkPlace.values:
        return redirect("concerns:talks")
    theme = theme_by_key(request.quarter, request.POST.get("thema", ""))
    tally_talk(
        viewer=request.viewer,
        quarter=request.quarter,
        place=TalkPlace(place),
        theme=theme,
        on=request.quarter.local_day(now),
        now=now,
    )
    messages.success(request, _("Counted."))
    return redirect("concerns:talks")
