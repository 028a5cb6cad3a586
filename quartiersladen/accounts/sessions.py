"""Keeps who is signed in where. Ending a session is deleting its row: it counts at once.

One table instead of Django's own and a second one beside it, so that the list of sessions and what
opens the door can never differ, and a page needs no further statement.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from quartiersladen.accounts.devices import Device
from quartiersladen.accounts.models import Session

#: How exactly "last seen" is known; a write per page would be too many.
SEEN_EVERY = timedelta(minutes=5)
#: Whoever was away for so long signs in again; a talk at the counter may be long.
IDLE = timedelta(hours=3)


class SessionStore(DatabaseStore):
    """Django's store in the database, which also writes down whose session it is."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.device = Device()
        self._started_at: datetime | None = None
        self._seen_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the house's table."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        row: Session | None = super()._get_session_from_db()  # type: ignore[misc]  # not in the stubs
        if row is not None and timezone.now() - row.last_seen_at > IDLE:
            row.delete()
            self._session_key = row = None
        if row is not None:
            self._started_at, self._seen_at = row.started_at, row.last_seen_at
        return row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row to be saved."""
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]  # our own table
        now = timezone.now()
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.browser, row.system = self.device.browser, self.device.system
        row.started_at = self._started_at or now
        # Whatever happens in it, a session ends when it is as old as its cookie may become.
        row.expire_date = row.started_at + timedelta(seconds=self.get_session_cookie_age())
        row.last_seen_at = now
        return row

    def cycle_key(self) -> None:
        """Go on under a new key; whoever signs in begins anew."""
        if SESSION_KEY not in self:
            self._started_at = self._seen_at = None
        super().cycle_key()

    def flush(self) -> None:
        """Forget everything; whoever signs in next begins anew."""
        super().flush()
        self._started_at = self._seen_at = None

    def touch(self, now: datetime) -> None:
        """Write down that the person was here, at most once in SEEN_EVERY."""
        if self._seen_at is None or now - self._seen_at < SEEN_EVERY:
            return
        # The device as well: a stolen cookie shows where it is used.
        Session.objects.filter(session_key=self.session_key).update(
            last_seen_at=now, browser=self.device.browser, system=self.device.system
        )
