"""The desk's list of concerns."""

from datetime import date
from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from quartiersladen.accounts.access import StaffRequest, desk
from quartiersladen.concerns.filtering import OPEN_WORD, TOLD_IN, kept_query, wanted_from
from quartiersladen.concerns.paging import page_urls
from quartiersladen.concerns.queries.filters import saved_filters
from quartiersladen.concerns.queries.lists import ConcernFilter, DeskRow, desk_page
from quartiersladen.concerns.states import (
    HELD,
    Channel,
    ConcernKind,
    ConcernState,
    Scope,
    word_for_others,
)
from quartiersladen.dossiers.queries import tags_here
from quartiersladen.kernel.language import language_name
from quartiersladen.kernel.text import localized
from quartiersladen.quarters.queries import themes_of
from quartiersladen.ui.templatetags.ui import badge_kind, distance

DUE_LABELS = {
    "ueberfaellig": _("overdue"),
    "heute": _("until today"),
    "woche": _("within 7 days"),
}


class Line(NamedTuple):
    """One row as it is shown; words and days are made once, not per cell."""

    reference: str
    pick: str
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
            f"{row.reference}~{row.version}",
            f"{base}{row.reference}/",
            row.list_title,
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
    today = request.quarter.local_day(timezone.now())
    wanted = wanted_from(request.GET, user_id=request.user.pk, today=today)
    page = desk_page(request.viewer, wanted)
    kept = kept_query(request.GET)
    context = {
        "page": page,
        "lines": _lines(page.rows, today),
        "wanted": wanted,
        "kept": kept,
        "saved": [(one, one.query == kept) for one in saved_filters(request.viewer)],
        "nav_section": "concerns",
        **_choices(request, wanted),
        **page_urls(request.GET, page),
    }
    return render(request, "concerns/office/list.html", context)


def _choices(request: StaffRequest, wanted: ConcernFilter) -> dict[str, object]:
    """Return what the list can be narrowed by, each with whether it is chosen."""
    language = get_language() or "de"
    state, due = request.GET.get("zustand", ""), request.GET.get("faellig", "")
    further = (wanted.kind, wanted.scope, wanted.told_from, wanted.told_until, wanted.tag_id, due)
    return {
        "states": [
            (s.value, word_for_others(s), s.value == state) for s in ConcernState if s not in HELD
        ],
        "open_chosen": state == OPEN_WORD,
        "themes": [
            (theme.pk, theme.name_in(language), theme.pk == wanted.theme_id)
            for theme in themes_of(request.quarter)
        ],
        "channels": [(c.value, c.label, c.value == wanted.channel) for c in Channel],
        "languages": [(code, language_name(code), code == wanted.language) for code in TOLD_IN],
        "kinds": [(k.value, k.label, k.value == wanted.kind) for k in ConcernKind],
        "scopes": [(s.value, s.label, s.value == wanted.scope) for s in Scope],
        "dues": [(word, label, word == due) for word, label in DUE_LABELS.items()],
        "tags": [(t.pk, t.name, t.pk == wanted.tag_id) for t in tags_here(request.viewer)],
        "is_further": any(further),
    }
