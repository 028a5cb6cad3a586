"""Builders for tests: text snippets as the desk keeps them, and mails as strangers write them."""

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from uuid import uuid4

from quartiersladen.accounts.rules import Viewer
from quartiersladen.correspondence.models import InboundMail, TextSnippet
from quartiersladen.correspondence.services.arriving import Arrival, store_mail
from quartiersladen.correspondence.services.snippets import SnippetFacts, save_snippet
from quartiersladen.correspondence.states import Occasion
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.testing import NOON


def make_snippet(
    viewer: Viewer,
    quarter: Quarter,
    text: str = "Es brennt wieder.",
    *,
    now: datetime = NOON,
    **fields: Any,  # noqa: ANN401 -- fields of SnippetFacts
) -> TextSnippet:
    """Keep a text snippet; fields as in services.SnippetFacts."""
    facts: dict[str, Any] = {
        "occasion": Occasion.ANSWERED,
        "theme": None,
        "language": "de",
        "title": "Behoben",
        "text": text,
    }
    return save_snippet(
        viewer=viewer,
        quarter=quarter,
        snippet=None,
        facts=SnippetFacts(**(facts | fields)),
        version=0,
        now=now,
    )


def make_mail(
    text: str = "Die Laterne vor Haus 7 ist aus.",
    *,
    subject: str = "Laterne",
    sender: str = "Samuel Okafor <okafor@example.org>",
    to: str = "buero@ost.example.org",
    html: str = "",
    photos: Sequence[bytes] = (),
    files: Sequence[tuple[str, str, bytes]] = (),
    **headers: str,
) -> bytes:
    """Return a mail as a programme sends it.  headers: In_Reply_To="..." and the like.

    files: name, media type and bytes of what is attached.
    """
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = "Mon, 02 Mar 2026 11:00:00 +0000"
    message["Message-ID"] = headers.pop("Message_ID", f"<{uuid4()}@example.org>")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for number, photo in enumerate(photos, start=1):
        message.add_attachment(
            photo, maintype="image", subtype="jpeg", filename=f"Foto {number}.jpg"
        )
    for name, media_type, content in files:
        kind, _slash, subtype = media_type.partition("/")
        message.add_attachment(content, maintype=kind, subtype=subtype, filename=name)
    return bytes(message)


def make_notice(
    *statuses: tuple[str, str, str],
    to: str = "buero@ost.example.org",
    returned_id: str = "",
    words: str = "This is the mail system.",
) -> bytes:
    """Return a notice about a delivery (RFC 3464).  statuses: recipient, action, status of each."""
    blocks = [
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 {status} said the other server\r\n"
        for recipient, action, status in statuses
    ]
    returned = f"Message-ID: {returned_id}\r\nSubject: Ihr Anliegen\r\n" if returned_id else ""
    lines = [
        "Return-Path: <>",
        "From: MAILER-DAEMON@mx.example.org (Mail Delivery System)",
        f"To: {to}",
        "Subject: Undelivered Mail Returned to Sender",
        "Auto-Submitted: auto-replied",
        f"Message-ID: <{uuid4()}@mx.example.org>",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="grenze"',
        "",
        "--grenze",
        "Content-Type: text/plain; charset=utf-8",
        "",
        words,
        "",
        "--grenze",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example.org",
        "",
        "\r\n".join(blocks),
        "--grenze",
        "Content-Type: text/rfc822-headers",
        "",
        returned,
        "--grenze--",
        "",
    ]
    return "\r\n".join(lines).encode()


def arrive(*quarters: Quarter, raw: bytes, now: datetime = NOON) -> InboundMail:
    """Let a mail come in as through a mailbox that is read for these quarters."""
    arrival = Arrival(at=now, size_bytes=len(raw))
    mail, _is_new = store_mail(quarters=quarters, raw=raw, arrival=arrival, now=now)
    return mail
