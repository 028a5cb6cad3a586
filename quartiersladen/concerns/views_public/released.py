"""What everybody may see: the list, the map, the feed, and one released concern."""

from hashlib import sha256
from http import HTTPStatus
from json import dumps

from django.http import HttpResponse, HttpResponseNotModified, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from quartiersladen.accounts.access import HouseRequest, or_404, public
from quartiersladen.concerns import feed, timeline
from quartiersladen.concerns import released as shown
from quartiersladen.concerns.forms.public_filter import Asked, FilterPage, read_filter
from quartiersladen.concerns.forms.voice import VoiceForm
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.paging import cursor_from, page_urls
from quartiersladen.concerns.queries.public import get_released
from quartiersladen.concerns.queries.voices import public_voice_count
from quartiersladen.concerns.rules import is_public, may_add_voice
from quartiersladen.concerns.states import ConcernState, word_for_others
from quartiersladen.dossiers.queries import documents_of, journal_mark
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.queries import districts_of, premises_of, public_themes_of


def _filter_page(quarter: Quarter, asked: Asked) -> FilterPage:
    language = get_language() or "de"
    return FilterPage(
        asked,
        themes=[(t.slug, str(t.name_in(language)), t.pk) for t in public_themes_of(quarter)],
        districts=[district.name for district in districts_of(quarter)],
        places=[
            (f"{place.latitude},{place.longitude}", f"{place.name}, {place.street}")
            for place in premises_of(quarter)
            if place.latitude is not None
        ],
    )


def _with(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def _feed_query(asked: Asked) -> str:
    """Return the filter as the feed's address has it: a feed reader has no language of its own."""
    query = QueryDict(asked.query, mutable=True)
    if get_language() not in {None, "de"}:
        query["lang"] = str(get_language())
    return query.urlencode()


@require_safe
@public
def public_list(request: HouseRequest) -> HttpResponse:
    """The released concerns as a list; the map beside it shows the same."""
    asked = read_filter(request.GET)
    found = shown.public_page(
        request.quarter,
        asked.wanted,
        older_than=cursor_from(request.GET.get("vor", "")),
        newer_than=cursor_from(request.GET.get("nach", "")),
    )
    without_point = Asked(
        asked.wanted, {k: v for k, v in asked.fields.items() if k not in {"ort", "umkreis"}}
    )
    context = {
        "page": found.page,
        "without_place": found.without_place,
        "most_points": shown.MOST_POINTS,
        "filter": _filter_page(request.quarter, asked),
        "is_short": bool(asked.wanted.words) and not found.page.words,
        "points_url": _with(reverse("concerns:geojson"), asked.query),
        "near_url": _with(reverse("concerns:public_list"), without_point.query),
        "feed_url": _with(reverse("concerns:atom"), _feed_query(asked)),
        "follow_url": _with(reverse("concerns:follow"), asked.query),
        "nav_section": "concerns",
        **page_urls(request.GET, found.page),
    }
    return render(request, "concerns/public/list.html", context)


@require_safe
@public
def public_concern(request: HouseRequest, reference: str) -> HttpResponse:
    """One released concern with its honest trace; 404 for everything else alike.

    One that belongs to another one leads there, as far as everybody may read that.
    """
    concern = or_404(get_released, request.viewer, reference)
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
        "voice_count": public_voice_count(concern),
        "voice_thanks": request.GET.get("stimme", ""),
        "nav_section": "concerns",
    }
    return render(request, "concerns/public/concern.html", context, status=status)


def _mark(request: HouseRequest, asked: Asked) -> str:
    """Return the ETag of what a filter shows; the journal's mark changes with every deed."""
    narrowed = sha256(asked.query.encode()).hexdigest()[:16] if asked.query else ""
    return f'"{request.quarter.pk}-{get_language()}-{journal_mark()}{narrowed and "-"}{narrowed}"'


def _unchanged(request: HouseRequest, etag: str) -> bool:
    return request.headers.get("If-None-Match") == etag


@require_safe
@public
def geojson(request: HouseRequest) -> HttpResponse:
    """The released places as GeoJSON (RFC 7946), at most 4,000; unchanged ones answer 304."""
    asked = read_filter(request.GET)
    etag = _mark(request, asked)
    if _unchanged(request, etag):
        return HttpResponseNotModified(headers={"ETag": etag})
    labels = {state.value: dumps(str(word_for_others(state))) for state in ConcernState}
    base = dumps(reverse("concerns:status", args=["0"]).removesuffix("0/"))[:-1]
    # Formatted by hand: a serialiser would take longer than the query.
    features = ",".join(
        f'{{"type":"Feature","geometry":{{"type":"Point","coordinates":[{longitude:.6f},'
        f'{latitude:.6f}]}},"properties":{{"number":"{reference}","title":{dumps(title)},'
        f'"state":{labels[state]},"url":{base}{reference}/"}}}}'
        for reference, title, state, latitude, longitude in shown.released_points(
            request.quarter, asked.wanted
        )
    )
    return HttpResponse(
        f'{{"type":"FeatureCollection","features":[{features}]}}',
        content_type="application/geo+json",
        headers={"ETag": etag, "Cache-Control": "no-cache"},
    )


@require_safe
@public
def atom(request: HouseRequest) -> HttpResponse:
    """What changed last as an Atom feed; unchanged ones answer 304."""
    asked = read_filter(request.GET)
    etag = _mark(request, asked)
    if _unchanged(request, etag):
        return HttpResponseNotModified(headers={"ETag": etag})
    made = feed.atom(
        request.quarter,
        shown.feed_rows(request.quarter, asked.wanted),
        language=get_language() or "de",
        query=_feed_query(asked),
        otherwise=request.quarter.created_at,
    )
    return HttpResponse(
        made,
        content_type=f"{feed.MEDIA_TYPE}; charset=utf-8",
        headers={"ETag": etag, "Cache-Control": "no-cache"},
    )
