"""The desk's list of concerns: what it is narrowed by, its pages, and the same as a file."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, NamedTuple, TypeVar

from django.db.models import QuerySet

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.queries.seen import DOSSIER, concerns_inside
from quartiersladen.concerns.states import HELD, ConcernState
from quartiersladen.dossiers.rules import confidential_of
from quartiersladen.dossiers.search import narrowed, words_of
from quartiersladen.dossiers.states import title_in_lists

PAGE = 50  # rows
PORTION = 500  # rows of a file
COUNTED = 1000  # rows; the list says "more than 1,000" beyond
COUNTED_HITS = 100  # the same when words are looked for, because each row has to be read


@dataclass(frozen=True, slots=True)
class ConcernFilter:
    """What a list shows. Empty fields do not narrow."""

    states: frozenset[ConcernState] = frozenset()
    theme_id: int | None = None
    channel: str = ""
    #: Code of the language in which it was told.
    language: str = ""
    assigned_to_id: int | None = None
    words: str = ""
    kind: str = ""
    scope: str = ""
    #: Days on which it was told, both counted.
    told_from: date | None = None
    told_until: date | None = None
    #: The last day on which it is due.
    due_until: date | None = None
    tag_id: int | None = None
    #: Continue after (older than) or before (newer than) this moment and row.
    older_than: tuple[datetime, int] | None = None
    newer_than: tuple[datetime, int] | None = None


class DeskRow(NamedTuple):
    """One line of the desk's list. theme: its names by language, None without a theme."""

    pk: int
    created_at: datetime
    reference: str
    version: int
    title: str
    state: str
    theme_id: int | None
    theme: Mapping[str, str] | None
    next_on: date | None
    looked_after_by: str | None
    audience: str

    @property
    def list_title(self) -> str:
        """The title as lists show it."""
        return title_in_lists(self.title, self.audience)


