"""What can be wrong with a running house. Each check returns one sentence per fault.

The page /healthz and the command `doctor` share them; doctor asks more, because it may take its
time and its reader may know more than the public.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max
from django_q.models import OrmQ, Task

from quartiersladen.config.sqlite import OLDEST_SAFE, is_safe
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
    """Look how much room is left where the data lies."""
    folder = settings.DATA_DIR
    if not folder.is_dir():
        yield "The folder in DATA_DIR does not exist."
        return
    free = shutil.disk_usage(folder).free
    if free < SCARCE:
        yield f"Only {free // (1024 * 1024)} MB are left on the disk of DATA_DIR."


def public_faults(now: datetime) -> list[str]:
    """Return what everybody may know, for /healthz; quick."""
    faults = [*database()]
    return faults or [*worker(now), *jobs(now), *disk()]


def sqlite() -> Iterator[str]:
    """Look at the version of the embedded database."""
    if connection.vendor == "sqlite" and not is_safe(sqlite3.sqlite_version):
        oldest = ".".join(map(str, OLDEST_SAFE))
        yield f"SQLite {sqlite3.sqlite_version} can lose data; {oldest} or newer is needed."


def migrations() -> Iterator[str]:
    """Look for changes of the tables that were not made yet."""
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        yield f"{len(pending)} migrations are pending: run `quartiersladen migrate`."


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
    if isinstance(storage, FileSystemStorage):
        folder = Path(storage.location)
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


def mail_out(now: datetime) -> Iterator[str]:
    """Greet every mail server that is named, and look for mails that do not go."""
    own = Quarter.objects.exclude(smtp_url="").values_list("smtp_url", flat=True)
    servers = sorted({*own, settings.SMTP_URL} - {""})
    if not servers and not settings.DEMO:
        yield "No mail server is named in SMTP_URL: mails wait at /buero/post/."
    for server in servers:
        try:
            smtp.greet(server)
        except smtp.Refused as exc:
            host = urlsplit(server).hostname
            yield f"The mail server {host} does not take mails: {exc}."
    if servers:
        late = Mail.objects.filter(state=MailState.QUEUED, created_at__lt=now - MAIL_STUCK)
        if count := late.count():
            yield f"{count} mails have been waiting for more than 6 hours."


def all_faults(now: datetime) -> list[str]:
    """Return everything that an administrator should know."""
    faults = [*database(), *disk(), *sqlite()]
    if not faults:
        faults += migrations()
    if not faults:
        faults += [*triggers(), *quarters(), *addresses(), *folders()]
        faults += [*worker(now), *jobs(now), *mail_out(now)]
    return faults
