"""Reads of what everybody may see: list, map and feed, narrowed alike; and who follows it.

They look as the public, whoever asks: a colleague finds on the public pages what everybody does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import cos, radians
from typing import Any, NamedTuple

from django.db.models import Count, Exists, ExpressionWrapper, F, FloatField, OuterRef, Q, QuerySet
from django.db.models import Subquery as Sub
from django.db.models.functions import Coalesce

from quartiersladen.accounts.rules import Viewer, link_viewer, public_viewer
from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.concerns.models import Concern, Following
from quartiersladen.concerns.queries.lists import PAGE, ConcernFilter, Page, page_of
from quartiersladen.concerns.queries.public import released
from quartiersladen.concerns.states import ConcernState, PlacePrecision
from quartiersladen.concerns.timeline import MOVES
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.search import words_of
from quartiersladen.dossiers.states import Audience
from quartiersladen.kernel.areas import METRES_PER_DEGREE
from quartiersladen.kernel.links import BadLink, read_token
from quartiersladen.quarters.models import Quarter

MOST_POINTS = 4000
IN_A_FEED = 50
#: Near the poles a degree of longitude has no length; nothing is divided by less than this.
NARROWEST = 0.01


@dataclass(frozen=True, slots=True)
class Around:
    """Everything within so many metres of a point."""

    latitude: float
    longitude: float
    metres: int


@dataclass(frozen=True, slots=True)
class PublicFilter:
    """What somebody wants to see. Empty fields do not narrow.

    theme: its short name; its key in addresses of earlier days.  district: its name.
    since, until: days on which it was told, in the quarter's zone, both included.
    """

    states: frozenset[ConcernState] = frozenset()
    theme: str = ""
    district: str = ""
    since: date | None = None
    until: date | None = None
    words: str = ""
    around: Around | None = None


def _near(around: Around) -> tuple[Q, Any]:
    """Return the box that an index could help with, and the square of the distance in degrees."""
    squeeze = max(cos(radians(around.latitude)), NARROWEST)
    high = around.metres / METRES_PER_DEGREE
    wide = high / squeeze
    box = Q(
        public_latitude__range=(around.latitude - high, around.latitude + high),
        public_longitude__range=(around.longitude - wide, around.longitude + wide),
    )
    north = F("public_latitude") - around.latitude
    east = (F("public_longitude") - around.longitude) * squeeze
    apart = ExpressionWrapper(north * north + east * east, output_field=FloatField())
    return box, apart


def shown(quarter: Quarter, wanted: PublicFilter) -> QuerySet[Concern]:
    """Return what everybody may see of a quarter and the filter lets through, newest first."""
    rows = released(public_viewer(quarter.pk)).filter(_what(wanted), _when(quarter, wanted))
    if wanted.around:
        box, apart = _near(wanted.around)
        reach = (wanted.around.metres / METRES_PER_DEGREE) ** 2
        rows = rows.filter(box).alias(apart=apart).filter(apart__lte=reach)
    if wanted.words and not words_of(wanted.words):
        return rows.none()
    for word in words_of(wanted.words):
        rows = rows.filter(public_words__contains=word)
    return rows


def _what(wanted: PublicFilter) -> Q:
    condition = Q()
    if wanted.states:
        condition &= Q(state__in=sorted(wanted.states))
    if wanted.theme:
        by_key = wanted.theme.isdecimal()
        condition &= Q(theme_id=int(wanted.theme)) if by_key else Q(theme__slug=wanted.theme)
    if wanted.district:
        condition &= Q(public_district__name=wanted.district)
    return condition


def _when(quarter: Quarter, wanted: PublicFilter) -> Q:
    condition = Q()
    if wanted.since:
        condition &= Q(created_at__gte=_midnight(quarter, wanted.since))
    if wanted.until:
        condition &= Q(created_at__lt=_midnight(quarter, wanted.until + timedelta(days=1)))
    return condition


def _midnight(quarter: Quarter, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=quarter.zone)


@dataclass(frozen=True, slots=True)
class PublicPage:
    """One page of the list. without_place: how many of those that were counted are on no map."""

    page: Page[Concern]
    without_place: int


Cursor = tuple[datetime, int] | None


def public_page(
    quarter: Quarter,
    wanted: PublicFilter,
    *,
    older_than: Cursor = None,
    newer_than: Cursor = None,
    size: int = PAGE,
) -> PublicPage:
    """Return one page of the public list, newest first; three statements."""
    rows = shown(quarter, wanted)
    asked = ConcernFilter(words=wanted.words, older_than=older_than, newer_than=newer_than)
    page = page_of(rows.select_related("dossier", "theme", "public_district"), asked, size, list)
    # Of so many as are counted: to look for one without a place may mean to read them all.
    newest = rows[: page.counted + 1].values("pk", "public_latitude")
    sums = newest.aggregate(all=Count("pk"), placed=Count("public_latitude"))
    return PublicPage(page, sums["all"] - sums["placed"])


Point = tuple[str, str, str, float, float]


def released_points(quarter: Quarter, wanted: PublicFilter) -> list[Point]:
    """Return (reference, title, state, latitude, longitude) of what has a place; one statement."""
    return list(
        shown(quarter, wanted)
        .exclude(place_precision=PlacePrecision.NONE)
        .filter(public_latitude__isnull=False)
        .values_list(
            "dossier__reference", "public_title", "state", "public_latitude", "public_longitude"
        )[:MOST_POINTS]  # type: ignore[arg-type]  # the filter leaves no None
    )


# --- What changed when ---------------------------------------------------------------------------
#: A line of the journal that everybody may read, another state, or the moment of showing other words.
TOLD = Q(audience=Audience.PUBLIC) | Q(deed__in=(*MOVES, "released"))


class FeedRow(NamedTuple):
    """One concern in the feed. changed_at: when everybody last read something else."""

    reference: str
    title: str
    text: str
    state: str
    theme_slug: str | None
    theme_name: Mapping[str, str] | None
    created_at: datetime
    released_at: datetime
    changed_at: datetime


def feed_rows(quarter: Quarter, wanted: PublicFilter, *, limit: int = IN_A_FEED) -> list[FeedRow]:
    """Return what changed last, the latest first; one statement."""
    lines = Entry.objects.filter(TOLD, dossier=OuterRef("pk")).order_by("-at", "-pk")
    rows = (
        shown(quarter, wanted)
        .annotate(changed_at=Coalesce(Sub(lines.values("at")[:1]), "released_at"))
        .order_by("-changed_at", "-pk")
        .values_list(
            "dossier__reference",
            "public_title",
            "public_text",
            "state",
            "theme__slug",
            "theme__name",
            "created_at",
            "released_at",
            "changed_at",
        )
    )
    return [FeedRow(*row) for row in rows[:limit]]  # type: ignore[arg-type]  # released has a day


@dataclass(frozen=True, slots=True)
class Piece:
    """What is new of one concern. entries: lines that everybody may read, the oldest first."""

    concern: Concern
    is_new: bool
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class News:
    """What somebody who follows gets to read. more: how many concerns did not fit in."""

    pieces: list[Piece]
    more: int


def news_of(following: Following, *, until: datetime, limit: int) -> News:
    """Return what happened since the person was last told; three statements.

    Of a concern that is joined to another one that is what happens to the leading one.
    """
    span = Q(at__gt=following.told_until, at__lte=until)
    lines = Entry.objects.filter(span, audience=Audience.PUBLIC)
    is_new = Q(released_at__gt=following.told_until, released_at__lte=until)
    rows = (
        shown(following.quarter, wanted_by(following))
        .filter(is_new | Q(Exists(lines.filter(dossier=OuterRef("pk")))))
        .select_related("dossier", "quarter", "theme")
    )
    if following.concern:
        rows = rows.filter(pk__in={following.concern.pk, following.concern.leader_id} - {None})
    total, concerns = rows.order_by().count(), list(rows[:limit])
    entries: dict[int, list[Entry]] = {concern.pk: [] for concern in concerns}
    for entry in lines.filter(dossier__in=entries).order_by("at", "pk"):
        entries[entry.dossier_id].append(entry)
    pieces = [
        Piece(
            concern,
            is_new=concern.released_at is not None and concern.released_at > following.told_until,
            entries=entries[concern.pk],
        )
        for concern in concerns
    ]
    return News(pieces, total - len(concerns))


def wanted_by(following: Following) -> PublicFilter:
    """Return the filter that shows on the public list what somebody follows."""
    around = None
    if following.latitude is not None and following.longitude is not None:
        around = Around(following.latitude, following.longitude, following.metres or 0)
    return PublicFilter(
        theme=following.theme.slug if following.theme else "",
        district=following.district.name if following.district else "",
        around=around,
    )


# --- Who follows ---------------------------------------------------------------------------------
def due_weekly(quarter: Quarter, *, before: datetime) -> QuerySet[Following]:
    """Return who was last told before a moment and gets one mail a week."""
    return _confirmed(quarter).filter(rhythm="weekly", told_until__lt=before)


def due_at_once(quarter: Quarter, *, until: datetime) -> QuerySet[Following]:
    """Return who follows one concern of which there is news that they were not told.

    Of a joined one the news are those of the leading one.
    """
    lines = Entry.objects.filter(
        audience=Audience.PUBLIC, at__gt=OuterRef("told_until"), at__lte=until
    )
    own = Exists(lines.filter(dossier=OuterRef("concern")))
    of_leader = Exists(lines.filter(dossier=OuterRef("concern__leader")))
    return _confirmed(quarter).filter(own | of_leader, rhythm="at-once")


def _confirmed(quarter: Quarter) -> QuerySet[Following]:
    rows = Following.objects.filter(quarter=quarter, confirmed_at__isnull=False)
    return rows.select_related("quarter", "theme", "district", "concern__dossier").order_by("pk")


def followings_for(viewer: Viewer) -> QuerySet[Following]:
    """Return who follows what, for lead and moderator; nothing for others."""
    if not viewer.may_work:
        return Following.objects.none()
    rows = Following.objects.filter(quarter_id=viewer.quarter_id)
    return rows.select_related("quarter", "theme", "district", "concern__dossier").order_by("pk")


def following_to_confirm(quarter: Quarter, token: str, today: date) -> tuple[Following, Viewer]:
    """Return what a link in a first mail confirms, and its holder.

    Raises Following.DoesNotExist for every reason alike: forged, expired, left, other quarter.
    """
    return _by_link(LinkPurpose.FOLLOW_CONFIRM, quarter, token, today)


def following_to_leave(quarter: Quarter, token: str, today: date) -> tuple[Following, Viewer]:
    """Return what a link in a later mail ends, and its holder. Raises as following_to_confirm."""
    return _by_link(LinkPurpose.FOLLOW_LEAVE, quarter, token, today)


def _by_link(
    purpose: LinkPurpose, quarter: Quarter, token: str, today: date
) -> tuple[Following, Viewer]:
    try:
        claim = read_token(purpose, token, today=today)
    except BadLink as exc:
        raise Following.DoesNotExist from exc
    following = Following.objects.select_related(
        "quarter", "theme", "district", "concern__dossier"
    ).get(pk=claim.subject_id, quarter=quarter, link_generation=claim.generation)
    return following, link_viewer(quarter.pk, purpose, following.pk)
