"""Reads the mailboxes: in batches, each mail in a transaction of its own together with the mark.

Whoever is interrupted goes on behind the last mail that is in the house. The mark counts, not what
somebody has read with a mail programme meanwhile. A mail that ends the program is the first of its
batch the next time, and the third time it is kept without being read.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from quartiersladen.correspondence.incoming.mailbox import (
    Box,
    NotGiven,
    NotReachable,
    Waiting,
    opened,
)
from quartiersladen.correspondence.incoming.reading import HEAD_BYTES, MOST_BYTES
from quartiersladen.correspondence.incoming.states import Trouble
from quartiersladen.correspondence.models import Mailbox
from quartiersladen.correspondence.services.arriving import Arrival, store_mail
from quartiersladen.outbox.outages import server_key
from quartiersladen.privacy.services import leave_trail
from quartiersladen.quarters.models import Quarter

BATCH_MAILS = 100
BATCH_BYTES = 2 * MOST_BYTES
ASKED = 500  # mails whose size is asked at once
#: A reader who died leaves the mailbox to the next one after so long.
CLAIM = timedelta(minutes=10)
MOST_TRIES = 2


class Progress(Protocol):
    """What shows how far it is; see config.progress."""

    def step(self, what: str, done: int, total: int) -> None:
        """Show that `done` of `total` are done."""


class Silent:
    """Shows nothing."""

    def step(self, what: str, done: int, total: int) -> None:
        """Show nothing."""


@dataclass(slots=True)
class Outcome:
    """What a reading came to. fault: why the mailbox could not be read, "" if it could.

    new, known: mails that were stored, and those that were in the house already.
    left: mails that the time did not suffice for.  is_busy: somebody else is reading it.
    """

    new: int = 0
    known: int = 0
    left: int = 0
    fault: str = ""
    is_busy: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads. tell_time: the clock.  has_time: whether another batch may begin."""

    tell_time: Callable[[], datetime]
    has_time: Callable[[], bool]
    progress: Progress


def forget_left_mailboxes() -> None:
    """Forget the marks of mailboxes that no quarter uses any more."""
    own = Quarter.objects.exclude(imap_url="").values_list("imap_url", flat=True)
    keys = [server_key(url) for url in {settings.IMAP_URL, *own}]
    Mailbox.objects.exclude(key__in=keys).delete()


def read_mailbox(*, url: str, quarters: list[Quarter], reader: Reader) -> Outcome:
    """Take in what came since the last time; call outside a transaction."""
    outcome = Outcome()
    row, _is_new = Mailbox.objects.get_or_create(key=server_key(url))
    if not _claim(row, reader.tell_time()):
        outcome.is_busy = True
        return outcome
    try:
        with opened(url) as box:
            _follow_numbering(row, box)
            _read(box, row, quarters, reader, outcome)
    except NotReachable as exc:
        outcome.fault = str(exc)[:300]
    finally:
        # Only a process that was ended leaves its tries behind.
        Mailbox.objects.filter(pk=row.pk).update(claimed_until=None, tried_uid=0, times_tried=0)
    changes: dict[str, object] = {"last_error": outcome.fault}
    if not outcome.fault:
        changes["read_at"] = reader.tell_time()
    Mailbox.objects.filter(pk=row.pk).update(**changes)
    return outcome


def set_mailbox(*, quarter: Quarter, url: str, now: datetime) -> None:
    """Say which mailbox is read for a quarter, "" for the one of all; only the operator does this."""
    with transaction.atomic():
        quarter.imap_url = url
        quarter.save(update_fields=["imap_url"])
        leave_trail(
            quarter=quarter,
            by_id=None,
            deed="mailbox set",
            subject=f"quarters.quarter:{quarter.pk}",
            data={"host": urlsplit(url).hostname or ""},
            now=now,
        )


def begin_now(*, url: str) -> int:
    """Leave out what lies in a mailbox already, and return how many mails that are.

    Raises NotReachable.
    """
    row, _is_new = Mailbox.objects.get_or_create(key=server_key(url))
    with opened(url) as box:
        _follow_numbering(row, box)
        uids = box.uids_after(row.last_uid)
    if uids:
        Mailbox.objects.filter(pk=row.pk, last_uid__lt=uids[-1]).update(last_uid=uids[-1])
    return len(uids)


