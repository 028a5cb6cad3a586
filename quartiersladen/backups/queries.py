"""Reads of the backups module: when the last one was made, and whether that is long ago."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from quartiersladen.accounts.rules import Viewer
from quartiersladen.backups.models import Backup
from quartiersladen.backups.states import BackupState
from quartiersladen.quarters.models import Quarter


@dataclass(frozen=True, slots=True)
class Worry:
    """What is wrong with the backups.

    last_at: of the last good one, None if there never was one.
    rule_days: what was agreed, 0 if nothing.
    error: why the newest one failed, "" if it did not.
    """

    last_at: datetime | None
    rule_days: int
    error: str


def last_good() -> Backup | None:
    """Return the newest backup that succeeded."""
    return Backup.objects.filter(state=BackupState.DONE).order_by("-started_at").first()


def worry(quarter: Quarter, now: datetime) -> Worry | None:
    """Return what an office should know of its backups: the newest failed, or the last is old."""
    last = last_good()
    failed = Backup.objects.filter(state=BackupState.FAILED).order_by("-started_at").first()
    error = failed.error if failed and (not last or failed.started_at > last.started_at) else ""
    since = last.started_at if last else quarter.created_at
    is_old = quarter.backup_days and now - since > timedelta(days=quarter.backup_days)
    if not error and not is_old:
        return None
    return Worry(last.started_at if last else None, quarter.backup_days, error)


def worry_for_desk(viewer: Viewer, quarter: Quarter, now: datetime) -> Worry | None:
    """Return it to those who can do something about it: lead and administrator."""
    return worry(quarter, now) if viewer.may_settings else None
