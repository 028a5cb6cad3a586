"""What every module says about the personal data that it holds.

A module that holds any has a `privacy.py` with one Holder. The settings list them
(PERSONAL_DATA), because this module lies below those that hold the most. Access, erasure and
retention only ask holders; what a row means, its own module knows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import ClassVar

from django.apps import apps
from django.conf import settings
from django.db.models import Model, Q
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from quartiersladen.accounts.rules import Viewer
from quartiersladen.kernel.text import is_key
from quartiersladen.privacy.states import Fate, RetentionKind
from quartiersladen.quarters.models import Quarter

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Found:
    """A row that may be the person who is looked for. key: for example "concerns.teller:17"."""

    key: str
    name: str
    detail: str
    where: Words


@dataclass(frozen=True, slots=True)
class Identity:
    """By what a person is recognised.

    matters: dossiers that they told; keys only.  rows: those that say so, as far as the viewer may
    know them; what no module recognises is not the person.
    """

    names: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    matters: frozenset[int] = frozenset()
    rows: frozenset[str] = frozenset()

    def __or__(self, other: "Identity") -> "Identity":
        """Return both as one person."""
        return Identity(
            self.names | other.names,
            self.emails | other.emails,
            self.phones | other.phones,
            self.addresses | other.addresses,
            self.matters | other.matters,
            self.rows | other.rows,
        )


@dataclass(frozen=True, slots=True)
class Person:
    """Rows of one quarter that the office takes for one person, and what they say."""

    quarter: Quarter
    identity: Identity

    @property
    def rows(self) -> frozenset[str]:
        """The rows that were chosen and recognised."""
        return self.identity.rows

    def keys_of(self, table: str) -> list[int]:
        """Return the primary keys among the rows of one table, for example "concerns.teller"."""
        return keys_of(table, self.rows)


def keys_of(table: str, rows: frozenset[str]) -> list[int]:
    """Return the primary keys among `rows` that belong to `table`; nonsense is left out."""
    parts = (row.rpartition(":") for row in rows)
    return sorted(int(key) for name, _colon, key in parts if name == table and is_key(key))


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is held. key: for machines.  label: for people."""

    key: str
    label: Words
    value: str


@dataclass(frozen=True, slots=True)
class Record:
    """What is held in one row, without empty facts."""

    title: str
    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class Section:
    """What one part of the house holds of a person."""

    key: str
    title: Words
    records: Sequence[Record]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list before an erasure: what goes, what stays, and why."""

    what: Words
    count: int
    fate: Fate
    why: Words


@dataclass(frozen=True, slots=True)
class Order:
    """What an erasure takes along.

    places: keys of free texts to blacken.  more: further words.  touched: dossiers in which a place
    was blackened; known once it is done.
    """

    with_photos: bool = True
    places: frozenset[str] = frozenset()
    more: Sequence[str] = ()
    touched: frozenset[int] = frozenset()


def everything(_viewer: Viewer) -> Q:
    """Return the filter that hides nothing."""
    return Q()


@dataclass(frozen=True, slots=True)
class FreeText:
    """A column in which people write what they like, so that a name may stand in it.

    model: "app.Model".  quarter, matter: paths to the keys of quarter and dossier; matter "" for
    none.  name: path to what people call the row, "" for nothing.  visible: which rows a viewer
    may read.  is_index: folded words that follow other texts; never shown, cleaned along.
    """

    model: str
    field: str
    title: Words
    quarter: str
    matter: str = ""
    name: str = ""
    visible: Callable[[Viewer], Q] = everything
    is_index: bool = False

    @property
    def key(self) -> str:
        """The column as the list of claims names it."""
        return f"{self.model}.{self.field}".lower()

    @property
    def table(self) -> type[Model]:
        """The model itself."""
        return apps.get_model(self.model)


@dataclass(frozen=True, slots=True)
class Due:
    """What a rule would let go of now. examples: references or days, without persons."""

    count: int
    examples: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """How long one kind of record is kept.

    since: from when the days count, for people.
    due: what is older than a moment, with examples that a viewer may see; for nobody none.
    let_go: lets at most so many go and says how many it were; runs in a transaction with the
    erasure's permit, may run twice at once, never touches what is open.
    """

    kind: RetentionKind
    days: int
    since: Words
    due: Callable[[Quarter, datetime, Viewer | None], Due]
    let_go: Callable[[Quarter, datetime, datetime, int], int]


@dataclass(frozen=True, slots=True)
class Claims:
    """Columns of a module ("app.model.column") that can hold something of a person.

    personal: what of whom, and how long.  other: why it is nothing of a person.
    """

    personal: Mapping[str, str] = field(default_factory=dict)
    other: Mapping[str, str] = field(default_factory=dict)


class Holder:
    """What one module holds of people. The defaults hold nothing."""

    claims: ClassVar[Claims] = Claims()
    free_texts: ClassVar[Sequence[FreeText]] = ()
    rules: ClassVar[Sequence[Rule]] = ()

    def find(self, viewer: Viewer, words: str) -> list[Found]:  # noqa: ARG002 -- holds nobody
        """Return rows that may be the person, by e-mail, phone or name."""
        return []

    def recognise(self, viewer: Viewer, rows: frozenset[str]) -> Identity:  # noqa: ARG002 -- holds nobody
        """Return what the module's own among `rows` say of the person, and which they are."""
        return Identity()

    def sections(self, viewer: Viewer, person: Person) -> list[Section]:  # noqa: ARG002 -- holds nothing
        """Return what is handed out when the person asks."""
        return []

    def note_reading(self, viewer: Viewer, person: Person, now: datetime) -> None:
        """Write down where else it counts that somebody reads what is held of the person."""

    def plan(self, person: Person) -> list[Line]:  # noqa: ARG002 -- holds nothing
        """Return what would become of the module's rows."""
        return []

    def begin(self, person: Person, now: datetime) -> None:
        """Lock what is about to change, or refuse the erasure with a sentence."""

    def erase(self, person: Person, order: Order, now: datetime) -> None:
        """Let go of the person in the module's own rows; inside the erasure's transaction."""


@cache
def holders() -> tuple[Holder, ...]:
    """Return the holders, lowest module first."""
    return tuple(import_string(path) for path in settings.PERSONAL_DATA)


def rules() -> list[Rule]:
    """Return the rules of all modules, in the order of the list of kinds."""
    order = list(RetentionKind)
    found = [rule for holder in holders() for rule in holder.rules]
    return sorted(found, key=lambda rule: order.index(rule.kind))


def free_texts() -> list[FreeText]:
    """Return every column in which a name may stand."""
    return [text for holder in holders() for text in holder.free_texts]


def record(title: object, *facts: tuple[str, Words, object]) -> Record:
    """Build a record; facts without a value are left out."""
    kept = [Fact(key, label, str(value)) for key, label, value in facts if value not in (None, "")]
    return Record(str(title), kept)
