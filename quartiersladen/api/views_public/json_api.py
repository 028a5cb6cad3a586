"""The JSON interface: what is released, sums, and telling a concern with a partner's key."""

import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal, cast

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Field, NinjaAPI, Query, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from quartiersladen.api import responses
from quartiersladen.api.models import ApiKey
from quartiersladen.api.parameters import plain
from quartiersladen.api.queries import figures, keys, offers, requests
from quartiersladen.api.services.creations import Wish, count_use, tell_by_program
from quartiersladen.api.services.keys import note_use
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.models.concern import TEXT_LENGTH
from quartiersladen.concerns.queries.public import get_released
from quartiersladen.concerns.states import (
    HELD,
    Channel,
    ConcernKind,
    ConcernState,
    PlacePrecision,
    Result,
    word_for_others,
)
from quartiersladen.kernel.errors import Conflict, Invalid, NotAllowed, Refusal, TooMany
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.queries import public_themes_of

MOST_ROWS = 200
STATUS: tuple[tuple[type[Refusal], int, str], ...] = (
    (NotAllowed, 403, "Forbidden"),
    (Conflict, 409, "Conflict"),
    (TooMany, 429, "Too Many Requests"),
    (Invalid, 422, "Unprocessable Content"),
)
START = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
CURSOR = re.compile(r"([0-9]{1,17})-([0-9]{1,18})")  # until the year 5138
Words = Annotated[str, Field(max_length=TEXT_LENGTH)]
Line = Annotated[str, Field(max_length=200)]
State = Literal[
    "new", "checked", "ours", "forwarded", "asked_again", "question", "answered", "joined"
]


