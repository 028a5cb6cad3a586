"""To whom a concern could go: the office's own rules first, its own closed concerns second.

Always only a suggestion, each with its reason; nothing goes out by it. What the viewer may not see
shapes none, and a confidential matter shapes nobody's.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from json import loads
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import (
    Case,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, JSONObject, TruncDate
from django.utils.translation import get_language

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern, Referral, RoutingRule
from quartiersladen.concerns.queries.seen import concerns_inside
from quartiersladen.concerns.rules import may_decide
from quartiersladen.concerns.similar import spaced, spot_of
from quartiersladen.concerns.states import ConcernState, ReferralState
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.dossiers.states import Audience
from quartiersladen.quarters.models import District, Quarter
from quartiersladen.quarters.outline import lies_inside

MOST = 3  # suggestions
DAYS = 730  # so long a closed concern says who helps
NEWEST = 200  # closed concerns are looked at
FEWEST = 3  # of them before they say anything
LEAST_SHARE = 0.1  # of them; a body that helps once in a while is no suggestion
NEAR_METRES = 250
HELPED = frozenset({ReferralState.ANSWERED, ReferralState.ACCEPTED})
RULE, DISTRICT, PAST = range(3)
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a body is suggested: by a rule, or by what became of closed concerns.

    rule: name of the rule, "" for closed concerns; word, theme, district: what of it fits; note:
    the office's own words.  of: closed concerns about the theme that were passed on; helped: how
    many of them the body answered or took on; near: how many of these are near; last_on: when the
    latest of these was closed.
    """

    rule: str = ""
    word: str = ""
    theme: str = ""
    district: str = ""
    note: str = ""
    helped: int = 0
    of: int = 0
    near: int = 0
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A body that a concern could go to, with the contact person if a rule names one."""

    body_id: int
    body: str
    reasons: list[Reason] = field(default_factory=list)
    person_id: int | None = None
    person: str = ""

    @property
    def is_by_rule(self) -> bool:
        """Whether a rule of the office says so."""
        return any(reason.rule for reason in self.reasons)

    @property
    def query(self) -> str:
        """What chooses it on the page for passing on."""
        return chosen([self])


def chosen(suggestions: Iterable[Suggestion]) -> str:
    """Return what chooses these bodies on the page for passing on."""
    pairs = [("stelle", one.body_id) for one in suggestions]
    people = [("ansprechperson", one.person_id) for one in suggestions if one.person_id]
    return urlencode(pairs + people)


class Helped(NamedTuple):
    """One closed concern on which a body helped."""

    concern_id: int
    day: date
    is_near: bool


# --- The one statement ----------------------------------------------------------------------------
def _arm(kind: int, rows: QuerySet[Any], facts: JSONObject) -> QuerySet[Any, Any]:
    row_kind = Value(kind, IntegerField())
    found: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(row_kind=row_kind, row_facts=facts)
        .values_list("row_kind", "row_facts")
    )
    return found


def _rules(concern: Concern, day: date) -> QuerySet[Any, Any]:
    themes = RoutingRule.themes.through.objects.filter(routingrule=OuterRef("pk"))
    # As rules of scope: where the theme is not known, the words alone decide.
    is_of_theme = Exists(themes.filter(theme=concern.theme_id or 0))
    fitting = Q(~Exists(themes)) | (Q(is_of_theme) if concern.theme_id else ~Q(words=[]))
    rows = RoutingRule.objects.filter(
        fitting,
        quarter=concern.quarter_id,
        is_active=True,
        body__quarter=concern.quarter_id,
        body__is_active=True,
    )
    is_there = Q(person__from_on__lte=day) & (Q(person__to_on=None) | Q(person__to_on__gte=day))
    facts = JSONObject(
        key="pk",
        position="position",
        name="name",
        words=Cast("words", TextField()),
        note="note",
        district="district_id",
        by_theme=Case(When(is_of_theme, then=Value(1)), default=Value(0)),
        body="body_id",
        body_name="body__name",
        person=Case(When(is_there, then=F("person_id"))),
        person_name="person__name",
        function="person__function",
    )
    return _arm(RULE, rows, facts)


def _districts(concern: Concern) -> QuerySet[Any, Any]:
    named = RoutingRule.objects.filter(district=OuterRef("pk"), is_active=True)
    rows = District.objects.filter(Exists(named), quarter=concern.quarter_id)
    facts = JSONObject(key="pk", name="name", outline=Cast("outline", TextField()))
    return _arm(DISTRICT, rows, facts)


def _past(viewer: Viewer, concern: Concern, now: datetime) -> QuerySet[Any, Any]:
    """Return who had the newest closed concerns of the same theme, and what they did with them."""
    closed = concerns_inside(viewer).filter(
        ~Q(dossier__audience=Audience.CONFIDENTIAL),
        Exists(Referral.objects.filter(concern=OuterRef("pk"))),
        theme=concern.theme_id,
        state=ConcernState.ANSWERED,
        closed_at__gte=now - timedelta(days=DAYS),
    )
    newest = closed.order_by("-closed_at", "-pk").values("pk")[:NEWEST]
    is_offered = Q(body__is_active=True, body__quarter=concern.quarter_id)
    helped = Q(is_offered, state__in=sorted(HELPED))
    facts = JSONObject(
        concern="concern_id",
        body="body_id",
        body_name="body__name",
        helped=Case(When(helped, then=Value(1)), default=Value(0)),
        day=TruncDate("concern__closed_at", tzinfo=concern.quarter.zone),
        latitude="concern__latitude",
        longitude="concern__longitude",
    )
    return _arm(PAST, Referral.objects.filter(concern__in=newest), facts)


def _look(viewer: Viewer, concern: Concern, now: datetime) -> dict[int, list[Facts]]:
    arms = [_rules(concern, concern.quarter.local_day(now)), _districts(concern)]
    if concern.theme_id:
        arms.append(_past(viewer, concern, now))
    first, *others = arms
    found: dict[int, list[Facts]] = {RULE: [], DISTRICT: [], PAST: []}
    for kind, facts in first.union(*others, all=True):
        found[kind].append(facts)
    return found


# --- What it says ---------------------------------------------------------------------------------
def suggestions(
    viewer: Viewer, concern: Concern, *, taken: Collection[int], now: datetime
) -> list[Suggestion]:
    """Return to whom a concern could go, at most three, those of the office's rules first.

    taken: keys of bodies that have it or had it; none of them is suggested.  One statement; none
    for who may not pass it on.
    """
    if not may_decide(viewer, concern):
        return []
    found = _look(viewer, concern, now)
    bodies: dict[int, Suggestion] = {}
    ways = (_by_rules(concern, found[RULE], found[DISTRICT]), _by_past(concern, found[PAST]))
    for way in ways:
        for one in way:
            if one.body_id in bodies:
                bodies[one.body_id].reasons.extend(one.reasons)
            elif one.body_id not in taken:
                bodies[one.body_id] = one
    return list(bodies.values())[:MOST]


def _by_rules(
    concern: Concern, rules: Iterable[Facts], districts: Iterable[Facts]
) -> Iterator[Suggestion]:
    told = spaced(f"{concern.text}\n{concern.place_text}")
    here = dict(_districts_here(concern, districts))
    theme = _theme_of(concern)
    for rule in sorted(rules, key=lambda row: (row["position"], row["key"])):
        words = loads(rule["words"])
        word = next((word for word in words if spaced(word) in told), "")
        if (words and not word) or (rule["district"] and rule["district"] not in here):
            continue
        reason = Reason(
            rule=rule["name"],
            word=word,
            theme=theme if rule["by_theme"] else "",
            district=here.get(rule["district"], ""),
            note=rule["note"],
        )
        named = [rule["person_name"], rule["function"]] if rule["person"] else []
        yield Suggestion(
            body_id=rule["body"],
            body=rule["body_name"],
            reasons=[reason],
            person_id=rule["person"],
            person=", ".join(part for part in named if part),
        )


def _districts_here(concern: Concern, districts: Iterable[Facts]) -> Iterator[tuple[int, str]]:
    """Yield key and name of each district in which the concern lies.

    By its point; without one by the name of the district among the words for the place.
    """
    spot = spot_of(concern.latitude, concern.longitude)
    place = f"{spaced(concern.place_text)} "
    for district in districts:
        outline = loads(district["outline"])
        if spot is None:
            is_here = f"{spaced(district['name'])} " in place
        else:
            is_here = bool(outline) and lies_inside(outline, *spot, tolerance_metres=0)
        if is_here:
            yield district["key"], district["name"]


def _theme_of(concern: Concern) -> str:
    return str(concern.theme.name_in(get_language() or "de")) if concern.theme else ""


def _by_past(concern: Concern, rows: Iterable[Facts]) -> Iterator[Suggestion]:
    """Yield the bodies that helped, who did so often and near first; near ones count twice."""
    spot = spot_of(concern.latitude, concern.longitude)
    everything: set[int] = set()
    names: dict[int, str] = {}
    helped: dict[int, dict[int, Helped]] = {}
    for row in rows:
        everything.add(row["concern"])
        if not row["helped"]:
            continue
        point = spot_of(row["latitude"], row["longitude"])
        is_near = bool(spot and point and spot.metres_to(*point) <= NEAR_METRES)
        names[row["body"]] = row["body_name"]
        one = Helped(row["concern"], date.fromisoformat(row["day"]), is_near)
        helped.setdefault(row["body"], {})[one.concern_id] = one
    least = max(FEWEST, LEAST_SHARE * len(everything))
    found = [
        Suggestion(body, names[body], [_of_past(concern, list(ones.values()), len(everything))])
        for body, ones in helped.items()
        if len(ones) >= least
    ]
    yield from sorted(found, key=_often_and_near)


def _of_past(concern: Concern, ones: list[Helped], of: int) -> Reason:
    return Reason(
        theme=_theme_of(concern),
        helped=len(ones),
        of=of,
        near=sum(one.is_near for one in ones),
        last_on=max(one.day for one in ones),
    )


def _often_and_near(suggestion: Suggestion) -> tuple[int, str, int]:
    [reason] = suggestion.reasons
    return -(reason.helped + reason.near), suggestion.body, suggestion.body_id


# --- The office's rules ---------------------------------------------------------------------------
def routing_rules(viewer: Viewer) -> list[RoutingRule]:
    """Return the office's rules with their themes, in its order; two statements.

    Nothing for who does not keep them.
    """
    if not viewer.may_work:
        return []
    rows = RoutingRule.objects.filter(quarter_id=viewer.quarter_id)
    rows = rows.select_related("body", "person", "district").prefetch_related("themes")
    return list(rows.order_by("position", "pk"))


def get_routing_rule(viewer: Viewer, key: int) -> RoutingRule:
    """Return one rule with its themes. Raises RoutingRule.DoesNotExist."""
    if not viewer.may_work:
        raise RoutingRule.DoesNotExist
    rows = RoutingRule.objects.filter(quarter_id=viewer.quarter_id)
    return rows.prefetch_related("themes").get(pk=key)


def bodies_to_choose(quarter: Quarter, rule: RoutingRule | None) -> QuerySet[ResponsibleBody]:
    """Return the active bodies by name, and the one that a rule names already."""
    is_chosen = Q(pk=rule.body_id if rule else 0)
    rows = ResponsibleBody.objects.filter(Q(is_active=True) | is_chosen, quarter=quarter)
    return rows.order_by("sort_name")


def people_to_choose(quarter: Quarter, day: date) -> QuerySet[ContactPerson]:
    """Return who works at a body of the quarter on `day`, by body and name."""
    is_there = Q(from_on__lte=day) & (Q(to_on=None) | Q(to_on__gte=day))
    rows = ContactPerson.objects.filter(is_there, body__quarter=quarter, body__is_active=True)
    return rows.select_related("body").order_by("body__sort_name", "name", "pk")
