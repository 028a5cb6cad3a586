"""What a report resembles: rules of scope that fit it, and concerns that may be the same.

For the public only what is released is compared, by its public words and its public point: a hint
must not tell where something lies or what somebody wrote before the office showed it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from json import loads
from math import cos, hypot, radians
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat

from quartiersladen.accounts.rules import Viewer, public_viewer
from quartiersladen.concerns.models import Concern, ScopeRule
from quartiersladen.concerns.queries.public import released
from quartiersladen.concerns.queries.seen import concerns_inside
from quartiersladen.concerns.states import (
    HELD,
    OPEN,
    ConcernState,
    PlacePrecision,
    RuleMode,
)
from quartiersladen.dossiers.models import Document
from quartiersladen.kernel.areas import METRES_PER_DEGREE
from quartiersladen.kernel.text import NOT_IN_WORDS, fold, likeness, trigrams
from quartiersladen.quarters.models import Quarter

DAYS = 90  # so long a closed concern may be the same
MOST = 5  # hints
CANDIDATES = 12  # are looked at closely, the nearest or newest ones
WITHOUT_A_POINT = 40  # candidates when only words say where
ROUGH_METRES = 160  # half the diagonal of the grid on which "only roughly" shows a place
SAME_PLACE = 0.7  # of the letters of a place in the words of another concern
SAME_WORDS = 0.6
WORDS_WEIGH = 2  # times as much as the distance
FACTS, RULE, NEAR = range(3)
COLUMNS = ("row_kind", "row_key", "row_words", "row_flags", "row_y", "row_x")


class Spot(NamedTuple):
    """A point in degrees."""

    latitude: float
    longitude: float

    def metres_to(self, latitude: float, longitude: float) -> float:
        """Return the distance; exact enough for a neighbourhood."""
        squeeze = cos(radians(self.latitude))
        north, east = latitude - self.latitude, (longitude - self.longitude) * squeeze
        return METRES_PER_DEGREE * hypot(north, east)


@dataclass(frozen=True, slots=True)
class Matter:
    """What is compared. spot: where it is, if somebody set a pin.  place: where it is in words."""

    text: str
    theme_id: int | None
    spot: Spot | None = None
    place: str = ""


def spot_of(latitude: float | None, longitude: float | None) -> Spot | None:
    """Return the point, None when there is none."""
    return None if latitude is None or longitude is None else Spot(latitude, longitude)


@dataclass(frozen=True, slots=True)
class Alike:
    """A concern that may be the same. metres: None where only words say so, or roughly shown."""

    concern: Concern
    score: float
    metres: int | None = None
    photo: Document | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What one statement found. facts: the row that the caller asked for with it, if any."""

    facts: tuple[int | None, int] | None = None
    rules: Sequence[int] = ()
    near: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Hints:
    """What somebody should know before they send. is_danger: call 110 or 112 first."""

    rules: list[ScopeRule] = field(default_factory=list)
    near: list[Alike] = field(default_factory=list)
    is_danger: bool = False

    @property
    def is_stopped(self) -> bool:
        """Whether it goes on only as a hint of public interest."""
        return not self.is_danger and any(rule.is_stop for rule in self.rules)

    def __bool__(self) -> bool:
        return bool(self.rules or self.near or self.is_danger)


# --- One statement for everything -----------------------------------------------------------------
def facts_row(key: Any, flags: Any) -> dict[str, Any]:  # noqa: ANN401 -- expressions of Django
    """Return the columns of the caller's own row: a key and a number."""
    return _columns(FACTS, key=key, flags=flags)


def facts_of(rows: QuerySet[Any]) -> tuple[int | None, int]:
    """Ask for the caller's own row alone."""
    [(_kind, key, _words, flags, _y, _x)] = _row(rows, {})
    return key, flags


def _columns(kind: int, **given: Any) -> dict[str, Any]:  # noqa: ANN401 -- expressions of Django
    # Casts, because PostgreSQL takes a bare NULL of two rows for a text.
    nothing = {
        "key": Value(None),
        "words": Value(""),
        "flags": Value(0),
        "y": Value(None),
        "x": Value(None),
    } | given
    kinds: dict[str, Any] = {
        "key": BigIntegerField(),
        "words": TextField(),
        "flags": IntegerField(),
        "y": FloatField(),
        "x": FloatField(),
    }
    columns = {f"row_{name}": Cast(nothing[name], kinds[name]) for name in kinds}
    return {"row_kind": Value(kind, IntegerField()), **columns}


def _row(rows: QuerySet[Any], columns: dict[str, Any]) -> QuerySet[Any, Any]:
    found: QuerySet[Any, Any] = rows.order_by().annotate(**columns).values_list(*COLUMNS)
    return found


