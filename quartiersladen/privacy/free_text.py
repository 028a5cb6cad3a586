"""Finds a person in free texts and blackens them there.

Two kinds of words: certain ones (a whole name as it was typed, an e-mail address, a phone number in
any spelling, a postal address) and possible ones (a single part of a name, a line of the address),
which may as well be a street. In the person's own matters the certain ones always go; everything
else a person of the office looks at first.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import JSONField, Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from quartiersladen.accounts.rules import Viewer
from quartiersladen.kernel.text import fold, is_key
from quartiersladen.privacy.append_only import erasure_permit
from quartiersladen.privacy.registry import FreeText, Identity, Person, free_texts
from quartiersladen.quarters.models import Quarter

MARK = "[entfernt]"
SHORTEST = 3  # letters; a shorter part of a name stands in too many words
AROUND = 50  # letters of the excerpt on each side
MOST_PLACES = 200
NO_NAMES = frozenset(
    {"frau", "herr", "herrn", "familie", "dr", "prof", "von", "van", "der", "den", "und", "zur"}
)
GAP = r"[\s/().-]*"
DIGITS_OF_A_NUMBER = 6


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words that point to a person."""

    certain: tuple[str, ...]
    possible: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """One text in which the person may stand.

    excerpt: what stands before, the words found, what stands after.  is_own: in a matter of their
    own.  is_certain: holds a certain word.
    """

    key: str
    title: str
    name: str
    before: str
    words: str
    after: str
    is_own: bool
    is_certain: bool

    @property
    def goes_anyway(self) -> bool:
        """Whether it is blackened without asking."""
        return self.is_own and self.is_certain


def wanted(identity: Identity, more: Sequence[str] = ()) -> Wanted:
    """Return the words for a person. more: what the office adds; certain."""
    whole = identity.names | identity.emails | identity.phones | identity.addresses
    certain = {word.strip() for word in (*whole, *more) if len(word.strip()) >= SHORTEST}
    parts = {
        part
        for name in identity.names
        for part in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", name)
        if len(part) >= SHORTEST and part.lower() not in NO_NAMES
    }
    lines = {
        line.strip()
        for address in identity.addresses
        for line in re.split(r"[\n,]", address)
        if any(sign.isdigit() for sign in line)
    }
    return Wanted(tuple(sorted(certain)), tuple(sorted((parts | lines) - certain)))


def _is_number(word: str) -> bool:
    digits = sum(sign.isdigit() for sign in word)
    return digits >= DIGITS_OF_A_NUMBER and not re.search(r"[^\W\d_]", word)


def _core(number: str) -> str:
    """Return the digits without what stands for country or long distance."""
    digits = re.sub(r"\D", "", number)
    return re.sub(r"^(?:00)?49|^0", "", digits) if number.strip()[0] in "+0" else digits


def _regex(word: str) -> str:
    if _is_number(word):
        body = GAP.join(_core(word))
        return rf"(?<!\d)(?:(?:\+|00){GAP}49{GAP})?(?:\(?0\)?{GAP})?{body}(?!\d)"
    words = r"\s+".join(re.escape(part) for part in word.split())
    genitive = r"(?:['’]?s['’]?|['’])?" if word[-1].isalpha() else ""
    return rf"(?<!\w){words}{genitive}(?!\w)"


def pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Return what finds any of the words, the longest first; nothing is found for no words."""
    ordered = sorted({word for word in words if word.strip()}, key=len, reverse=True)
    return re.compile("|".join(map(_regex, ordered)) or r"(?!)", re.IGNORECASE)


def blackened(value: Any, words: re.Pattern[str]) -> Any:  # noqa: ANN401 -- text or JSON
    """Return a text, or JSON with its texts, in which the words are replaced."""
    if isinstance(value, str):
        return words.sub(MARK, value)
    if isinstance(value, dict):
        return {key: blackened(inner, words) for key, inner in value.items()}
    if isinstance(value, list):
        return [blackened(inner, words) for inner in value]
    return value


def _readable(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _needles(word: str) -> set[str]:
    """Return what a database can look for without knowing about letters; finds too much."""
    if _is_number(word):
        # Two digits are written together in every spelling; three are not: 12 34 56.
        return {re.sub(r"\D", "", word)[-2:]}
    first = word.split()[0]
    spellings = {first, first.lower(), first.upper(), first.title()}
    return spellings | {json.dumps(spelling)[1:-1] for spelling in spellings}


def _may_hold(words: Wanted) -> Q:
    condition = Q(pk__in=[])
    for word in (*words.certain, *words.possible):
        for needle in _needles(word):
            condition |= Q(looked_through__icontains=needle)
    return condition


def rows_of(text: FreeText) -> QuerySet[Model]:
    """Return all rows of the table in which a free text stands."""
    return text.table._default_manager.all()  # noqa: SLF001 -- Django's public name


def _rows(text: FreeText, rows: Q, narrow: Q | None) -> Iterator[tuple[int, Any, int, str]]:
    """Yield (key, value, matter, name) of rows."""
    found = rows_of(text).filter(rows)
    if narrow is not None:
        found = found.annotate(looked_through=Cast(text.field, TextField())).filter(narrow)
    columns = ["pk", text.field, text.matter or "pk", text.name or "pk"]
    for pk, value, matter, name in found.order_by("pk").values_list(*columns).iterator(1000):
        yield pk, value, matter if text.matter else 0, str(name) if text.name else ""


def places(viewer: Viewer, person: Person, words: Wanted) -> list[Place]:
    """Return the texts of the quarter in which the person may stand; at most MOST_PLACES.

    Texts of their own matters are read whole; elsewhere the database looks first.
    """
    found: list[Place] = []
    certain, possible = pattern(words.certain), pattern(words.possible)
    for text in free_texts():
        if text.is_index:
            continue
        rows = Q(**{text.quarter: person.quarter.pk}) & text.visible(viewer)
        matters = person.identity.matters if text.matter else frozenset()
        own = Q(**{f"{text.matter or 'pk'}__in": matters})
        seen = set()
        for pk, value, _matter, name in _rows(text, rows & own, None):
            seen.add(pk)
            found += _own_places(text, pk, name, _readable(value), certain, possible)
        for pk, value, _matter, name in _rows(text, rows, _may_hold(words)):
            content = _readable(value)
            hit = certain.search(content)
            is_certain = hit is not None
            hit = hit or possible.search(content)
            if pk not in seen and hit is not None:
                found.append(_place(text, pk, name, hit, is_own=False, is_certain=is_certain))
    return found[:MOST_PLACES]


def _own_places(
    text: FreeText,
    pk: int,
    name: str,
    content: str,
    certain: re.Pattern[str],
    possible: re.Pattern[str],
) -> Iterator[Place]:
    """Yield what goes anyway, and what may still stand in the text then."""
    hit = certain.search(content)
    if hit is not None:
        yield _place(text, pk, name, hit, is_own=True, is_certain=True)
    hit = possible.search(certain.sub(MARK, content))
    if hit is not None:
        yield _place(text, pk, name, hit, is_own=True, is_certain=False)


def _place(
    text: FreeText, pk: int, name: str, hit: re.Match[str], *, is_own: bool, is_certain: bool
) -> Place:
    start, end = hit.span()
    return Place(
        key=f"{text.key}:{pk}",
        title=str(text.title),
        name=name,
        before=hit.string[max(0, start - AROUND) : start],
        words=hit.group(),
        after=hit.string[end : end + AROUND],
        is_own=is_own,
        is_certain=is_certain,
    )


def blacken_matters(matters: Iterable[int], words: Iterable[str]) -> None:
    """Blacken the words in every text of these dossiers, and in what the search knows of them."""
    keys = list(matters)
    found = pattern(words)
    with erasure_permit():
        for text in free_texts():
            if text.matter and not text.is_index:
                _blacken(text, Q(**{f"{text.matter}__in": keys}), found)
        clean_indexes(keys, words)


@dataclass(frozen=True, slots=True)
class Blackened:
    """How many texts were changed, and in which dossiers they stand."""

    count: int
    matters: frozenset[int]


def blacken_places(
    viewer: Viewer, quarter: Quarter, keys: Iterable[str], words: Iterable[str]
) -> Blackened:
    """Blacken the words in chosen texts of the quarter, and in what the search knows of them.

    keys: as in Place; one that names no free text that the viewer may read is left out.
    """
    by_column: dict[str, list[int]] = {}
    for key in keys:
        column, _colon, pk = key.rpartition(":")
        if is_key(pk):
            by_column.setdefault(column, []).append(int(pk))
    found = pattern(words)
    touched: list[int] = []
    with erasure_permit():
        for text in free_texts():
            chosen = by_column.get(text.key)
            if chosen and not text.is_index:
                rows = Q(pk__in=chosen, **{text.quarter: quarter.pk}) & text.visible(viewer)
                touched += _blacken(text, rows, found)
        matters = frozenset(touched) - {0}
        clean_indexes(matters, words)
    return Blackened(len(touched), matters)


def clean_indexes(matters: Iterable[int], words: Iterable[str]) -> None:
    """Let the search forget the words in these dossiers; the texts stay as they are."""
    folded = pattern(fold(word) for word in words)
    for text in free_texts():
        if text.is_index:
            _blacken(text, Q(**{f"{text.matter}__in": list(matters)}), folded)


def _blacken(text: FreeText, rows: Q, words: re.Pattern[str]) -> list[int]:
    """Blacken one column; return the matter of each row that was changed, 0 for none."""
    column = text.table._meta.get_field(text.field)  # noqa: SLF001 -- Django's public name
    length = None if isinstance(column, JSONField) else getattr(column, "max_length", None)
    touched = []
    for pk, value, matter, _name in list(_rows(text, rows, None)):
        clean = blackened(value, words)
        if clean == value:
            continue
        if isinstance(clean, str):
            clean = clean[:length]
        rows_of(text).filter(pk=pk).update(**{text.field: clean})
        touched.append(matter or 0)
    return touched
