"""The office's mailbox, by IMAP. Which one is the operator's decision, never a visitor's.

Address: imaps://user:password@host:993/INBOX, or imap:// with STARTTLS. `?move=Folder` moves what
was read there; without it a read mail is marked as seen.
"""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.utils.translation import gettext as _
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

TIMEOUT = 30  # seconds for each step of the dialogue
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
UID = re.compile(rb"\bUID (\d+)")
SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
DAY = re.compile(rb'INTERNALDATE "([^"]{1,40})"')
VALIDITY = "UIDVALIDITY"


class NotReachable(Exception):  # noqa: N818 -- reads as a sentence at the call site
    """The mailbox cannot be read now; the sentence says why and holds no password."""


class NotGiven(NotReachable):
    """The server answers, but does not give out these mails."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail in the mailbox. raw: its bytes, perhaps only the beginning.  size_bytes: of all."""

    uid: int
    arrived_at: datetime | None
    raw: bytes
    size_bytes: int


class Box:
    """An open mailbox."""

    def __init__(self, client: BaseMailBox, *, validity: int, move_to: str) -> None:
        self._client, self.validity, self._move_to = client, validity, move_to

    def uids_after(self, last: int) -> list[int]:
        """Return the numbers of the mails that came after `last`, oldest first."""
        with _refusals():
            found = self._client.uids(f"UID {last + 1}:*")
        # "*" is the newest one, also when that is older.
        return sorted(uid for uid in map(int, found) if uid > last)

    def sizes(self, uids: list[int]) -> dict[int, int]:
        """Return how many bytes each has; one that was deleted meanwhile is missing."""
        found = {}
        for line in self._fetch(uids, "(UID RFC822.SIZE)"):
            head = line[0] if isinstance(line, tuple) else line
            if (uid := UID.search(head)) and (size := SIZE.search(head)):
                found[int(uid[1])] = int(size[1])
        return found

    def fetch(self, uids: list[int], *, only_bytes: int = 0) -> Iterator[Waiting]:
        """Yield these mails, oldest first, without marking them.  only_bytes: from the beginning."""
        piece = f"<0.{only_bytes}>" if only_bytes else ""
        lines = self._fetch(uids, f"(UID INTERNALDATE RFC822.SIZE BODY.PEEK[]{piece})")
        for line, after in zip(lines, [*lines[1:], b""], strict=True):
            if not isinstance(line, tuple):
                continue
            # What a server says of a mail may stand before its bytes or after them.
            head = line[0] + (after if isinstance(after, bytes) else b"")
            uid, size, day = UID.search(head), SIZE.search(head), DAY.search(head)
            if uid is not None:
                raw = line[1]
                length = int(size[1]) if size else len(raw)
                yield Waiting(int(uid[1]), _moment(day[1]) if day else None, raw, length)

    def _fetch(self, uids: list[int], parts: str) -> list[bytes | tuple[bytes, bytes]]:
        with _refusals():
            kind, lines = self._client.client.uid("FETCH", ",".join(map(str, uids)), parts)
        if kind != "OK":
            raise NotGiven(_("The mailbox does not give out this mail."))
        return [line for line in lines if line is not None]

    def tick_off(self, uids: list[int]) -> None:
        """Mark mails as read, or move them. They are in the house: a failure here loses nothing."""
        chosen = [str(uid) for uid in uids]
        with suppress(ImapToolsError, imaplib.IMAP4.error, OSError):
            if self._move_to:
                if not self._client.folder.exists(self._move_to):
                    self._client.folder.create(self._move_to)
                self._client.move(chosen, self._move_to)
            else:
                # The library's own way empties the bin each time, which is not ours to do.
                self._client.client.uid("STORE", ",".join(chosen), "+FLAGS.SILENT", r"(\Seen)")


def _moment(text: bytes) -> datetime | None:
    try:
        return parsedate_to_datetime(text.decode("ascii").replace("-", " ")).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def address_in(url: str) -> str:
    """Return the mail address with which one signs in there, "" if the name is none."""
    user = unquote(urlsplit(url).username or "")
    return user if "@" in user else ""


def greet(url: str) -> None:
    """Connect, sign in and open the folder without reading anything. Raises NotReachable."""
    with opened(url):
        return


@contextmanager
def opened(url: str) -> Iterator[Box]:
    """Open the mailbox. Raises NotReachable."""
    with _refusals():
        parts = urlsplit(url)
        client = _client(parts)
    try:
        with _refusals():
            folder = unquote(parts.path.strip("/")) or "INBOX"
            client.login(unquote(parts.username or ""), unquote(parts.password or ""), folder)
            validity = int(client.folder.status(folder, [VALIDITY])[VALIDITY])
        move_to = parse_qs(parts.query).get("move", [""])[0]
        yield Box(client, validity=validity, move_to=move_to)
    finally:
        # A bad farewell takes nothing back.
        with suppress(ImapToolsError, imaplib.IMAP4.error, OSError):
            client.logout()


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except ImapToolsError as exc:
        raise NotReachable(_said(exc)) from exc
    except (OSError, imaplib.IMAP4.error, ValueError) as exc:
        # ValueError: the address cannot be read.
        words = f"{type(exc).__name__}: {exc}" if str(exc) else type(exc).__name__
        raise NotReachable(words[:300]) from exc


def _said(exc: ImapToolsError) -> str:
    """Return the server's words without the library's own around them."""
    result = getattr(exc, "command_result", None)
    lines = result[1] if result and len(result) > 1 and isinstance(result[1], list) else []
    said = b" ".join(line for line in lines if isinstance(line, bytes)).decode("utf-8", "replace")
    return (said or type(exc).__name__)[:300]


def _client(parts: SplitResult) -> BaseMailBox:
    host = parts.hostname or "localhost"
    if parts.scheme == "imaps":
        return MailBox(host, parts.port or 993, timeout=TIMEOUT, ssl_context=_trust(host))
    if host in HERE:
        return MailBoxUnencrypted(host, parts.port or 143, timeout=TIMEOUT)
    return MailBoxStartTls(host, parts.port or 143, timeout=TIMEOUT, ssl_context=_trust(host))


def _trust(host: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if host in HERE:
        # A server on the same machine has a certificate that it made itself; nobody is in between.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
