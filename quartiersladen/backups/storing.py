"""Walks the storage of uploaded files through Django's interface, so that a bucket works too."""

from collections.abc import Iterator
from datetime import date

from django.core.files.storage import Storage

from quartiersladen.files.models import StoredFile


def names_in(storage: Storage, folder: str = "") -> Iterator[str]:
    """Yield the name of every file, folder by folder; none if there is no folder yet."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    start = f"{folder}/" if folder else ""
    for name in sorted(files):
        yield f"{start}{name}"
    for name in sorted(folders):
        yield from names_in(storage, f"{start}{name}")


def names_in_database() -> str:
    """Return a query for the names that a database expects to find in the storage."""
    rows = StoredFile.objects.values_list("storage_name", "thumbnail_name").order_by()
    return str(rows.query)


# --- Which nightly archives stay ------------------------------------------------------------------
def superfluous(days: dict[str, date], *, keep_days: int, keep_weeks: int) -> set[str]:
    """Return the archives that may go.

    days: name -> the day it is from.  keep_days, keep_weeks: of so many last days, and of so many
    last weeks, the newest one stays; days and weeks without any do not count, so that nothing goes
    while nothing new comes.
    """
    newest_first = sorted(days, key=lambda name: (days[name], name), reverse=True)
    by_day: dict[date, str] = {}
    by_week: dict[tuple[int, int], str] = {}
    for name in newest_first:
        by_day.setdefault(days[name], name)
        by_week.setdefault(days[name].isocalendar()[:2], name)
    kept = {*list(by_day.values())[:keep_days], *list(by_week.values())[:keep_weeks]}
    return set(days) - kept
