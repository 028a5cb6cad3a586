"""The nightly backup: once a night, read back, and only then an old one goes."""

import logging
import re
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from quartiersladen.backups.models import Backup
from quartiersladen.backups.refusals import BackupRefused
from quartiersladen.backups.services.making import (
    Progress,
    Silent,
    book,
    this_house,
    write_archive,
)
from quartiersladen.backups.states import BackupState
from quartiersladen.backups.storing import superfluous

logger = logging.getLogger(__name__)

NAME = re.compile(r"quartiersladen-(\d{4}-\d\d-\d\d)-\d{4}\.tar")
#: The workshop of a nightly archive; one that somebody makes by hand has another name.
LEFT_OVER = re.compile(r"\.quartiersladen-\d{4}(?:-\d\d){2}-\d{4}\.tar\..*\.part")
FIRST_HOUR = 2  # o'clock; a machine that sleeps then makes it when it wakes up
AGAIN_AFTER = timedelta(hours=1)  # a failed one is tried again
LOST_AFTER = timedelta(hours=12)  # one that never ended was killed


def night_of(*, now: datetime) -> date | None:
    """Return the night that wants a backup at `now`, None before its hour."""
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    return local.date() if local.hour >= FIRST_HOUR else None


def is_due(*, now: datetime) -> bool:
    """Return whether the nightly backup should start now."""
    night = night_of(now=now)
    if not settings.BACKUP_DIR or night is None:
        return False
    found = Backup.objects.filter(night=night)
    return not found.exists() or found.filter(_again(now)).exists()


def _again(now: datetime) -> Q:
    return Q(state=BackupState.FAILED, started_at__lte=now - AGAIN_AFTER) | Q(
        state=BackupState.RUNNING, started_at__lte=now - LOST_AFTER
    )


def _claim(night: date, now: datetime) -> Backup | None:
    """Return this night's line if it is ours to fill: of two workers one gets it."""
    rows = Backup.objects.filter(night=night)
    if rows.filter(_again(now)).update(state=BackupState.RUNNING, started_at=now):
        return rows.get()
    try:
        with transaction.atomic():
            return Backup.objects.create(night=night, started_at=now)
    except IntegrityError:
        return None


def make_nightly(*, now: datetime, progress: Progress | None = None) -> Backup | None:
    """Make the archive of this night in BACKUP_DIR and let old ones go.

    Whoever asks for it gets it at any hour; the worker waits for FIRST_HOUR.
    Returns None if it is made already, or another worker makes it, or there is no BACKUP_DIR. Raises BackupRefused; the books and
    the log say why, and every earlier archive stays.
    """
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    if not settings.BACKUP_DIR or (backup := _claim(local.date(), now)) is None:
        return None
    folder = Path(settings.BACKUP_DIR)
    target = folder / f"quartiersladen-{local:%Y-%m-%d-%H%M}.tar"
    try:
        _sweep(folder)
        write_archive(
            house=this_house(),
            target=target,
            passphrase=settings.BACKUP_PASSPHRASE or None,
            now=now,
            progress=progress or Silent(),
        )
    except BackupRefused as refusal:
        backup.state, backup.error = BackupState.FAILED, str(refusal)[:300]
        backup.save(update_fields=["state", "error"])
        logger.error("The nightly backup failed: %s", refusal)  # noqa: TRY400 -- a sentence is enough
        raise
    except Exception as fault:
        # A fault of ours or of the storage; the office is told all the same.
        backup.state, backup.error = BackupState.FAILED, f"unexpected: {type(fault).__name__}"
        backup.save(update_fields=["state", "error"])
        raise
    book(backup=backup, target=target)
    _rotate(folder)
    return backup


def _sweep(folder: Path) -> None:
    """Remove what a killed run left behind; this night is claimed, so nobody else is at work."""
    if folder.is_dir():
        for path in folder.iterdir():
            if LEFT_OVER.fullmatch(path.name):
                shutil.rmtree(path, ignore_errors=True)


def archives_in(*, folder: Path) -> dict[str, date]:
    """Return the nightly archives and the days they are from."""
    names = (path.name for path in folder.iterdir()) if folder.is_dir() else ()
    found = (NAME.fullmatch(name) for name in names)
    return {match[0]: date.fromisoformat(match[1]) for match in found if match}


def _rotate(folder: Path) -> None:
    going = superfluous(
        archives_in(folder=folder),
        keep_days=settings.BACKUP_KEEP_DAYS,
        keep_weeks=settings.BACKUP_KEEP_WEEKS,
    )
    for name in sorted(going):
        (folder / name).unlink(missing_ok=True)
