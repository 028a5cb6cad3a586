"""Saved filters of the desk's list: kept, renamed, put in order and deleted by who made them."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import SavedFilter
from quartiersladen.concerns.models.filter import FILTER_NAME_LENGTH
from quartiersladen.concerns.rules import may_change_filter, may_enter_concerns, may_share_filter
from quartiersladen.dossiers.tags import names_somebody
from quartiersladen.kernel.errors import Invalid, demand
from quartiersladen.kernel.text import fold
from quartiersladen.privacy.registry import Identity
from quartiersladen.privacy.services import leave_trail
from quartiersladen.quarters.models import Quarter

MOST_FILTERS = 30  # that one person sees


class FilterNeedsName(Invalid):
    """A filter is found by its name."""

    sentence = _("Please give the filter a name.")


class FilterNameTaken(Invalid):
    """Two filters that sound alike would be mixed up."""

    sentence = _("There is a filter of this name already.")


class NothingToKeep(Invalid):
    """The list as it always is needs no filter."""

    sentence = _("Please narrow the list first; then the filter can be saved.")


class TooManyFilters(Invalid):
    """More links than anybody looks through."""

    sentence = _("There are 30 filters already. Please delete one first.")


@transaction.atomic
def save_filter(
    *,
    viewer: Viewer,
    quarter: Quarter,
    name: str,
    query: str,
    is_shared: bool,
    now: datetime,
) -> SavedFilter:
    """Keep what the list was asked for. query: as filtering.kept_query writes it.

    Raises NotAllowed; NothingToKeep; FilterNeedsName; FilterNameTaken; TooManyFilters.
    """
    demand(may_enter_concerns(viewer) and viewer.quarter_id == quarter.pk)
    demand(not is_shared or may_share_filter(viewer))
    if not query:
        raise NothingToKeep
    rows = SavedFilter.objects.filter(quarter=quarter)
    number = (
        rows.filter(is_shared=True).count()
        + rows.filter(is_shared=False, user_id=viewer.user_id or 0).count()
    )
    if number >= MOST_FILTERS:
        raise TooManyFilters
    kept = SavedFilter(
        quarter=quarter,
        user_id=viewer.user_id or 0,
        query=query,
        is_shared=is_shared,
        position=number + 1,
    )
    return _store(viewer, kept, name, "filter saved", now)


@transaction.atomic
def change_filter(
    *,
    viewer: Viewer,
    kept: SavedFilter,
    name: str,
    is_shared: bool,
    position: int,
    now: datetime,
) -> SavedFilter:
    """Rename a filter, share it or not, and put it elsewhere among the others.

    Raises NotAllowed; FilterNeedsName; FilterNameTaken.
    """
    demand(may_change_filter(viewer, kept))
    demand(kept.is_shared or not is_shared or may_share_filter(viewer))
    kept.is_shared, kept.position = is_shared, position
    return _store(viewer, kept, name, "filter changed", now)


@transaction.atomic
def delete_filter(*, viewer: Viewer, kept: SavedFilter, now: datetime) -> None:
    """Delete a filter; the concerns stay. Raises NotAllowed."""
    demand(may_change_filter(viewer, kept))
    _trail(viewer, kept, "filter deleted", now)
    kept.delete()


def filters_naming(*, quarter: Quarter, identity: Identity) -> list[int]:
    """Return the keys of the filters that are named after a person or look for them."""
    known = [*identity.names, *identity.emails, *identity.phones, *identity.addresses]
    return [
        kept.pk
        for kept in SavedFilter.objects.filter(quarter=quarter)
        if any(
            names_somebody(word, f"{kept.name} {QueryDict(kept.query).get('q', '')}")
            for word in known
        )
    ]


def forget_filters_naming(*, quarter: Quarter, identity: Identity) -> int:
    """Delete these filters; part of an erasure. Returns how many it were."""
    named = filters_naming(quarter=quarter, identity=identity)
    SavedFilter.objects.filter(pk__in=named).delete()
    return len(named)


def _store(viewer: Viewer, kept: SavedFilter, name: str, deed: str, now: datetime) -> SavedFilter:
    shown = " ".join(name.split())[:FILTER_NAME_LENGTH]
    kept.name, kept.folded = shown, fold(shown)[: 2 * FILTER_NAME_LENGTH]
    if not kept.folded.strip():
        raise FilterNeedsName(field="name")
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as exc:
        raise FilterNameTaken(field="name") from exc
    _trail(viewer, kept, deed, now)
    return kept


def _trail(viewer: Viewer, kept: SavedFilter, deed: str, now: datetime) -> None:
    # Only what the team shares is a matter of the office; one's own list is one's own.
    if kept.is_shared:
        leave_trail(
            quarter=kept.quarter,
            by_id=viewer.user_id,
            deed=deed,
            subject=f"concerns.savedfilter:{kept.pk}",
            data={},
            now=now,
        )
