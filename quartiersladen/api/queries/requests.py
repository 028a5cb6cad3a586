"""What is released, as GeoReport v2 tells it, and the state of what a key has sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import (
    CharField,
    DateTimeField,
    Func,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce, Greatest

from quartiersladen.accounts.rules import Viewer
from quartiersladen.api.models import ApiKey
from quartiersladen.api.queries.offers import Offer
from quartiersladen.concerns.models import Concern, Referral
from quartiersladen.concerns.queries.public import released
from quartiersladen.concerns.states import CLOSED, ConcernState
from quartiersladen.concerns.timeline import MOVES
from quartiersladen.dossiers.models import Document, Entry
from quartiersladen.dossiers.rules import countable_rows, visible_rows


class InUtc(Func):
    """A moment as text (2026-03-02T12:00:00Z), so that nobody has to turn thousands into one."""

    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:  # noqa: ANN401 -- Django's signature
        """Return the SQL of SQLite."""
        template = "strftime('%%%%Y-%%%%m-%%%%dT%%%%H:%%%%M:%%%%SZ', %(expressions)s)"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:  # noqa: ANN401 -- Django's signature
        """Return the SQL of PostgreSQL."""
        template = """to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
        return self.as_sql(compiler, connection, template=template, **extra)


class RequestRow(NamedTuple):
    """A concern as partners read it. requested_at, updated_at: text with offset.

    text: None while it is not released.  code: of the service, where the theme does not say it.
    photo: key of a file as the database has it, with or without dashes.
    """

    reference: str
    state: str
    theme_id: int | None
    requested_at: str
    updated_at: str
    result: str = ""
    text: str | None = None
    title: str = ""
    answer: str = ""
    reason: str = ""
    latitude: float | None = None
    longitude: float | None = None
    body: str | None = None
    photo: str | UUID | None = None
    code: str = ""


ROW = (
    "dossier__reference",
    "state",
    "theme_id",
    "requested_at",
    "updated_at",
    "result",
    "public_text",
    "public_title",
    "answer",
    "reason",
    "public_latitude",
    "public_longitude",
    "body",
    "photo",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests. Empty fields do not narrow. references: override all the others.

    since: inclusive.  until: exclusive.  codes: of services.
    """

    references: Sequence[str] = ()
    codes: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    states: frozenset[ConcernState] = frozenset()
    page: int = 1
    size: int = 1000


def _moments(rows: QuerySet[Concern]) -> QuerySet[Concern]:
    """Add what a row tells besides its own columns; every part finds its row by an index."""
    told = Entry.objects.filter(dossier=OuterRef("pk"), deed__in=MOVES)
    sent = Referral.objects.filter(concern=OuterRef("pk")).order_by("-sent_at", "-pk")
    last = Subquery(told.order_by("-at").values("at")[:1], output_field=DateTimeField())
    changed = Coalesce(
        "closed_at", Greatest(last, Coalesce("released_at", "created_at")), "created_at"
    )
    return rows.annotate(
        requested_at=InUtc("created_at"),
        updated_at=InUtc(changed),
        body=Subquery(sent.values("body__name")[:1]),
    )


def requests(viewer: Viewer, offer: Offer, wanted: Wanted) -> list[RequestRow]:
    """Return released requests of the services that are switched on, newest first; one statement."""
    rows = released(viewer).filter(theme_id__in=_themes(offer, wanted.codes))
    if wanted.references:
        rows = rows.filter(dossier__reference__in=wanted.references)
    else:
        rows = _narrowed(rows, wanted)
    start = (wanted.page - 1) * wanted.size
    shown = Document.objects.filter(visible_rows(viewer, "dossier__"), dossier=OuterRef("pk"))
    photos = shown.filter(is_released=True, file__media_type="image/jpeg").order_by("position")
    found = _moments(rows).annotate(
        photo=Subquery(photos.values("file_id")[:1], output_field=CharField())
    )
    # No column needs turning into something else, which would take as long as the query.
    return [RequestRow(*row) for row in found.values_list(*ROW)[start : start + wanted.size]]


def _themes(offer: Offer, codes: Sequence[str]) -> list[int]:
    return [key for key, s in offer.services.items() if not codes or s.code in codes]


def _narrowed(rows: QuerySet[Concern], wanted: Wanted) -> QuerySet[Concern]:
    if wanted.since:
        rows = rows.filter(created_at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(created_at__lt=wanted.until)
    if wanted.states:
        rows = rows.filter(state__in=sorted(wanted.states))
    return rows


def own_requests(key: ApiKey, references: Iterable[str]) -> dict[str, RequestRow]:
    """Return the bare state of what came in with a key: reference -> row without any words.

    What has become confidential since is not there any more.
    """
    rows = Concern.objects.filter(
        countable_rows(key.quarter_id, "dossier__"),
        creation__key=key,
        dossier__reference__in=list(references),
    )
    found = _moments(rows).values_list(
        *("dossier__reference", "state", "result", "theme_id", "creation__service_code"),
        *("requested_at", "updated_at"),
    )
    return {
        reference: RequestRow(
            reference=reference,
            state=state,
            result=result,
            theme_id=theme_id,
            code=code,
            requested_at=requested_at,
            updated_at=updated_at,
        )
        for reference, state, result, theme_id, code, requested_at, updated_at in found
    }


def states_of(statuses: Iterable[str]) -> frozenset[ConcernState]:
    """Return the states of concerns behind "open" and "closed"."""
    wanted = set(statuses)
    states = set(CLOSED) if "closed" in wanted else set()
    return frozenset(states | (set(ConcernState) - CLOSED if "open" in wanted else set()))
