"""From the bytes of a mail to plain values. Takes any bytes and never raises.

The old, plain parser of the standard library is used on purpose: the newer one understands headers
by a grammar that hostile ones keep busy for minutes. Every header, text and list has a limit.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256

from quartiersladen.correspondence.incoming import quoting
from quartiersladen.correspondence.incoming.html import as_lines
from quartiersladen.correspondence.incoming.states import Trouble
from quartiersladen.outbox.addresses import CONTROL, BadAddress, ascii_domain

MOST_BYTES = 10 * 1024 * 1024
HEAD_BYTES = 256 * 1024  # so much is read of a mail that is too large, for its headers
MOST_MULTIPARTS = 60  # nested or side by side; people's mails have three
MOST_BOUNDARIES = 3_000  # lines that may begin a part
MOST_PARTS = 200
MOST_DEPTH = 20
HEADER_LENGTH = 4_000  # letters
TEXT_LENGTH = 30_000  # letters that are kept of an answer, and of what it quotes
PART_BYTES = 2_000_000  # of one text part
MOST_ADDRESSES = 50
MOST_ATTACHMENTS = 50
NAME_LENGTH, SUBJECT_LENGTH, ADDRESS_LENGTH, ID_LENGTH = 120, 200, 254, 180
FILE_NAME_LENGTH = 120
MESSAGE_ID = re.compile(r"<[^<>\s]{1,400}>")
#: Charsets with which Python does something else than reading letters, or reads them for ever.
NO_CHARSETS = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"})
TO_HEADERS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc")


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with a mail. size_bytes: about.  number: counted through the parts."""

    number: int
    name: str
    media_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Status:
    """What a notice says of one recipient (RFC 3464). status: "5.1.1".  Small letters."""

    recipient: str
    action: str
    status: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """A mail as the house understands it. trouble: why it could not be read whole, None if it was.

    message_id: "" where it is missing or absurd.  reply_to_ids: In-Reply-To and References, the
    nearest first.  recipients: for whom it was, also as servers on the way noted it.
    returned_ids: Message-IDs of what a notice sends back.
    """

    message_id: str = ""
    sender_address: str = ""
    sender_name: str = ""
    subject: str = ""
    written_at: datetime | None = None
    text: str = ""
    quoted: str = ""
    recipients: tuple[str, ...] = ()
    reply_to_ids: tuple[str, ...] = ()
    auto_submitted: str = ""
    precedence: str = ""
    is_from_list: bool = False
    is_auto_response: bool = False
    has_no_return_path: bool = False
    report_type: str = ""
    statuses: tuple[Status, ...] = ()
    returned_ids: tuple[str, ...] = ()
    attachments: tuple[Attached, ...] = ()
    trouble: Trouble | None = None

    @property
    def fingerprint(self) -> str:
        """Checksum of what people read, so that two copies of a mail are known as one."""
        words = "\0".join((self.sender_address, self.subject, self.text, self.quoted))
        return sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def received(raw: bytes, *, size_bytes: int = 0) -> Received:
    """Return what a mail says. What cannot be read is left out, and `trouble` says so.

    raw: of a mail that is too large the beginning is enough.  size_bytes: of the whole one.
    """
    try:
        if max(len(raw), size_bytes) > MOST_BYTES:
            return replace(received(raw[:HEAD_BYTES]), attachments=(), trouble=Trouble.TOO_LARGE)
        if _is_bomb(raw):
            head = raw[:HEAD_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
            return _from_headers(message_from_bytes(head + b"\n\n"), trouble=Trouble.BOMB)
        return _whole(message_from_bytes(raw))
    except Exception:  # noqa: BLE001 -- hostile bytes make the library raise whatever it likes
        return _rescued(raw)


def unread(trouble: Trouble) -> Received:
    """Return what stands for a mail of which not even the bytes could be had."""
    return Received(trouble=trouble)


def _is_bomb(raw: bytes) -> bool:
    """Whether taking it apart would cost time or memory; cheap to find out."""
    has_many = raw.count(b"\n--") > MOST_BOUNDARIES
    return has_many or raw.lower().count(b"multipart/") > MOST_MULTIPARTS


def _rescued(raw: bytes) -> Received:
    """Return at least who it seems to be from: the office shall find it again."""
    found: dict[bytes, str] = {}
    for line in raw[:HEAD_BYTES].splitlines()[:200]:
        name, colon, value = line.partition(b":")
        if colon and name.lower() in {b"from", b"subject"}:
            found.setdefault(name.lower(), clean_line(value.decode("utf-8", "replace")))
    return Received(
        sender_name=found.get(b"from", "")[:NAME_LENGTH],
        subject=found.get(b"subject", "")[:SUBJECT_LENGTH],
        trouble=Trouble.BROKEN,
    )


def _whole(message: "Message[str, str]") -> Received:
    parts = list(_parts(message))
    head = _from_headers(message)
    answer, quoted = quoting.split(_text(parts) or _text_of_forwarded(parts))
    statuses, returned_ids = _notice(message, parts)
    return replace(
        head,
        text=answer[:TEXT_LENGTH],
        quoted=quoted[:TEXT_LENGTH],
        report_type=_report_type(message),
        statuses=statuses,
        returned_ids=returned_ids,
        attachments=tuple(_attachments(parts)),
    )


def _from_headers(message: "Message[str, str]", *, trouble: Trouble | None = None) -> Received:
    address, name = _sender(message)
    return Received(
        message_id=_message_id(message),
        sender_address=address,
        sender_name=name,
        subject=header(message, "Subject")[:SUBJECT_LENGTH],
        written_at=_date(message),
        recipients=_recipients(message),
        reply_to_ids=_reply_to_ids(message),
        auto_submitted=_word(message, "Auto-Submitted"),
        precedence=_word(message, "Precedence"),
        is_from_list=any(name in message for name in ("List-Id", "List-Unsubscribe", "List-Post")),
        is_auto_response=any(
            name in message for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-From")
        ),
        has_no_return_path=_raw(message, "Return-Path").strip() == "<>",
        trouble=trouble,
    )


# --- Headers --------------------------------------------------------------------------------------
def clean_line(text: str) -> str:
    """Return `text` as one line without control signs, lone surrogates and outer blanks."""
    bare = text.encode("utf-8", "replace").decode("utf-8", "replace")
    return " ".join(CONTROL.sub(" ", bare).split())


def _all(message: "Message[str, str]", name: str) -> list[str]:
    """Return the lines of one name as they came; letters beyond ASCII are UTF-8 (RFC 6532)."""
    wanted = name.lower()
    return [_unescaped(str(value)) for key, value in message.raw_items() if key.lower() == wanted]


def _unescaped(value: str) -> str:
    if value.isascii():
        return value
    content = value.encode("utf-8", "surrogateescape")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _raw(message: "Message[str, str]", name: str) -> str:
    return next(iter(_all(message, name)), "")[:HEADER_LENGTH]


def header(message: "Message[str, str]", name: str) -> str:
    """Return a header in plain letters, on one line."""
    return clean_line(_decoded(_raw(message, name)))


def _decoded(value: str) -> str:
    if "=?" not in value:
        return value
    try:
        parts = decode_header(value)
    except Exception:  # noqa: BLE001 -- broken base64 raises several things
        return value
    return "".join(
        part if isinstance(part, str) else in_letters(part, charset or "ascii")
        for part, charset in parts
    )


def in_letters(content: bytes, charset: str) -> str:
    """Return bytes as letters by a charset that a stranger names; what does not fit becomes �."""
    try:
        name = codecs.lookup(charset).name
        if name.replace("-", "_") in NO_CHARSETS:
            name = "utf-8"
        return content.decode(name, "replace")
    except Exception:  # noqa: BLE001 -- an unknown name, a codec that makes no letters, a broken one
        return content.decode("utf-8", "replace")


def _word(message: "Message[str, str]", name: str) -> str:
    """Return the first word of a header, in small letters."""
    return _raw(message, name).partition(";")[0].partition("(")[0].strip().lower()[:40]


def _message_id(message: "Message[str, str]") -> str:
    found = MESSAGE_ID.search(_raw(message, "Message-ID"))
    known = found[0] if found else ""
    is_sound = 5 <= len(known) <= ID_LENGTH and known.isascii() and known.isprintable()
    return known if is_sound else ""


def _reply_to_ids(message: "Message[str, str]") -> tuple[str, ...]:
    direct = _ids_in(_raw(message, "In-Reply-To"))
    earlier = _ids_in(" ".join(_all(message, "References"))[-HEADER_LENGTH:])[::-1]
    return tuple(dict.fromkeys([*direct, *earlier]))[:MOST_ADDRESSES]


def _ids_in(text: str) -> list[str]:
    return [one for one in MESSAGE_ID.findall(text) if one.isascii() and one.isprintable()]


def _date(message: "Message[str, str]") -> datetime | None:
    try:
        found = parsedate_to_datetime(_raw(message, "Date"))
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        # Far years cannot be turned into the quarter's time.
        return aware.astimezone(UTC) if 1990 <= aware.year <= 2200 else None
    except Exception:  # noqa: BLE001 -- days that do not exist raise several things
        return None


def _pairs(values: list[str]) -> list[tuple[str, str]]:
    try:
        return getaddresses(values)[:MOST_ADDRESSES]
    except Exception:  # noqa: BLE001 -- the library gives up at some nestings
        return []


def address_of(text: str) -> str:
    """Return an address with its domain in punycode, "" for what is none.

    Two domains that look alike stay apart by that. Letters before the @ stay as they are: who has
    such an address cannot be written to, and the page says so.
    """
    bare = clean_line(text)
    local, at, domain = bare.rpartition("@")
    if not at or not local or " " in bare or not domain:
        return ""
    try:
        known = f"{local}@{ascii_domain(domain)}"
    except BadAddress:
        return ""
    return known if len(known) <= ADDRESS_LENGTH else ""


def _sender(message: "Message[str, str]") -> tuple[str, str]:
    """Return address and name of the first sender."""
    value = _raw(message, "From")
    for name, address in _pairs([value]):
        known = address_of(_decoded(address))
        if known:
            return known, clean_line(_decoded(name))[:NAME_LENGTH]
    return "", clean_line(_decoded(value))[:NAME_LENGTH]


def _recipients(message: "Message[str, str]") -> tuple[str, ...]:
    values = [value[:HEADER_LENGTH] for name in TO_HEADERS for value in _all(message, name)]
    found = (address_of(_decoded(address)) for _name, address in _pairs(values[:MOST_ADDRESSES]))
    return tuple(dict.fromkeys(address for address in found if address))


# --- Parts ----------------------------------------------------------------------------------------
Part = tuple[int, "Message[str, str]"]


def _parts(message: "Message[str, str]") -> Iterator[Part]:
    """Yield the parts that hold something, with a number that stays the same at every reading.

    Mails within the mail are not opened: they are attachments, or what a notice sends back.
    """
    waiting, number = [(message, 0)], 0
    while waiting and number < MOST_PARTS:
        part, depth = waiting.pop(0)
        is_container = part.is_multipart() and part.get_content_maintype() == "multipart"
        if is_container and depth < MOST_DEPTH:
            children = [child for child in part.get_payload() if isinstance(child, Message)]
            waiting = [(child, depth + 1) for child in children] + waiting
        else:
            yield number, part
            number += 1


def _name_of(part: "Message[str, str]") -> str:
    try:
        return clean_line(_decoded(str(part.get_filename() or "")))[:FILE_NAME_LENGTH]
    except Exception:  # noqa: BLE001 -- broken parameters raise several things
        return ""


def _is_attached(part: "Message[str, str]") -> bool:
    disposition = _word(part, "Content-Disposition")
    return disposition == "attachment" or bool(_name_of(part))


def content_of(part: "Message[str, str]") -> bytes:
    """Return the bytes of a part as they were before they travelled."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(parts: list[Part]) -> str:
    """Return the words of a mail: the plain ones if there are any, else those of its HTML."""
    for kind, read in (("text/plain", str), ("text/html", as_lines)):
        texts = [
            read(in_letters(content_of(part)[:PART_BYTES], part.get_content_charset() or "utf-8"))
            for _number, part in parts
            if part.get_content_type() == kind and not _is_attached(part)
        ]
        words = "\n\n".join(_tidy(text) for text in texts if text.strip())
        if words:
            return words
    return ""


def _text_of_forwarded(parts: list[Part]) -> str:
    """Return the words of a mail that was sent on as an attachment without a word to it."""
    for _number, part in parts:
        inner = part.get_payload() if part.get_content_type() == "message/rfc822" else None
        if isinstance(inner, list) and inner and isinstance(inner[0], Message):
            return _text(list(_parts(inner[0])))
    return ""


def _tidy(text: str) -> str:
    """Return lines without control signs, lone surrogates and blanks at their ends."""
    bare = text.encode("utf-8", "replace").decode("utf-8", "replace")
    lines = bare.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(CONTROL.sub(" ", line.expandtabs(4)).rstrip() for line in lines).strip()


def _size(part: "Message[str, str]") -> int:
    """Return about how large the part is, without unpacking it."""
    payload = part.get_payload()
    if not isinstance(payload, str):
        return 0
    is_base64 = _word(part, "Content-Transfer-Encoding") == "base64"
    return len(payload) * 3 // 4 if is_base64 else len(payload)


def _attachments(parts: list[Part]) -> Iterator[Attached]:
    count = 0
    for number, part in parts:
        kind = part.get_content_type()
        is_words = kind in {"text/plain", "text/html"} and not _is_attached(part)
        is_notice = kind in {"message/delivery-status", "text/rfc822-headers"}
        if is_words or is_notice or count >= MOST_ATTACHMENTS:
            continue
        count += 1
        media_type = clean_line(kind)[:80]
        yield Attached(number, _name_of(part), media_type, _size(part))


def attached_bytes(raw: bytes, number: int) -> bytes:
    """Return the bytes of one attachment, b"" if it is not there any more."""
    if len(raw) > MOST_BYTES or _is_bomb(raw):
        return b""
    try:
        parts = dict(_parts(message_from_bytes(raw)))
        return content_of(parts[number]) if number in parts else b""
    except Exception:  # noqa: BLE001 -- as above
        return b""


# --- Notices of servers ---------------------------------------------------------------------------
def _report_type(message: "Message[str, str]") -> str:
    if message.get_content_type() != "multipart/report":
        return ""
    return str(message.get_param("report-type") or "").lower()[:40]


def _notice(
    message: "Message[str, str]", parts: list[Part]
) -> tuple[tuple[Status, ...], tuple[str, ...]]:
    """Return what a notice says of each recipient, and the Message-IDs that it sends back."""
    statuses: list[Status] = []
    ids: list[str] = []
    for _number, part in parts:
        kind = part.get_content_type()
        if kind in {"message/delivery-status", "message/global-delivery-status"}:
            statuses += _statuses(part)
        elif kind in {"text/rfc822-headers", "message/rfc822", "message/global-headers"}:
            ids += _returned_ids(part)
    if not ids and not statuses and not message.is_multipart():
        # Older servers write the headers of the returned mail into their words.
        lines = content_of(message)[:PART_BYTES].decode("utf-8", "replace").splitlines()
        named = [line for line in lines if line.strip().lower().startswith("message-id:")]
        ids += _ids_in("\n".join(named))
    return tuple(statuses[:MOST_ADDRESSES]), tuple(dict.fromkeys(ids))[:MOST_ADDRESSES]


def _statuses(part: "Message[str, str]") -> Iterator[Status]:
    payload = part.get_payload()
    blocks = payload if isinstance(payload, list) else []
    for block in blocks[:MOST_ADDRESSES]:
        if not isinstance(block, Message) or "Action" not in block:
            continue
        recipient = _raw(block, "Final-Recipient") or _raw(block, "Original-Recipient")
        diagnostic = header(block, "Diagnostic-Code")
        yield Status(
            recipient=address_of(recipient.rpartition(";")[2].strip()).lower(),
            action=_word(block, "Action"),
            status=_word(block, "Status").partition(" ")[0],
            words=diagnostic.partition(";")[2].strip()[:300] or diagnostic[:300],
        )


def _returned_ids(part: "Message[str, str]") -> list[str]:
    payload = part.get_payload()
    if isinstance(payload, list):
        heads = [one for one in payload[:3] if isinstance(one, Message)]
    else:
        content = content_of(part)[:HEAD_BYTES].replace(b"\r\n", b"\n")
        heads = [message_from_bytes(content.partition(b"\n\n")[0] + b"\n\n")]
    return [known for head in heads if (known := _message_id(head))]
