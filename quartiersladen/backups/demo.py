"""Demo data: one good backup in the books. The demo itself makes none."""

from datetime import datetime, timedelta

from quartiersladen.backups.models import Backup
from quartiersladen.backups.states import BackupState

HOURS_AGO = timedelta(hours=9)
TOOK = timedelta(seconds=4)


def load(now: datetime) -> None:
    """Store the line that a nightly backup would have left."""
    started_at = now - HOURS_AGO
    Backup.objects.create(
        state=BackupState.DONE,
        started_at=started_at,
        finished_at=started_at + TOOK,
        size_bytes=3_400_000,
    )
