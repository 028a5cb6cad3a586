"""What the addresses of list, map and feed say of a filter, and the same in words for its page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from quartiersladen.concerns.forms.report import point_of
from quartiersladen.concerns.released import Around, PublicFilter
from quartiersladen.concerns.states import (
    CLOSED,
    HELD,
    OPEN,
    ConcernState,
    StateGroup,
    word_for_others,
)

#: The names in addresses, in the order of the page.
NAMES = ("q", "zustand", "thema", "ortsteil", "von", "bis", "ort", "umkreis")
HIDDEN = frozenset({ConcernState.WITHDRAWN, ConcernState.JOINED, *HELD})
SHOWN_STATES = tuple(state for state in ConcernState if state not in HIDDEN)
GROUPS = {StateGroup.OPEN: OPEN, StateGroup.CLOSED: CLOSED - {ConcernState.WITHDRAWN}}
METRES = (100, 250, 500, 1000, 2000)
USUAL_METRES = 500
LONGEST = 120  # characters of words, of a name
LONGEST_DEGREES = 24  # characters


class Asked(NamedTuple):
    """A filter and the fields of its address that were understood."""

    wanted: PublicFilter
    fields: Mapping[str, str]

    @property
    def query(self) -> str:
        """The address of the same filter, without what was not understood."""
        query = QueryDict(mutable=True)
        query.update(dict(self.fields))
        return query.urlencode()


def _word(value: ConcernState | StateGroup) -> str:
    return str(word_for_others(value) if isinstance(value, ConcernState) else value.label)


def _states(value: str) -> frozenset[ConcernState]:
    if value in GROUPS:
        return GROUPS[StateGroup(value)]
    return frozenset({ConcernState(value)}) if value in SHOWN_STATES else frozenset()


def _day(value: str) -> date | None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    # The first and the last days of all have no neighbours in every zone.
    return day if date(1900, 1, 1) <= day < date(9000, 1, 1) else None


def _degrees(text: str) -> float | None:
    try:
        return float(text) if len(text) <= LONGEST_DEGREES else None
    except ValueError:
        return None


def around_of(point: str, metres: str) -> Around | None:
    """Read "lat,lon" and a number of metres; None for what is no point.

    A number of metres that is none of METRES becomes the usual one.
    """
    latitude, _comma, longitude = point.partition(",")
    found = point_of(_degrees(latitude), _degrees(longitude))
    wide = int(metres) if metres in map(str, METRES) else USUAL_METRES
    return Around(*found, wide) if found else None


def _words(value: str) -> str:
    visible = "".join(sign for sign in value if sign.isprintable() or sign.isspace())
    return " ".join(visible.split())[:LONGEST]


def read_filter(query: QueryDict) -> Asked:
    """Return what an address asks for; what cannot be understood does not narrow."""
    given = {name: _words(query.get(name, "")) for name in NAMES}
    around = around_of(given["ort"], given["umkreis"])
    wanted = PublicFilter(
        states=_states(given["zustand"]),
        theme=given["thema"]
        if len(given["thema"]) <= 18 or not given["thema"].isdecimal()
        else "",
        district=given["ortsteil"],
        since=_day(given["von"]),
        until=_day(given["bis"]),
        words=given["q"],
        around=around,
    )
    is_understood = {
        "q": wanted.words,
        "zustand": wanted.states,
        "thema": wanted.theme,
        "ortsteil": wanted.district,
        "von": wanted.since,
        "bis": wanted.until,
        "ort": around,
        "umkreis": around,
    }
    fields = {name: given[name] for name in NAMES if is_understood[name]}
    if around:
        fields["umkreis"] = str(around.metres)
    return Asked(wanted, fields)


@dataclass(frozen=True, slots=True)
class Chip:
    """One part of a filter in words, and the address without it."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a field."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FilterPage:
    """What the page shows of a filter. places: points that have a name."""

    asked: Asked
    themes: list[tuple[str, str, int]]
    districts: list[str]
    places: list[tuple[str, str]] = field(default_factory=list)

    @property
    def states(self) -> list[Choice]:
        """Groups first, then each state."""
        chosen = self.asked.fields.get("zustand", "")
        values = [*StateGroup, *SHOWN_STATES]
        return [Choice(value.value, _word(value), value == chosen) for value in values]

    @property
    def theme_choices(self) -> list[Choice]:
        """The themes by their short name; an address of earlier days has the key."""
        chosen = self.asked.fields.get("thema", "")
        return [
            Choice(slug, label, chosen in {slug, str(key)}) for slug, label, key in self.themes
        ]

    @property
    def district_choices(self) -> list[Choice]:
        """The districts that have an outline."""
        chosen = self.asked.fields.get("ortsteil", "")
        return [Choice(name, name, name == chosen) for name in self.districts]

    @property
    def place_choices(self) -> list[Choice]:
        """Places that have a name, and the point of the address if it is none of them."""
        chosen = self.asked.fields.get("ort", "")
        places = list(self.places)
        if chosen and chosen not in {value for value, _label in places}:
            places.append((chosen, self._place(chosen)))
        return [Choice(value, label, value == chosen) for value, label in places]

    @property
    def metres_choices(self) -> list[Choice]:
        """How far around a point."""
        chosen = self.asked.fields.get("umkreis", str(USUAL_METRES))
        return [Choice(str(m), _("%(n)s m") % {"n": m}, str(m) == chosen) for m in METRES]

    @property
    def is_unfolded(self) -> bool:
        """Whether one of the fields that are folded away narrows."""
        return bool({"von", "bis", "ort"} & self.asked.fields.keys())

    def _place(self, point: str) -> str:
        known = dict(self.places)
        return known.get(point) or _("the point %(point)s") % {"point": point}

    def _label(self, choices: list[Choice], value: str) -> str:
        return next((choice.label for choice in choices if choice.is_chosen), value)

    @property
    def chips(self) -> list[Chip]:
        """Each part of the filter in words, with the address that leaves it out."""
        wanted, fields = self.asked.wanted, self.asked.fields
        words: dict[str, str] = {}
        if wanted.words:
            words["q"] = _("Words: %(words)s") % {"words": wanted.words}
        if wanted.states:
            words["zustand"] = self._label(self.states, fields["zustand"])
        if wanted.theme:
            words["thema"] = self._label(self.theme_choices, wanted.theme)
        if wanted.district:
            words["ortsteil"] = wanted.district
        if wanted.since:
            words["von"] = _("from %(day)s") % {"day": date_format(wanted.since, "DATE_FORMAT")}
        if wanted.until:
            words["bis"] = _("until %(day)s") % {"day": date_format(wanted.until, "DATE_FORMAT")}
        if wanted.around:
            words["ort"] = _("within %(n)s m of %(place)s") % {
                "n": wanted.around.metres,
                "place": self._place(fields["ort"]),
            }
        return [Chip(text, self._without(name)) for name, text in words.items()]

    def _without(self, name: str) -> str:
        gone = {name, "umkreis"} if name == "ort" else {name}
        rest = {key: value for key, value in self.asked.fields.items() if key not in gone}
        return f"?{Asked(self.asked.wanted, rest).query}"
