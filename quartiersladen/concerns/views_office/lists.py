"""The desk's list of concerns."""

from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from quartiersladen.accounts.access import StaffRequest, desk
from quartiersladen.concerns import queries
from quartiersladen.concerns.paging import cursor_from, page_urls
from quartiersladen.concerns.queries import ConcernFilter, DeskRow
from quartiersladen.concerns.states import (
    HELD,
    OPEN,
    Channel,
    ConcernState,
    word_for_others,
)
from quartiersladen.kernel.language import language_name
from quartiersladen.kernel.text import localized
from quartiersladen.quarters.queries import themes_of
from quartiersladen.ui.templatetags.ui import badge_kind, distance

OPEN_WORD = "offen"
#: Leichte Sprache is written by offices; what people write is German.
TOLD_IN = [code for code, _name in settings.LANGUAGES if code != "de-simple"]


def _states(text: str) -> frozenset[ConcernState]:
    if text == OPEN_WORD:
        return OPEN
    known = text in ConcernState.values and text not in HELD
    return frozenset({ConcernState(text)}) if known else frozenset()


def _wanted(request: StaffRequest) -> ConcernFilter:
    theme = request.GET.get("thema", "")
    channel = request.GET.get("kanal", "")
    return ConcernFilter(
        states=_states(request.GET.get("zustand", "")),
        theme_id=int(theme) if theme.isdecimal() and len(theme) < 10 else None,
        language=_language(request.GET.get("sprache", "")),
        channel=channel if channel in Channel.values else "",
        assigned_to_id=request.user.pk if request.GET.get("meine") else None,
        words=request.GET.get("q", "")[:200],
        older_than=cursor_from(request.GET.get("vor", "")),
        newer_than=cursor_from(request.GET.get("nach", "")),
    )


def _language(code: str) -> str:
    return code if code in TOLD_IN else ""


class Line(NamedTuple):
    """One row as it is shown; words and days are made once, not per cell."""

    reference: str
    url: str
    title: str
    badge: str
    state: str
    theme: str
    day: str
    distance: str
    who: str


def _lines(rows: list[DeskRow], today: date) -> list[Line]:
    language = get_language() or "de"
    base = reverse("concerns:office_list")
    states = {
        state.value: (badge_kind(state), str(word_for_others(state))) for state in ConcernState
    }
    days = {row.next_on: _day(row.next_on, today) for row in rows}
    return [
        Line(
            row.reference,
            f"{base}{row.reference}/",
            row.title,
            *states[row.state],
            localized(row.theme, language) if row.theme else "",
            *days[row.next_on],
            row.looked_after_by or "",
        )
        for row in rows
    ]


def _day(day: date | None, today: date) -> tuple[str, str]:
    return date_format(day, "SHORT_DATE_FORMAT") if day else "", distance(day, today)


@require_safe
@desk
def office_list(request: StaffRequest) -> HttpResponse:
    """All concerns that the viewer may open, newest first."""
    wanted = _wanted(request)
    page = queries.desk_page(request.viewer, wanted)
    language = get_language() or "de"
    chosen = request.GET.get("zustand", "")
    context = {
        "page": page,
        "lines": _lines(page.rows, request.quarter.local_day(timezone.now())),
        "wanted": wanted,
        "states": [
            (s.value, word_for_others(s), s.value == chosen) for s in ConcernState if s not in HELD
        ],
        "open_chosen": chosen == OPEN_WORD,
        "themes": [
            (theme.pk, theme.name_in(language), theme.pk == wanted.theme_id)
            for theme in themes_of(request.quarter)
        ],
        "channels": [(c.value, c.label, c.value == wanted.channel) for c in Channel],
        "languages": [(code, language_name(code), code == wanted.language) for code in TOLD_IN],
        "nav_section": "concerns",
        **page_urls(request.GET, page),
    }
    return render(request, "concerns/office/list.html", context)