def _claim(row: Mailbox, now: datetime) -> bool:
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    taken = Mailbox.objects.filter(free, pk=row.pk).update(claimed_until=now + CLAIM)
    row.refresh_from_db()
    return bool(taken)


def _follow_numbering(row: Mailbox, box: Box) -> None:
    """Begin again when the server has numbered its mails anew; the known ones are not doubled."""
    if row.uid_validity != box.validity:
        row.uid_validity, row.last_uid = box.validity, 0
        row.save(update_fields=["uid_validity", "last_uid"])


def _read(
    box: Box, row: Mailbox, quarters: list[Quarter], reader: Reader, outcome: Outcome
) -> None:
    uids = box.uids_after(row.last_uid)
    done = 0
    for batch in _batches(box, uids):
        if not reader.has_time():
            break
        tries = _begin(row, batch[0][0], reader.tell_time())
        for mail in _fetched(box, batch, is_poisoned=tries > MOST_TRIES):
            arrival = Arrival(
                at=mail.waiting.arrived_at or reader.tell_time(),
                mailbox=row,
                uid=mail.waiting.uid,
                size_bytes=mail.waiting.size_bytes,
                trouble=mail.trouble,
            )
            _stored, is_new = store_mail(
                quarters=quarters, raw=mail.waiting.raw, arrival=arrival, now=reader.tell_time()
            )
            outcome.new += is_new
            outcome.known += not is_new
            done += 1
            reader.progress.step("mails", done, len(uids))
        box.tick_off([uid for uid, _size in batch])
    outcome.left = len(uids) - done


Batch = list[tuple[int, int]]


def _batches(box: Box, uids: list[int]) -> Iterator[Batch]:
    """Yield mails (number, bytes) in portions that fit into memory; a huge one comes alone."""
    for start in range(0, len(uids), ASKED):
        asked = uids[start : start + ASKED]
        sizes = box.sizes(asked)
        batch: Batch = []
        for uid in asked:
            size = sizes.get(uid, 0)
            weight = sum(one for _uid, one in batch) + size
            if batch and (len(batch) == BATCH_MAILS or weight > BATCH_BYTES):
                yield batch
                batch = []
            batch.append((uid, size))
        yield batch


def _begin(row: Mailbox, first: int, now: datetime) -> int:
    """Write down which batch is in hand and return how often its first mail was."""
    times = row.times_tried + 1 if row.tried_uid == first else 1
    row.tried_uid, row.times_tried, row.claimed_until = first, times, now + CLAIM
    row.save(update_fields=["tried_uid", "times_tried", "claimed_until"])
    return times


@dataclass(frozen=True, slots=True)
class _Fetched:
    waiting: Waiting
    trouble: Trouble | None = None


def _fetched(box: Box, batch: Batch, *, is_poisoned: bool) -> Iterator[_Fetched]:
    """Yield the mails of a batch; one that the server does not give out as a mark of that."""
    if is_poisoned:
        yield _poisoned(box, *batch[0])
        batch = batch[1:]
    normal = [uid for uid, size in batch if size <= MOST_BYTES]
    try:
        given = {one.uid: one for one in box.fetch(normal)} if normal else {}
    except NotGiven:
        given = {}
    for uid, size in batch:
        if uid in given:
            yield _Fetched(given.pop(uid))
        elif size:  # else somebody has deleted it meanwhile
            yield _one(box, uid, size)


def _one(box: Box, uid: int, size: int) -> _Fetched:
    try:
        [found] = box.fetch([uid], only_bytes=HEAD_BYTES if size > MOST_BYTES else 0)
    except (NotGiven, ValueError):
        return _Fetched(Waiting(uid, None, _mark(uid, box), size), Trouble.NOT_FETCHED)
    return _Fetched(found)


def _poisoned(box: Box, uid: int, size: int) -> _Fetched:
    """Keep the beginning of a mail that ended the program; it is not read again."""
    try:
        [found] = box.fetch([uid], only_bytes=HEAD_BYTES)
    except (NotGiven, ValueError):
        return _Fetched(Waiting(uid, None, _mark(uid, box), size), Trouble.CRASHED)
    return _Fetched(found, Trouble.CRASHED)


def _mark(uid: int, box: Box) -> bytes:
    """Stand in for the bytes of a mail that there are not, so that two such are two."""
    return f"X-Mailbox-Number: {box.validity}-{uid}\r\n\r\n".encode()
