"""Builds the bytes of a mail: plain text with a simple HTML twin, threading, no tracking."""

import re
from collections.abc import Callable, Iterator
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from quartiersladen.kernel.links import make_token
from quartiersladen.kernel.text import with_steady_numbers
from quartiersladen.outbox.addresses import ascii_domain, reachable_address
from quartiersladen.outbox.models import LinkSpec, Mail
from quartiersladen.outbox.returning import Returning, local_part
from quartiersladen.quarters.models import Quarter

PLACEHOLDER = re.compile(r"\[\[link:(\w+)\]\]")
URL = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)]")
EMPTY_LINES = re.compile(r"\n\s*\n")
SIGNATURE = "\n\n-- \n"
#: Headers made of Message-IDs and addresses, which no mail programme finds in another spelling.
VERBATIM = frozenset(
    {
        "in-reply-to",
        "references",
        "list-id",
        "list-archive",
        "list-owner",
        "list-unsubscribe",
        "list-unsubscribe-post",
    }
)
#: A path that is no page of ours but an address that mail is sent to.
MAILTO = "mailto:"
#: Kinds of mails about a dossier, to which people answer.
ANSWERED = frozenset({"teller", "body", "confirm"})


class _Policy(EmailPolicy):
    """Folds headers of threads and lists between their parts.

    The standard library writes a Message-ID or address that is longer than a line as an encoded
    word, and then no mail programme finds the thread, or the way out of the list.
    """

    def fold(self, name: str, value: str) -> str:
        if name.lower() in VERBATIM:
            return f"{name}: " + "\r\n ".join(value.split()) + "\r\n"
        folded: str = super().fold(name, value)
        return folded

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


#: 7-bit safe, so that no server on the way has to change the bytes.
POLICY = _Policy(linesep="\r\n", cte_type="7bit")


def mail_domain(quarter: Quarter) -> str:
    """Return the domain of Message-IDs and return paths."""
    domain = quarter.mail_domain or settings.MAIL_DOMAIN or urlsplit(settings.BASE_URL).hostname
    return ascii_domain(domain or "localhost")


def sender_address(quarter: Quarter) -> str:
    """Return the address mails come from."""
    _name, address = parseaddr(quarter.mail_from or settings.MAIL_FROM)
    return reachable_address(address) if address else f"quartiersladen@{mail_domain(quarter)}"


def envelope_sender(mail: Mail) -> str:
    """Return the return path: b+ID.HMAC@domain where the operator named a mail domain.

    A bounce then names its mail even when every header was stripped.
    """
    if not (mail.quarter.mail_domain or settings.MAIL_DOMAIN):
        return sender_address(mail.quarter)
    return f"{local_part(Returning.BOUNCE, mail.pk)}@{mail_domain(mail.quarter)}"


def reply_address(mail: Mail) -> str:
    """Return where an answer goes: reply+ID.HMAC@domain where we read the mailbox, else the office.

    "" when the office has no address.  An answer then finds its case although its programme drops
    the thread.
    """
    quarter = mail.quarter
    has_domain = bool(quarter.mail_domain or settings.MAIL_DOMAIN)
    if mail.kind in ANSWERED and has_domain and quarter.mailbox_url:
        return f"{local_part(Returning.REPLY, mail.pk)}@{mail_domain(quarter)}"
    return reachable_address(quarter.email) if quarter.email else ""


def link_url(mail: Mail, name: str) -> str:
    """Return the address that a placeholder becomes: of a page, or one that mail is sent to."""
    spec = LinkSpec.from_json(mail.links[name])
    token = make_token(
        spec.purpose,
        subject_id=spec.subject_id,
        generation=spec.generation,
        expires_on=spec.expires_on,
    )
    path = spec.path.replace("{token}", token)
    if path.startswith(MAILTO):
        return path
    return mail.quarter.absolute_url(path) + _in_the_language(mail)