DESK_FIELDS = (
    "pk",
    "created_at",
    "dossier__reference",
    "dossier__version",
    "dossier__title",
    "state",
    "theme_id",
    "theme__name",
    "next_on",
    "dossier__assigned_to__name",
    "dossier__audience",
)
R = TypeVar("R", Concern, DeskRow)


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Rows of a list. older, newer: cursors, None at the ends.

    total: how many there are, counted up to `counted` and one more.
    """

    rows: list[R]
    total: int
    counted: int
    older: tuple[datetime, int] | None = None
    newer: tuple[datetime, int] | None = None
    words: list[str] = field(default_factory=list)

    @property
    def has_more_than_counted(self) -> bool:
        """Whether the list says "more than 1,000" instead of the number."""
        return self.total > self.counted


def _filtered(rows: QuerySet[Concern], wanted: ConcernFilter) -> QuerySet[Concern]:
    if wanted.states:
        rows = rows.filter(state__in=sorted(wanted.states))
    elif not wanted.words.strip():
        # Whoever looks for words finds everything; otherwise the quarantine has a page of its own.
        rows = rows.exclude(state__in=sorted(HELD))
    if wanted.theme_id is not None:
        rows = rows.filter(theme_id=wanted.theme_id)
    if wanted.channel:
        rows = rows.filter(channel=wanted.channel)
    if wanted.language:
        rows = rows.filter(text_language=wanted.language)
    if wanted.assigned_to_id is not None:
        rows = rows.filter(dossier__assigned_to_id=wanted.assigned_to_id)
    rows = rows.filter(**_narrow(wanted))
    if wanted.words.strip():
        rows = narrowed(rows, wanted.words, dossier=DOSSIER)
    return rows


def _narrow(wanted: ConcernFilter) -> dict[str, object]:
    asked = {
        "kind": wanted.kind,
        "scope": wanted.scope,
        "told_on__gte": wanted.told_from,
        "told_on__lte": wanted.told_until,
        "next_on__lte": wanted.due_until,
        "dossier__taggings__tag_id": wanted.tag_id,
    }
    return {path: value for path, value in asked.items() if value not in {"", None}}


def _cursor(row: Concern | DeskRow) -> tuple[datetime, int]:
    return row.created_at, row.pk


def behind(rows: QuerySet[Concern], cursor: tuple[datetime, int]) -> QuerySet[Concern]:
    """Return what comes after this moment and row in a list with the newest first."""
    at, pk = cursor
    return rows.filter(created_at__lte=at).exclude(created_at=at, pk__gte=pk)


def page_of(
    rows: QuerySet[Concern],
    wanted: ConcernFilter,
    size: int,
    read: Callable[[QuerySet[Concern]], list[R]],
) -> Page[R]:
    """Return one page of `rows`, newest first, as `read` makes them; two statements."""
    counted = COUNTED_HITS if wanted.words.strip() else COUNTED
    total = rows.order_by()[: counted + 1].count()
    if wanted.newer_than:
        at, pk = wanted.newer_than
        later = rows.filter(created_at__gte=at).exclude(created_at=at, pk__lte=pk)
        found = read(later.order_by("created_at", "pk")[: size + 1])
        more, shown = len(found) > size, found[:size][::-1]
        newer, older = more, bool(shown)
    else:
        if wanted.older_than:
            rows = behind(rows, wanted.older_than)
        found = read(rows.order_by("-created_at", "-pk")[: size + 1])
        shown = found[:size]
        newer, older = wanted.older_than is not None, len(found) > size
    return Page(
        rows=shown,
        total=total,
        counted=counted,
        older=_cursor(shown[-1]) if older and shown else None,
        newer=_cursor(shown[0]) if newer and shown else None,
        words=words_of(wanted.words),
    )


def _desk_rows(rows: QuerySet[Concern]) -> list[DeskRow]:
    return [DeskRow(*values) for values in rows.values_list(*DESK_FIELDS)]


def desk_page(viewer: Viewer, wanted: ConcernFilter, *, size: int = PAGE) -> Page[DeskRow]:
    """Return one page of the desk's list, newest first; two statements, with words four at most."""
    return page_of(_filtered(concerns_inside(viewer), wanted), wanted, size, _desk_rows)


def chosen_rows(viewer: Viewer, references: Iterable[str]) -> list[DeskRow]:
    """Return the named concerns that the viewer may open, newest first; one statement."""
    rows = concerns_inside(viewer).filter(dossier__reference__in=set(references))
    return _desk_rows(rows.order_by("-created_at", "-pk"))


def all_rows(viewer: Viewer, wanted: ConcernFilter, *, limit: int) -> list[DeskRow]:
    """Return what a list shows on all its pages, newest first, up to `limit` and one more."""
    rows = _filtered(concerns_inside(viewer), wanted)
    return _desk_rows(rows.order_by("-created_at", "-pk")[: limit + 1])


def for_file(
    viewer: Viewer, wanted: ConcernFilter, *, with_contacts: bool, portion: int = PORTION
) -> Iterator[list[Concern]]:
    """Yield what a list shows in portions, newest first, without confidential matters.

    Three statements per portion: the concerns, their tags and their bodies.
    """
    rows = _filtered(concerns_inside(viewer), wanted)
    rows = rows.exclude(state__in=sorted(HELD))
    rows = rows.exclude(pk__in=confidential_of(viewer.quarter_id).values("pk"))
    joined = ["dossier", "dossier__assigned_to", "theme", *(["teller"] if with_contacts else [])]
    rows = rows.select_related(*joined).order_by("-created_at", "-pk")
    while found := list(rows[:portion]):
        yield found
        if len(found) < portion:
            return
        rows = behind(rows, _cursor(found[-1]))


def newest(viewer: Viewer, *, limit: int) -> list[Concern]:
    """Return concerns that nobody has looked at yet, oldest first."""
    return list(
        concerns_inside(viewer)
        .filter(state=ConcernState.NEW)
        .select_related("dossier", "theme")
        .order_by("created_at", "pk")[:limit]
    )
