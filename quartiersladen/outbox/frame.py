"""Builds the bytes of a mail: plain text with a simple HTML twin, threading, no tracking."""

import hmac
import re
from collections.abc import Callable
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape, urlize
from django.utils.translation import get_language_info

from quartiersladen.kernel.links import make_token
from quartiersladen.outbox.models import LinkSpec, Mail
from quartiersladen.quarters.models import Quarter

PLACEHOLDER = re.compile(r"\[\[link:(\w+)\]\]")
#: 7-bit safe, so that no server on the way has to change the bytes.
POLICY = SMTP.clone(cte_type="7bit")
SIGNATURE = "\n\n-- \n"


def mail_domain(quarter: Quarter) -> str:
    """Return the domain of Message-IDs and return paths."""
    return (
        quarter.mail_domain
        or settings.MAIL_DOMAIN
        or urlsplit(settings.BASE_URL).hostname
        or "localhost"
    )


def sender_address(quarter: Quarter) -> str:
    """Return the address mails come from."""
    return quarter.mail_from or settings.MAIL_FROM or f"quartiersladen@{mail_domain(quarter)}"


def envelope_sender(mail: Mail) -> str:
    """Return the return path: b+ID.HMAC@domain where the operator named a mail domain.

    A bounce then names its mail even when every header was stripped.
    """
    if not (mail.quarter.mail_domain or settings.MAIL_DOMAIN):
        return sender_address(mail.quarter)
    proof = hmac.new(settings.SECRET_KEY.encode(), f"bounce:{mail.pk}".encode(), sha256)
    return f"b+{mail.pk}.{proof.hexdigest()[:16]}@{mail_domain(mail.quarter)}"


def link_url(mail: Mail, name: str) -> str:
    """Return the address that a placeholder becomes."""
    spec = LinkSpec.from_json(mail.links[name])
    token = make_token(
        spec.purpose,
        subject_id=spec.subject_id,
        generation=spec.generation,
        expires_on=spec.expires_on,
    )
    return mail.quarter.absolute_url(spec.path.replace("{token}", token))


def filled_text(mail: Mail, url_of: Callable[[str], str]) -> str:
    """Return the plain text with every placeholder replaced by `url_of(name)`."""
    return PLACEHOLDER.sub(lambda found: url_of(found[1]), mail.text)


def footer_lines(quarter: Quarter) -> list[str]:
    """Return the office's full address for the end of every mail."""
    return [*quarter.address_lines, *(part for part in (quarter.phone, quarter.email) if part)]


def _html(mail: Mail, urls: dict[str, str]) -> str:
    blocks: list[dict[str, object]] = []
    for paragraph in mail.text.split("\n\n"):
        alone = PLACEHOLDER.fullmatch(paragraph.strip())
        if alone:
            blocks.append({"link": urls[alone[1]]})
            continue
        filled = PLACEHOLDER.sub(lambda found: urls[found[1]], paragraph)
        blocks.append({"lines": [urlize(escape(line)) for line in filled.splitlines()]})
    context = {
        "subject": mail.subject,
        "blocks": blocks,
        "footer": footer_lines(mail.quarter),
        "language": "de" if mail.language == "de-simple" else mail.language,
        "dir": "rtl" if get_language_info(mail.language)["bidi"] else "ltr",
        "accent": mail.quarter.accent,
    }
    return render_to_string("outbox/mail.html", context)


def build(mail: Mail) -> EmailMessage:
    """Return the mail as it is handed to the server; the same bytes at every try."""
    quarter = mail.quarter
    urls = {name: link_url(mail, name) for name in mail.links}
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(display_name=quarter.name, addr_spec=sender_address(quarter))
    message["To"] = mail.to_address
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "de" if mail.language == "de-simple" else mail.language
    if quarter.email:
        message["Reply-To"] = quarter.email
    for name, value in mail.headers.items():
        message[name] = value
    footer = SIGNATURE + "\n".join(footer_lines(quarter))
    message.set_content(filled_text(mail, urls.__getitem__) + footer, cte="quoted-printable")
    message.add_alternative(_html(mail, urls), subtype="html", cte="quoted-printable")
    return message
