"""What everybody may see: the list, the map, and one released concern."""

from http import HTTPStatus
from json import dumps

from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from quartiersladen.accounts.access import HouseRequest, or_404, public
from quartiersladen.concerns import queries, timeline
from quartiersladen.concerns.forms.voice import VoiceForm
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.paging import cursor_from, page_urls
from quartiersladen.concerns.queries import ConcernFilter
from quartiersladen.concerns.rules import is_public, may_add_voice
from quartiersladen.concerns.states import HELD, ConcernState, word_for_others
from quartiersladen.dossiers.queries import documents_of, journal_mark
from quartiersladen.quarters.queries import themes_of

SHOWN_STATES = tuple(
    s for s in ConcernState if s not in {ConcernState.WITHDRAWN, ConcernState.JOINED, *HELD}
)


def _wanted(request: HouseRequest) -> ConcernFilter:
    state = request.GET.get("zustand", "")
    theme = request.GET.get("thema", "")
    return ConcernFilter(
        states=frozenset({ConcernState(state)}) if state in SHOWN_STATES else frozenset(),
        theme_id=int(theme) if theme.isdecimal() and len(theme) < 10 else None,
        older_than=cursor_from(request.GET.get("vor", "")),
        newer_than=cursor_from(request.GET.get("nach", "")),
    )


@require_safe
@public
def public_list(request: HouseRequest) -> HttpResponse:
    """The released concerns as a list; the map beside it says the same."""
    wanted = _wanted(request)
    page = queries.public_page(request.viewer, wanted)
    language = get_language() or "de"
    context = {
        "page": page,
        "wanted": wanted,
        "states": [
            (state, word_for_others(state), state in wanted.states) for state in SHOWN_STATES
        ],
        "themes": [
            (theme.pk, theme.name_in(language), theme.pk == wanted.theme_id)
            for theme in themes_of(request.quarter)
        ],
        "points_url": reverse("concerns:geojson"),
        "nav_section": "concerns",
        **page_urls(request.GET, page),
    }
    return render(request, "concerns/public/list.html", context)


@require_safe
@public
def public_concern(request: HouseRequest, reference: str) -> HttpResponse:
    """One released concern with its honest trace; 404 for everything else alike.

    One that belongs to another one leads there, as far as everybody may read that.
    """
    concern = or_404(queries.get_released, request.viewer, reference)
    if concern.leader and is_public(concern.leader):
        return redirect("concerns:status", concern.leader.dossier.reference)
    return show_concern(request, concern, VoiceForm(), HTTPStatus.OK)


def show_concern(
    request: HouseRequest, concern: Concern, form: VoiceForm, status: HTTPStatus
) -> HttpResponse:
    """Render the page of a released concern. form: with which somebody says "me too"."""
    point = None
    if concern.public_latitude is not None:
        point = f"{concern.public_latitude},{concern.public_longitude}"
    context = {
        "concern": concern,
        "headline": timeline.public_headline(concern),
        "steps": timeline.public_steps(concern),
        "photos": [d for d in documents_of(request.viewer, concern.dossier) if d.is_released],
        "point": point,
        "voice_form": form if may_add_voice(concern) else None,
        "voice_count": queries.public_voice_count(concern),
        "voice_thanks": request.GET.get("stimme", ""),
        "nav_section": "concerns",
    }
    return render(request, "concerns/public/concern.html", context, status=status)


@require_safe
@public
def geojson(request: HouseRequest) -> HttpResponse:
    """The released places as GeoJSON (RFC 7946), at most 4,000; unchanged ones answer 304."""
    etag = f'"{request.quarter.pk}-{get_language()}-{journal_mark()}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    labels = {state.value: dumps(str(word_for_others(state))) for state in ConcernState}
    base = dumps(reverse("concerns:status", args=["0"]).removesuffix("0/"))[:-1]
    # Formatted by hand: a serialiser would take longer than the query.
    features = ",".join(
        f'{{"type":"Feature","geometry":{{"type":"Point","coordinates":[{longitude:.6f},'
        f'{latitude:.6f}]}},"properties":{{"number":"{reference}","title":{dumps(title)},'
        f'"state":{labels[state]},"url":{base}{reference}/"}}}}'
        for reference, title, state, latitude, longitude in queries.released_points(request.viewer)
    )
    return HttpResponse(
        f'{{"type":"FeatureCollection","features":[{features}]}}',
        content_type="application/geo+json",
        headers={"ETag": etag, "Cache-Control": "no-cache"},
    )