def _rules(quarter: Quarter, theme_id: int | None) -> QuerySet[ScopeRule]:
    themes = ScopeRule.themes.through.objects.filter(scoperule=OuterRef("pk"))
    # Who is not sure of the theme is told by the words alone.
    own = Q(Exists(themes.filter(theme=theme_id))) if theme_id else ~Q(words=[])
    fitting = Q(~Exists(themes)) | own
    return ScopeRule.objects.filter(fitting, quarter=quarter, is_active=True)


def _recent(rows: QuerySet[Concern], now: datetime) -> QuerySet[Concern]:
    closed = Q(state=ConcernState.ANSWERED, closed_at__gte=now - timedelta(days=DAYS))
    return rows.filter(Q(state__in=sorted(OPEN)) | closed)


def _shown_near(
    quarter: Quarter, theme_id: int, spot: Spot, metres: int, now: datetime
) -> QuerySet[Concern]:
    """Return the released concerns of a theme in the square around a point, the nearest ones."""
    rows = _recent(released(public_viewer(quarter.pk)), now).filter(theme_id=theme_id)
    reach = (metres + ROUGH_METRES) / METRES_PER_DEGREE
    return _nearest(rows, spot, reach, "public_latitude", "public_longitude")


def _nearest(
    rows: QuerySet[Concern], spot: Spot, reach: float, latitude: str, longitude: str
) -> QuerySet[Concern]:
    wide = reach / max(cos(radians(spot.latitude)), 0.01)
    inside = rows.filter(
        **{
            f"{latitude}__range": (spot.latitude - reach, spot.latitude + reach),
            f"{longitude}__range": (spot.longitude - wide, spot.longitude + wide),
        }
    )
    north, east = F(latitude) - spot.latitude, (F(longitude) - spot.longitude) * (reach / wide)
    return inside.order_by(north * north + east * east, "-pk")[:CANDIDATES]


def look(
    quarter: Quarter,
    matter: Matter,
    *,
    now: datetime,
    with_near: bool = True,
    facts: QuerySet[Any] | None = None,
) -> Look:
    """Ask for fitting rules and near concerns in one statement.

    facts: rows of the caller's own with the columns of facts_row(), asked for with the rest.
    Without a point that is near whose public copy names the place that was typed.
    """
    arms = [] if facts is None else [_row(facts, {})]
    is_stop = Case(When(mode=RuleMode.STOP, then=Value(1)), default=Value(0))
    arms.append(
        _row(
            _rules(quarter, matter.theme_id),
            _columns(RULE, key=F("pk"), words=F("words"), flags=is_stop),
        )
    )
    metres = quarter.near_metres
    if with_near and matter.theme_id and matter.spot:
        near = _shown_near(quarter, matter.theme_id, matter.spot, metres, now)
        is_rough = Case(
            When(place_precision=PlacePrecision.STREET, then=Value(1)), default=Value(0)
        )
        point = {"y": F("public_latitude"), "x": F("public_longitude")}
        arms.append(_row(_only(near), _columns(NEAR, key=F("pk"), flags=is_rough, **point)))
    elif with_near and matter.theme_id and matter.place.strip():
        recent = _recent(released(public_viewer(quarter.pk)), now).filter(theme=matter.theme_id)
        words = Concat("public_title", Value(" "), "public_text", output_field=TextField())
        newest = _only(recent[:WITHOUT_A_POINT])
        arms.append(_row(newest, _columns(NEAR, key=F("pk"), words=words)))
    first, *others = arms
    return _read(matter, metres, first.union(*others, all=True) if others else first)


def _only(rows: QuerySet[Concern]) -> QuerySet[Concern]:
    """Return just these rows, so that a limit may stand in a part of a larger statement."""
    return Concern.objects.filter(pk__in=rows.values("pk"))


def _read(matter: Matter, metres: int, rows: Iterable[tuple[Any, ...]]) -> Look:
    facts, rules, near = None, [], []
    told, place = spaced(matter.text), trigrams(matter.place)
    for kind, key, words, flags, latitude, longitude in rows:
        if kind == FACTS:
            facts = (key, flags)
        elif kind == RULE:
            if fits(loads(words), told):
                rules.append(key)
        elif matter.spot:
            reach = metres + ROUGH_METRES * flags
            if matter.spot.metres_to(latitude, longitude) <= reach:
                near.append(key)
        elif likeness(place, trigrams(words)) >= SAME_PLACE:
            near.append(key)
    return Look(facts, rules, near)


def spaced(text: str) -> str:
    """Return the folded words of a text, one space before each."""
    return " " + " ".join(word for word in NOT_IN_WORDS.split(fold(text)) if word)


def fits(words: Sequence[str], told: str) -> bool:
    """Say whether one of the beginnings stands in what was told; a rule without words always fits.

    told: as spaced() returns it.
    """
    return not words or any(spaced(word) in told for word in words)


