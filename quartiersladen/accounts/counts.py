"""Counters that all processes share, in a table: one statement each, on both engines.

Django's cache in the memory of a process would count each process apart, and its cache in a table
needs six statements to count one. Only what `kernel.throttle` asks for is here.
"""

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.core.cache.backends.base import BaseCache
from django.db import connection
from django.utils import timezone

from quartiersladen.accounts.models import NetworkCount

#: Counts on, or begins anew when the time of the count has passed.
COUNT = """
INSERT INTO accounts_networkcount (key, number, expires_at)
VALUES (%(key)s, %(delta)s, %(expires_at)s)
ON CONFLICT (key) DO UPDATE SET
    number = CASE WHEN accounts_networkcount.expires_at <= %(now)s THEN excluded.number
        ELSE accounts_networkcount.number + excluded.number END,
    expires_at = CASE WHEN accounts_networkcount.expires_at <= %(now)s THEN excluded.expires_at
        ELSE accounts_networkcount.expires_at END
RETURNING number
"""


class CountsTable(BaseCache):
    """A cache of whole numbers for settings.CACHES; TIMEOUT says after how long one begins anew."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Count on, from nothing if nobody has counted there; return how far."""
        now = timezone.now()
        values: dict[str, str | int | datetime] = {
            "key": self.make_key(key, version=version),
            "delta": delta,
            "now": now,
            "expires_at": now + timedelta(seconds=self.default_timeout or 0),
        }
        with connection.cursor() as cursor:
            cursor.execute(COUNT, values)
            [(number,)] = cursor.fetchall()
        return int(number)

    def ttl(self, key: str, version: int | None = None) -> int:
        """Return in how many seconds the count begins anew; 0 if nobody has counted there."""
        name, now = self.make_key(key, version=version), timezone.now()
        count = NetworkCount.objects.filter(key=name, expires_at__gt=now).first()
        return ceil((count.expires_at - now).total_seconds()) if count else 0

    def clear(self) -> None:
        """Forget all counts."""
        NetworkCount.objects.all().delete()
