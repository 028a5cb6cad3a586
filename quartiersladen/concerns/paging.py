"""Addresses of older and newer pages: a cursor is the moment and the row it stands behind."""

from datetime import UTC, datetime
from typing import Any

from django.http import QueryDict

from quartiersladen.concerns.queries.lists import Page


def cursor_from(text: str) -> tuple[datetime, int] | None:
    """Read a cursor as `page_urls` writes it; None for anything else."""
    moment, _tilde, key = text.rpartition("~")
    try:
        at = datetime.fromisoformat(moment)
        row = int(key)
        # The first day of all seen from the east lies before every day that there is.
        return (at.astimezone(UTC), row) if at.tzinfo and abs(row) < 2**62 else None
    except (ValueError, OverflowError):
        return None


def page_urls(query: QueryDict, page: Page[Any]) -> dict[str, str]:
    """Return older_url and newer_url for the template; "" at the ends of the list."""

    def url(name: str, cursor: tuple[datetime, int] | None) -> str:
        if cursor is None:
            return ""
        target = query.copy()
        for old in ("vor", "nach"):
            target.pop(old, None)
        target[name] = f"{cursor[0].isoformat()}~{cursor[1]}"
        return f"?{target.urlencode()}"

    return {"older_url": url("vor", page.older), "newer_url": url("nach", page.newer)}
