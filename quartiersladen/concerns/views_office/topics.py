"""The important topics of the office, the next to be asked about first."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from quartiersladen.accounts.access import StaffRequest, desk
from quartiersladen.concerns.gathered import topics_of


@require_safe
@desk
def topics(request: StaffRequest) -> HttpResponse:
    """What is asked about over years: rhythm, next day, and how often was asked and answered."""
    context = {
        "topics": topics_of(request.viewer),
        "today": request.quarter.local_day(timezone.now()),
        "nav_section": "concerns",
    }
    return render(request, "concerns/office/topics.html", context)
