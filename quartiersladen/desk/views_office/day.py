"""Today, search, and the way to any dossier."""

import re
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from quartiersladen.accounts.access import StaffRequest, desk, member, or_404
from quartiersladen.backups.queries import worry_for_desk
from quartiersladen.concerns.queries.lists import newest
from quartiersladen.concerns.queries.quarantine import quarantine_count
from quartiersladen.concerns.queries.referrals import replies_in
from quartiersladen.concerns.timeline import office_words, who
from quartiersladen.correspondence.queries import hidden_mails, waiting_mails
from quartiersladen.desk import queries
from quartiersladen.dossiers.queries import (
    get_dossier_inside,
    latest_entries,
    open_follow_ups,
    without_carer,
)
from quartiersladen.dossiers.search import words_of
from quartiersladen.dossiers.states import title_in_lists
from quartiersladen.kernel.text import fold
from quartiersladen.outbox.queries import failed, outage, waiting
from quartiersladen.privacy.retention import announced

SHOWN = 12
LATEST = 8
LATELY = timedelta(days=30)


@require_safe
@member
def today(request: StaffRequest) -> HttpResponse:
    """The day at a glance: what is due, what is new, what came in."""
    if not request.viewer.may_enter:
        return redirect("desk:settings" if request.viewer.may_settings else "website:home")
    now = timezone.now()
    day = request.quarter.local_day(now)
    due = list(open_follow_ups(request.viewer, until=day))
    mine = [f for f in due if f.dossier.assigned_to_id == request.user.pk]
    others = [f for f in due if f.dossier.assigned_to_id != request.user.pk]
    counted = queries.with_asks(mine + others)
    hidden = hidden_mails(request.viewer)
    context = {
        "today": day,
        "without_anybody": without_carer(request.viewer, day).count(),
        "worry": worry_for_desk(request.viewer, request.quarter, now),
        "mine": counted[: len(mine)],
        "others": counted[len(mine) :],
        "new": newest(request.viewer, limit=SHOWN),
        "in_quarantine": quarantine_count(request.viewer),
        "replies": replies_in(request.viewer, since=now - LATELY, limit=SHOWN),
        "came_in": waiting_mails(request.viewer),
        "failed_mails": failed(request.viewer, limit=SHOWN, without=hidden),
        "waiting_mails": waiting(request.viewer, without=hidden),
        "outage": outage(request.viewer, request.quarter),
        "waiting_rules": announced(request.viewer, request.quarter),
        "latest": [
            (entry, title_in_lists(office_words(entry), entry.dossier.audience), who(entry))
            for entry in latest_entries(request.viewer, since=now - LATELY, limit=LATEST)
        ],
        "nav_section": "today",
    }
    return render(request, "desk/office/today.html", context)


def _marked(title: str, words: list[str]) -> SafeString:
    """Return the title with the words of it that hold a searched one marked."""
    parts = []
    for piece in re.split(r"(\W+)", title):
        hit = any(word in fold(piece) for word in words)
        safe = conditional_escape(piece)
        parts.append(f"<mark>{safe}</mark>" if hit else safe)
    return mark_safe("".join(parts))  # noqa: S308 -- every piece is escaped above


@require_safe
@desk
def search(request: StaffRequest) -> HttpResponse:
    """Find any dossier; a whole number leads straight to it."""
    words = request.GET.get("q", "")[:200]
    exact = queries.by_reference(request.viewer, words) if words else None
    if exact is not None:
        return redirect(exact.office_path())
    hits = queries.found(request.viewer, words) if words else []
    context = {
        "words": words,
        "is_too_short": bool(words) and not words_of(words),
        "hits": [
            (hit, _marked(hit.list_title, words_of(words))) for hit in hits[: queries.MOST_HITS]
        ],
        "has_more": len(hits) > queries.MOST_HITS,
        "nav_section": "search",
    }
    return render(request, "desk/office/search.html", context)


@require_safe
@desk
def dossier(request: StaffRequest, reference: str) -> HttpResponse:
    """Lead to the page of any dossier by its number."""
    found = or_404(get_dossier_inside, request.viewer, reference)
    return redirect(found.office_path())
