"""What can be wrong with a running house. Each check returns one sentence per fault.

The page /healthz and the command `doctor` share them; doctor asks more, because it may take its
time and its reader may know more than the public.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max
from django_q.models import OrmQ, Task

from quartiersladen.backups.models import Backup
from quartiersladen.backups.queries import worry
from quartiersladen.backups.services.nightly import archives_in
from quartiersladen.backups.states import BackupState
from quartiersladen.config.checkup_safety import safety
from quartiersladen.config.env import kept_text
from quartiersladen.config.sqlite import OLDEST_SAFE, is_safe
from quartiersladen.correspondence.incoming.mailbox import NotReachable, greet
from quartiersladen.correspondence.queries import mailboxes
from quartiersladen.outbox import smtp
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.states import MailState
from quartiersladen.privacy.append_only import unguarded
from quartiersladen.quarters.models import Quarter

#: A job may take five minutes, and one is due each minute.
WORKER_SILENT = timedelta(minutes=7)
JOB_STUCK = timedelta(minutes=30)
MAIL_STUCK = timedelta(hours=6)
SCARCE = 500 * 1024 * 1024  # bytes


def database() -> Iterator[str]:
    """Ask the database for one row."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as exc:
        yield f"The database does not answer: {type(exc).__name__}."


def worker(now: datetime) -> Iterator[str]:
    """Look when a job was finished last. A job that does nothing is due each minute.

    The queue's own table of finished jobs is the heartbeat: it is written by the process that
    works, lies in the one database that all processes share, and needs no table of ours.
    """
    last = Task.objects.aggregate(last=Max("stopped"))["last"]
    if last is None:
        yield "No worker has run yet: start `quartiersladen serve` or `quartiersladen worker`."
    elif now - last > WORKER_SILENT:
        minutes = int((now - last).total_seconds() // 60)
        yield f"The worker has finished no job for {minutes} minutes."


def jobs(now: datetime) -> Iterator[str]:
    """Look for jobs that wait too long."""
    stuck = OrmQ.objects.filter(lock__lt=now - JOB_STUCK).count()
    if stuck:
        yield f"{stuck} jobs have been waiting for more than 30 minutes."


def disk() -> Iterator[str]:
    """Look how much room is left where the data and the backups lie."""
    for name in ("DATA_DIR", "BACKUP_DIR"):
        folder = getattr(settings, name)
        if folder and not Path(folder).is_dir():
            yield f"The folder in {name} does not exist."
        elif folder and (free := shutil.disk_usage(folder).free) < SCARCE:
            yield f"Only {free // (1024 * 1024)} MB are left on the disk of {name}."


def public_faults(now: datetime) -> list[str]:
    """Return what everybody may know, for /healthz; quick, and without asking anybody outside."""
    faults = [*database()] or [*migrations()]
    if faults:
        return faults
    faults = [*sqlite(), *disk(), *worker(now), *jobs(now), *mails_wait(now), *backups(now)]
    if any(contradictions()) or any(addresses()):
        # Which one is nobody's business.
        faults.append("The settings contradict each other: `quartiersladen doctor` says where.")
    return faults


def sqlite() -> Iterator[str]:
    """Look at the version of the embedded database."""
    if connection.vendor == "sqlite" and not is_safe(sqlite3.sqlite_version):
        oldest = ".".join(map(str, OLDEST_SAFE))
        yield f"SQLite {sqlite3.sqlite_version} can lose data; {oldest} or newer is needed."


@lru_cache(maxsize=1)
def _known_migrations() -> frozenset[tuple[str, str]]:
    """Return the migrations of this program; they do not change while it runs."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.nodes)


def migrations() -> Iterator[str]:
    """Look for changes of the tables that were not made yet."""
    pending = _known_migrations() - set(MigrationRecorder(connection).applied_migrations())
    if pending:
        yield f"{len(pending)} migrations are pending: run `quartiersladen migrate`."


def contradictions() -> Iterator[str]:
    """Look for settings with which the house cannot work as it should."""
    url = urlsplit(settings.BASE_URL)
    if url.scheme not in {"http", "https"} or not url.hostname:
        yield "BASE_URL must begin with https:// (or http://) and a host name."
    if settings.BEHIND_PROXY and url.scheme == "http":
        yield "BEHIND_PROXY is on, but BASE_URL begins with http://: cookies are not kept safe."
    kept = kept_text(settings.DATA_DIR / "secret_key")
    if kept and kept not in {settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS}:
        yield "SECRET_KEY is not the one in DATA_DIR/secret_key: links in old mails do not open."


def risks() -> Iterator[str]:
    """Look for settings with which it works, but not as anybody should let it work."""
    if settings.LOG_LEVEL == "DEBUG":
        yield "LOG_LEVEL is DEBUG: the log grows fast and can hold personal data."
    if settings.BACKUP_DIR and settings.DATA_DIR in _with_parents(Path(settings.BACKUP_DIR)):
        yield "BACKUP_DIR lies in DATA_DIR: whoever loses that folder loses both."


def _with_parents(path: Path) -> list[Path]:
    return [path, *path.parents]


def triggers() -> Iterator[str]:
    """Look whether journal and ledgers refuse changes."""
    for name in unguarded():
        yield f"The trigger {name} is missing: a table that takes new lines only is open."


def addresses() -> Iterator[str]:
    """Look whether the house answers where its links point."""
    host = urlsplit(settings.BASE_URL).hostname or ""
    known = [name.lstrip(".") for name in settings.ALLOWED_HOSTS]
    if "*" not in known and not any(host == name or host.endswith(f".{name}") for name in known):
        yield f"BASE_URL leads to {host}, which is not in ALLOWED_HOSTS."
    for quarter in Quarter.objects.exclude(host=None):
        if "*" not in known and quarter.host not in known:
            yield f"{quarter.name} answers at {quarter.host}, which is not in ALLOWED_HOSTS."


def quarters() -> Iterator[str]:
    """Look whether anything is set up."""
    if not Quarter.objects.filter(is_default=True).exists():
        yield "There is no quarter yet: run `quartiersladen init`."


def folders() -> Iterator[str]:
    """Look whether uploaded files can be kept."""
    storage = storages["default"]
    folders = [Path(storage.location)] if isinstance(storage, FileSystemStorage) else []
    if settings.BACKUP_DIR:
        folders.append(Path(settings.BACKUP_DIR))
    for folder in folders:
        if not _is_writable(folder):
            yield f"Nothing can be written into {folder}."


def _is_writable(folder: Path) -> bool:
    probe = folder / ".doctor"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True


def _mail_servers() -> list[str]:
    own = Quarter.objects.exclude(smtp_url="").values_list("smtp_url", flat=True)
    return sorted({*own, settings.SMTP_URL} - {""})


def mail_out() -> Iterator[str]:
    """Greet every mail server that is named."""
    servers = _mail_servers()
    if not servers and not settings.DEMO:
        yield "No mail server is named in SMTP_URL: mails wait at /buero/post/."
    for server in servers:
        try:
            smtp.greet(server)
        except smtp.Refused as exc:
            host = urlsplit(server).hostname
            yield f"The mail server {host} does not take mails: {exc}."


def mail_in() -> Iterator[str]:
    """Open every mailbox that is named."""
    for url in mailboxes():
        try:
            greet(url)
        except NotReachable as exc:
            host = urlsplit(url).hostname
            yield f"The mailbox at {host} cannot be read: {exc}."


def mails_wait(now: datetime) -> Iterator[str]:
    """Look in the books for mails that do not go although a server is named."""
    if _mail_servers():
        late = Mail.objects.filter(state=MailState.QUEUED, created_at__lt=now - MAIL_STUCK)
        if count := late.count():
            yield f"{count} mails have been waiting for more than 6 hours."


def backups(now: datetime) -> Iterator[str]:
    """Look whether a backup failed or is older than the strictest quarter agreed; a demo may be."""
    if settings.DEMO:
        return
    rules = Quarter.objects.order_by("backup_days", "created_at")
    strictest = rules.filter(backup_days__gt=0).first() or rules.first()
    found = worry(strictest, now) if strictest else None
    if found is None:
        return
    if found.error:
        yield "The last backup failed."
    elif found.last_at is None:
        yield f"There is no backup; one every {found.rule_days} days is agreed."
    else:
        days = (now - found.last_at).days
        yield f"The last backup is {days} days old; one every {found.rule_days} days is agreed."


def archives() -> Iterator[str]:
    """Look whether the nightly archives are where they were written."""
    made = Backup.objects.filter(night__isnull=False, state=BackupState.DONE)
    if settings.BACKUP_DIR and made.exists() and not archives_in(folder=Path(settings.BACKUP_DIR)):
        yield "BACKUP_DIR holds no backup any more, though there was one."


def all_faults(now: datetime) -> list[str]:
    """Return everything that an administrator should know."""
    faults = [*database(), *disk(), *sqlite()]
    if not faults:
        faults += migrations()
    if not faults:
        faults += [*triggers(), *quarters(), *contradictions(), *risks(), *addresses(), *folders()]
        faults += [*worker(now), *jobs(now), *mail_out(), *mail_in()]
        faults += [*mails_wait(now)]
        faults += [*backups(now), *archives()]
    faults += safety()
    return faults