# --- What is said ---------------------------------------------------------------------------------
class Problem(Schema):
    """What stood against a request, for people (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    errors: list[dict[str, str]] | None = None


class ConcernOut(Schema):
    """A released concern. Photos and `url` are addresses of this server."""

    reference: str = Field(examples=["2026-0042"])
    title: str
    text: str
    theme: str | None = Field(description="`slug` of the theme")
    state: State
    state_name: str = Field(description="The state in words for people")
    created_at: datetime
    released_at: datetime | None
    closed_at: datetime | None
    result: Literal[tuple(Result.values)] | None = Field(  # type: ignore[valid-type]  # a closed list
        description="How it ended: answered and fixed are two things"
    )
    answer: str = Field(description="What the office says about the end")
    reason: str
    latitude: float | None
    longitude: float | None
    place_precision: Literal[tuple(PlacePrecision.values)]  # type: ignore[valid-type]  # a closed list
    photos: list[str]
    url: str


class ConcernsOut(Schema):
    """One page of a list. next: give it as `before` to go on; null at the end."""

    concerns: list[ConcernOut]
    next: str | None


class SentOut(Schema):
    """What came in with the key that asks and is not released: its state without any words."""

    reference: str
    state: Literal[tuple(sorted(set(ConcernState.values) - {state.value for state in HELD}))]  # type: ignore[valid-type]  # a closed list
    state_name: str
    created_at: datetime
    is_released: bool = False


class ThemeOut(Schema):
    """A theme that can be chosen."""

    slug: str
    name: str
    needs_place: bool
    attributes: list["AttributeOut"]


class AttributeOut(Schema):
    """A question that belongs to a theme."""

    code: str
    datatype: str
    required: bool
    description: str
    values: dict[str, str]


class SumOut(Schema):
    """How many there are. count: null for one to four, and for what would betray such a number."""

    key: str
    name: str
    count: int | None


class StatisticsOut(Schema):
    """Sums of a year as on the page for everybody. A list is null if nothing of it may be told."""

    year: int
    first: date = Field(description="First day that is counted")
    last: date = Field(description="Last one; of the present year the end of a quarter of a year")
    total: int | None
    themes: list[SumOut] | None = Field(description="key: `slug` of the theme, empty for none")
    states: list[SumOut] | None
    channels: list[SumOut] | None
    months: list[SumOut] | None


class ConcernIn(Schema):
    """What is told. A place is needed: a point, an address, or both."""

    model_config = {"extra": "forbid"}

    theme: Line = Field(description="`slug` of a theme")
    text: Words
    kind: Literal[tuple(ConcernKind.values)] = "problem"  # type: ignore[valid-type]  # a closed list
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    address: Line = ""
    name: str = Field("", max_length=120)
    email: str = Field("", max_length=254)
    phone: str = Field("", max_length=40)
    media_url: str = Field("", max_length=2000, description="Shown to the office, never fetched")
    attributes: dict[str, str | list[str]] = Field(
        {}, max_length=100, description="code -> answer; several for `multivaluelist`"
    )


class PartnerKey(HttpBearer):
    """`Authorization: Bearer KEY`, with the key that the office gave to a partner."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        """Return the key; None for every other word alike."""
        return _key(request, token)


def _key(request: Any, token: str) -> ApiKey | None:  # noqa: ANN401 -- a HouseRequest
    try:
        return keys.key_of(request.quarter, token.strip())
    except ObjectDoesNotExist:
        return None


api = NinjaAPI(
    title="Quartiersladen",
    version="1",
    description=(
        "What the neighbourhood office has released, sums, and telling a concern with a key. "
        "Nothing here needs or reads a cookie. Errors are problem details (RFC 9457)."
    ),
    docs_url=None,
    openapi_url=None,
    urls_namespace="json",
)
FAULTS: dict[Any, Any] = {422: Problem}
MISSING: dict[Any, Any] = {404: Problem, **FAULTS}


# --- What is released -----------------------------------------------------------------------------
class SearchIn(Schema):
    """What a list is narrowed by."""

    theme: Line = Field("", description="`slug` of a theme")
    state: State | None = None
    since: datetime | None = Field(None, description="Told at this moment or later, with offset")
    bbox: str = Field(
        "",
        max_length=120,
        description="west,south,east,north in degrees",
        examples=["12,51,13,52"],
    )
    before: str = Field("", max_length=60, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=MOST_ROWS)


@api.get("/concerns", response={200: ConcernsOut, **FAULTS}, operation_id="list_concerns")
def concerns(request: Any, search: Query[SearchIn]) -> dict[str, Any]:  # noqa: ANN401 -- a HouseRequest
    """Released concerns, newest first."""
    rows = figures.found(
        request.viewer,
        figures.Search(
            theme=plain(search.theme),
            state=ConcernState(search.state) if search.state else None,
            since=_moment(search.since, request.quarter),
            box=_box(search.bbox),
            before=_cursor(search.before),
            size=search.limit,
        ),
    )
    shown = rows[: search.limit]
    photos = figures.photos_of(request.viewer, shown)
    is_more = len(rows) > search.limit
    return {
        "concerns": [_shown(request.quarter, one, photos.get(one.pk, [])) for one in shown],
        "next": _cursor_of(shown[-1]) if is_more else None,
    }


def _moment(at: datetime | None, quarter: Quarter) -> datetime | None:
    if at is None:
        return None
    try:
        return (at if at.tzinfo else at.replace(tzinfo=quarter.zone)).astimezone(UTC)
    except OverflowError:
        raise Invalid(_("since is no moment that there is."), field="since") from None


def _box(text: str) -> figures.Box | None:
    if not text.strip():
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west, south, east, north = 0.0, 1.0, 0.0, -1.0
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Invalid(_("bbox is west,south,east,north in degrees."), field="bbox")
    return west, south, east, north


def _cursor_of(concern: Concern) -> str:
    return f"{(concern.created_at - START) // MICROSECOND}-{concern.pk}"


def _cursor(text: str) -> tuple[datetime, int] | None:
    if not text:
        return None
    read = CURSOR.fullmatch(text)
    if read is None:
        raise Invalid(_("before is the `next` of another page."), field="before")
    return START + int(read[1]) * MICROSECOND, int(read[2])


def _shown(quarter: Quarter, concern: Concern, photos: list[Any]) -> dict[str, Any]:
    base = quarter.absolute_url("/").removesuffix("/")
    reference = concern.dossier.reference
    # Of a joined or reopened one the columns may hold words that its own page does not show.
    is_answered = concern.state == ConcernState.ANSWERED
    return {
        "reference": reference,
        "title": concern.public_title,
        "text": concern.public_text,
        "theme": concern.theme.slug if concern.theme else None,
        "state": concern.state,
        "state_name": concern.state_for_others,
        "created_at": concern.created_at,
        "released_at": concern.released_at,
        "closed_at": concern.closed_at,
        "result": concern.result or None,
        "answer": concern.answer if is_answered else "",
        "reason": concern.reason if is_answered else "",
        "latitude": concern.public_latitude,
        "longitude": concern.public_longitude,
        "place_precision": concern.place_precision,
        "photos": [f"{base}/datei/{file}/foto.jpg" for file in photos],
        "url": f"{base}/anliegen/{reference}/",
    }


@api.get(
    "/concerns/{reference}",
    response={200: ConcernOut | SentOut, 401: Problem, **MISSING},
    operation_id="get_concern",
)
def concern(request: Any, reference: str) -> dict[str, Any]:  # noqa: ANN401 -- a HouseRequest
    """One released concern. With its own key a partner also gets the state of what it has sent."""
    reference = plain(reference)
    try:
        found = get_released(request.viewer, reference)
    except ObjectDoesNotExist:
        return _sent(request, reference)
    photos = figures.photos_of(request.viewer, [found])
    return _shown(request.quarter, found, photos.get(found.pk, []))


def _sent(request: Any, reference: str) -> dict[str, Any]:  # noqa: ANN401 -- a HouseRequest
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer":
        raise Http404
    key = _key(request, token)
    if key is None:
        raise AuthenticationError
    note_use(key=key, now=timezone.now())
    row = requests.own_requests(key, [reference]).get(reference)
    if row is None:
        raise Http404
    return {
        "reference": row.reference,
        "state": row.state,
        "state_name": str(word_for_others(ConcernState(row.state))),
        "created_at": row.requested_at,
        "is_released": False,
    }


@api.get("/themes", response={200: list[ThemeOut], **FAULTS}, operation_id="list_themes")
def themes(request: Any) -> list[dict[str, Any]]:  # noqa: ANN401 -- a HouseRequest
    """The themes that can be chosen, with what is asked for each."""
    language = get_language() or settings.LANGUAGE_CODE
    asked = offers.questions_of(request.quarter)
    return [
        {
            "slug": theme.slug,
            "name": theme.name_in(language),
            "needs_place": theme.needs_place,
            "attributes": [
                {
                    "code": one.code,
                    "datatype": one.datatype,
                    "required": one.is_required,
                    "description": one.description,
                    "values": one.names,
                }
                for one in asked.get(theme.pk, [])
            ],
        }
        for theme in public_themes_of(request.quarter)
    ]


class YearIn(Schema):
    """Which figures."""

    year: int | None = Field(None, description="The newest one with figures if it is left out")


@api.get("/statistics", response={200: StatisticsOut, **FAULTS}, operation_id="get_statistics")
def statistics(request: Any, asked: Query[YearIn]) -> dict[str, Any]:  # noqa: ANN401 -- a HouseRequest
    """How many concerns were told in a year, by theme, state, channel and month.

    Of the present year the quarters that are over. Confidential ones are not counted. Numbers
    under five are not told, nor those from which one could be worked out.
    """
    told = figures.year_told(
        request.quarter,
        asked.year,
        today=request.quarter.local_day(timezone.now()),
        language=get_language() or settings.LANGUAGE_CODE,
    )
    first, last = told.period
    lists = {
        name: None if rows is None else [asdict(row) for row in rows]
        for name, rows in told.lists.items()
    }
    return {"year": told.year, "first": first, "last": last, "total": told.total, **lists}


# --- Telling a concern ----------------------------------------------------------------------------
@api.post(
    "/concerns",
    response={201: SentOut, 400: Problem, 401: Problem, 403: Problem, 429: Problem, **FAULTS},
    auth=PartnerKey(),
    operation_id="create_concern",
)
def create(request: Any, told: ConcernIn) -> HttpResponse:  # noqa: ANN401 -- a HouseRequest
    """Tell a concern. It stays internal until the office has released it.

    The same once more within a minute gives the same number.
    """
    key: ApiKey = request.auth
    count_use(key=key)
    theme = public_themes_of(request.quarter).filter(slug=plain(told.theme)).first()
    if theme is None:
        raise Invalid(_("There is no such theme."), field="theme")
    if (told.latitude is None) != (told.longitude is None):
        raise Invalid(_("Please send latitude and longitude together."), field="latitude")
    if not plain(told.text).strip():
        raise Invalid(_("Please write what it is about."), field="text")
    answers = {
        plain(code): [plain(one) for one in ([given] if isinstance(given, str) else given)]
        for code, given in told.attributes.items()
    }
    has_point = told.latitude is not None and told.longitude is not None
    made = tell_by_program(
        key=key,
        wish=Wish(
            theme=theme,
            channel=Channel.API,
            text=plain(told.text),
            kind=ConcernKind(told.kind),
            point=(told.latitude, told.longitude) if has_point else None,  # type: ignore[arg-type]  # both are numbers
            address=plain(told.address).strip(),
            name=plain(told.name).strip(),
            email=plain(told.email).strip(),
            phone=plain(told.phone).strip(),
            media_url=plain(told.media_url).strip(),
            answers=answers,
        ),
        digest=keys.digest_of(repr(sorted(told.dict().items(), key=str))),
        now=timezone.now(),
    )
    response = api.create_response(
        request,
        {
            "reference": made.dossier.reference,
            "state": made.state,
            "state_name": made.state_for_others,
            "created_at": made.created_at.replace(microsecond=0),
            "is_released": False,
        },
        status=201,
    )
    response["Location"] = f"{request.path}/{made.dossier.reference}"
    return response


# --- What stands against it -----------------------------------------------------------------------
@api.exception_handler(Refusal)
def _refused(_request: HttpRequest, refusal: Refusal) -> HttpResponse:
    status, title = next((s, t) for kind, s, t in STATUS if isinstance(refusal, kind))
    name = getattr(refusal, "field", "")
    fields = [{"field": name, "message": str(refusal)}] if name else []
    response = responses.problem(status, title, refusal, fields=fields)
    if isinstance(refusal, TooMany):
        response["Retry-After"] = str(refusal.retry_after)
    return response


@api.exception_handler(ValidationError)
def _wrong(_request: HttpRequest, wrong: ValidationError) -> HttpResponse:
    fields = [
        {"field": str(one["loc"][-1]), "message": _ascii(str(one["msg"]))} for one in wrong.errors
    ]
    detail = _("Please check: %(fields)s") % {"fields": ", ".join(f["field"] for f in fields)}
    return responses.problem(422, "Unprocessable Content", detail, fields=fields)


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()


@api.exception_handler(Http404)
def _missing(_request: HttpRequest, _missing_one: Http404) -> HttpResponse:
    return responses.problem(404, "Not Found", _("There is nothing here, or it is not released."))


@api.exception_handler(HttpError)
def _failed(_request: HttpRequest, failed: HttpError) -> HttpResponse:
    if failed.status_code == 401:
        words = _("This needs a valid key. The neighbourhood office gives them out.")
        response = responses.problem(401, "Unauthorized", words)
        response["WWW-Authenticate"] = 'Bearer realm="Quartiersladen"'
        return response
    return responses.problem(failed.status_code, "Bad Request", _("The body is no valid JSON."))


# --- Addresses ------------------------------------------------------------------------------------
def view_of(name: str) -> Callable[..., HttpResponse]:
    """Return the view that answers all methods of the address with this name, key check included."""
    found, _app, _space = api.urls
    callbacks = {entry.name: entry.callback for entry in found if isinstance(entry, URLPattern)}
    return cast("Callable[..., HttpResponse]", callbacks[name])