def _in_the_language(mail: Mail) -> str:
    """Return what makes a page speak as the mail does; no browser asks for Leichte Sprache."""
    return "" if mail.language == settings.LANGUAGE_CODE else f"?lang={mail.language}"


def filled_text(mail: Mail, url_of: Callable[[str], str]) -> str:
    """Return the plain text with each of the mail's placeholders replaced by `url_of(name)`.

    What only looks like a placeholder, because somebody typed it, stays as it is.
    """
    return _filled(_in_its_direction(mail, mail.text), mail, url_of)


def _filled(text: str, mail: Mail, url_of: Callable[[str], str]) -> str:
    return PLACEHOLDER.sub(
        lambda found: url_of(found[1]) if found[1] in mail.links else found[0], text
    )


def shown_subject(mail: Mail) -> str:
    """Return the subject as mail programmes shall show it."""
    return _in_its_direction(mail, mail.subject)


def _in_its_direction(mail: Mail, text: str) -> str:
    """Keep numbers such as 2026-0042 in their order in a right-to-left mail; addresses stay."""
    if html_language(mail) not in settings.LANGUAGES_BIDI:
        return text
    parts, end = [], 0
    for found in URL.finditer(text):
        parts += [with_steady_numbers(text[end : found.start()]), found[0]]
        end = found.end()
    return "".join([*parts, with_steady_numbers(text[end:])])


def with_links(text: str) -> SafeString:
    """Return `text` escaped, with every address of a page as a link and nothing else."""
    parts, end = [], 0
    for found in URL.finditer(text):
        parts.append(escape(text[end : found.start()]))
        parts.append(format_html('<a href="{0}" dir="ltr">{0}</a>', found[0]))
        end = found.end()
    return mark_safe("".join([*parts, escape(text[end:])]))  # noqa: S308 -- all parts are escaped


def footer_lines(quarter: Quarter) -> list[str]:
    """Return the office's full address for the end of every mail."""
    return [*quarter.address_lines, *(part for part in (quarter.phone, quarter.email) if part)]


def html_language(mail: Mail) -> str:
    """Return the language as mail programmes and screen readers know it."""
    return mail.language.removesuffix("-simple")


def _blocks(text: str) -> Iterator[dict[str, object]]:
    for paragraph in EMPTY_LINES.split(text.strip()):
        lines: list[SafeString] = []
        for line in paragraph.splitlines():
            if URL.fullmatch(line.strip()):
                yield {"lines": lines}
                yield {"link": line.strip()}
                lines = []
            else:
                lines.append(with_links(line))
        yield {"lines": lines}


def _html(mail: Mail, text: str) -> str:
    language = html_language(mail)
    context = {
        "subject": shown_subject(mail),
        "blocks": [block for block in _blocks(text) if block.get("link") or block["lines"]],
        "footer": footer_lines(mail.quarter),
        "language": language,
        "dir": "rtl" if language in settings.LANGUAGES_BIDI else "ltr",
    }
    return render_to_string("outbox/mail.html", context)


def build(mail: Mail) -> EmailMessage:
    """Return the mail as it is handed to the server; the same at every try."""
    quarter = mail.quarter
    text = filled_text(mail, lambda name: link_url(mail, name))
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(display_name=quarter.name, addr_spec=sender_address(quarter))
    message["To"] = Address(addr_spec=mail.to_address)
    message["Subject"] = shown_subject(mail)
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    if answers_to := reply_address(mail):
        message["Reply-To"] = Address(addr_spec=answers_to)
    for name, value in mail.headers.items():
        del message[name]
        message[name] = _filled(value, mail, lambda link: link_url(mail, link))
    footer = SIGNATURE + "\n".join(footer_lines(quarter)) + "\n"
    message.set_content(text + footer, cte="quoted-printable")
    message.add_alternative(_html(mail, text), subtype="html", cte="quoted-printable")
    # Setting the content takes every Content header away, so this one comes last.
    message["Content-Language"] = html_language(mail)
    return message