# --- The hints themselves -------------------------------------------------------------------------
def rules_with_addresses(keys: Sequence[int]) -> list[ScopeRule]:
    """Return rules in the office's order, the stops first; no statement without keys."""
    if not keys:
        return []
    rules = ScopeRule.objects.filter(pk__in=keys).select_related("right_address")
    return sorted(rules, key=lambda rule: (not rule.is_stop, rule.position, rule.pk))


def hints(
    quarter: Quarter, matter: Matter, found: Look, *, now: datetime, with_near: bool = True
) -> Hints:
    """Return what a look found, ready to be shown; no statement when it found nothing."""
    near = _alike_for_all(quarter, matter, found, now) if with_near else []
    return Hints(rules=rules_with_addresses(found.rules), near=near)


def _alike_for_all(quarter: Quarter, matter: Matter, found: Look, now: datetime) -> list[Alike]:
    if not found.near:
        return []
    rows = released(public_viewer(quarter.pk)).filter(pk__in=found.near)
    alike = [_shown(quarter, matter, row, now) for row in rows.select_related("dossier")]
    return _with_photos(_best(alike), is_released=True)


def _shown(quarter: Quarter, matter: Matter, row: Concern, now: datetime) -> Alike:
    """How far a place is that is shown only roughly is not said."""
    public_words = trigrams(f"{row.public_title} {row.public_text}")
    score = WORDS_WEIGH * likeness(trigrams(matter.text), public_words) + _lately(row, now)
    if row.place_precision != PlacePrecision.EXACT:
        return Alike(row, score)
    metres = _metres(matter.spot, row.public_latitude, row.public_longitude)
    return Alike(row, score + _closeness(metres, quarter), metres)


def _metres(spot: Spot | None, latitude: float | None, longitude: float | None) -> int | None:
    if spot is None or latitude is None or longitude is None:
        return None
    return round(spot.metres_to(latitude, longitude))


def _closeness(metres: int | None, quarter: Quarter) -> float:
    return 0.0 if metres is None else max(0.0, 1 - metres / max(quarter.near_metres, 1))


def _lately(row: Concern, now: datetime) -> float:
    """Return up to a quarter for what came in lately: the same thing is told within days."""
    return max(0.0, 1 - (now - row.created_at) / timedelta(days=DAYS)) / 4


def _best(alike: Iterable[Alike]) -> list[Alike]:
    return sorted(alike, key=lambda one: (-one.score, -one.concern.pk))[:MOST]


def _with_photos(alike: list[Alike], *, is_released: bool) -> list[Alike]:
    """Add the first photo of each; one statement, none without concerns."""
    if not alike:
        return []
    photos = Document.objects.filter(dossier__in=[one.concern.pk for one in alike])
    if is_released:
        photos = photos.filter(is_released=True)
    first: dict[int, Document] = {}
    for photo in photos.order_by("position", "pk"):
        first.setdefault(photo.dossier_id, photo)
    return [Alike(one.concern, one.score, one.metres, first.get(one.concern.pk)) for one in alike]


def likely_duplicates(viewer: Viewer, concern: Concern, *, now: datetime) -> list[Alike]:
    """Return what may be the same as a concern, for the desk, unreleased ones too; most likely first.

    Near ones of the same theme, and without a point those of the same place or the same words. Two
    statements.
    """
    quarter = concern.quarter
    spot = spot_of(concern.latitude, concern.longitude)
    matter = Matter(concern.text, concern.theme_id, spot, concern.place_text)
    rows = _recent(concerns_inside(viewer), now).exclude(pk=concern.pk)
    rows = rows.exclude(state__in=sorted(HELD)).select_related("dossier", "theme")
    if matter.theme_id:
        rows = rows.filter(theme_id=matter.theme_id)
    if matter.spot is None:
        rows = rows.order_by("-created_at", "-pk")[:WITHOUT_A_POINT]
    else:
        reach = quarter.near_metres / METRES_PER_DEGREE
        rows = _nearest(rows, matter.spot, reach, "latitude", "longitude")
    alike = (_compared(quarter, matter, row, now) for row in rows)
    return _with_photos(_best(one for one in alike if one), is_released=False)


def _compared(quarter: Quarter, matter: Matter, row: Concern, now: datetime) -> Alike | None:
    words = likeness(trigrams(matter.text), trigrams(row.text))
    metres = _metres(matter.spot, row.latitude, row.longitude)
    score = WORDS_WEIGH * words + _closeness(metres, quarter) + _lately(row, now)
    if metres is not None:
        return Alike(row, score, metres) if metres <= quarter.near_metres else None
    place = likeness(trigrams(matter.place), trigrams(f"{row.place_text} {row.text}"))
    return Alike(row, score + place) if max(words, place) >= SAME_WORDS else None
