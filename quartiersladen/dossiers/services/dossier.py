"""A dossier from its opening to its close; every change claims it first."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from quartiersladen.dossiers.models import Dossier
from quartiersladen.dossiers.services.dates import end_follow_up
from quartiersladen.dossiers.states import Audience, Kind
from quartiersladen.kernel.errors import Conflict
from quartiersladen.kernel.text import fold
from quartiersladen.quarters.models import Quarter

TITLE_LENGTH = 120


class ChangedMeanwhile(Conflict):
    """Somebody else changed the dossier since the page was read."""

    sentence = _(
        "Somebody else has changed this meanwhile. Your text is still here: please look at what is"
        " new and press the button again."
    )


def _next_number(quarter: Quarter, year: int) -> int:
    # One statement that counts and reads on both engines, so that two never get one number.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dossiers_referencesequence (quarter_id, year, last) VALUES (%s, %s, 1)"
            " ON CONFLICT (quarter_id, year)"
            " DO UPDATE SET last = dossiers_referencesequence.last + 1 RETURNING last",
            [quarter.pk, year],
        )
        number: int = cursor.fetchone()[0]
    return number


def open_dossier(  # noqa: PLR0913 -- what every dossier has; all are named
    *,
    quarter: Quarter,
    kind: Kind,
    title: str,
    audience: Audience,
    language: str,
    assigned_to_id: int | None,
    search_words: str,
    is_held: bool = False,
    now: datetime,
) -> Dossier:
    """Store a new dossier with the next reference of the year; call inside a transaction.

    title: cut at 120 characters.  search_words: what the desk search shall find, unfolded.
    is_held: waits for the office to say that it is no spam.
    """
    day = quarter.local_day(now)
    reference = f"{day.year}-{_next_number(quarter, day.year):04d}"
    return Dossier.objects.create(
        quarter=quarter,
        kind=kind,
        reference=reference,
        title=title[:TITLE_LENGTH],
        audience=audience,
        language=language,
        assigned_to_id=assigned_to_id,
        created_at=now,
        held_at=now if is_held else None,
        search_text=fold(f"{reference} {title} {search_words}"),
    )


def claim(*, dossier: Dossier, version: int) -> None:
    """Raise the version; the first statement of every deed that changes a dossier.

    version: the one that the person saw.  Raises ChangedMeanwhile when somebody was faster:
    a conditional update decides it on both engines without a lock.
    """
    claimed = Dossier.objects.filter(pk=dossier.pk, version=version).update(version=version + 1)
    if not claimed:
        raise ChangedMeanwhile
    dossier.version = version + 1


def lock_dossiers(*, keys: Collection[int]) -> None:
    """Hold several dossiers until the deed is over; for a deed about more than one, before it reads.

    Always in the order of their keys, so that of two such deeds none holds what the other waits for.
    """
    rows = Dossier.objects.filter(pk__in=keys).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))


def touch(*, dossier: Dossier) -> None:
    """Raise the version for a deed from outside, so that an open form at the desk notices."""
    Dossier.objects.filter(pk=dossier.pk).update(version=F("version") + 1)
    dossier.refresh_from_db(fields=["version"])


def hold_dossier(*, dossier: Dossier, now: datetime) -> None:
    """Keep a dossier out of all lists of work until it is let in; part of a module's own deed."""
    dossier.held_at = now
    dossier.save(update_fields=["held_at"])


def let_in_dossier(*, dossier: Dossier) -> None:
    """Take a dossier among the work; part of a module's own deed."""
    dossier.held_at = None
    dossier.save(update_fields=["held_at"])


def set_audience(*, dossier: Dossier, audience: Audience) -> None:
    """Widen or narrow the circle that may see a dossier; part of a module's own deed.

    A confidential one stays so: only who names persons may end that, no other deed by the way.
    """
    if dossier.audience == Audience.CONFIDENTIAL:
        return
    dossier.audience = audience
    dossier.save(update_fields=["audience"])


def set_language(*, dossier: Dossier, language: str) -> None:
    """Say in which language the person is answered; part of a module's own deed."""
    dossier.language = language
    dossier.save(update_fields=["language"])


def close_dossier(*, dossier: Dossier, now: datetime) -> None:
    """Mark a dossier as finished and end its follow-up."""
    end_follow_up(dossier=dossier, now=now)
    dossier.closed_at = now
    dossier.save(update_fields=["closed_at"])


def reopen_dossier(*, dossier: Dossier) -> None:
    """Take the mark of being finished away."""
    dossier.closed_at = None
    dossier.save(update_fields=["closed_at"])
