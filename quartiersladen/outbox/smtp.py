"""Hands one mail to the operator's server, by the standard library."""

import smtplib
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

TIMEOUT = 30  # seconds for each step of the dialogue


class Refused(Exception):  # noqa: N818 -- reads as a sentence at the call site
    """The server did not take the mail. is_final: it will never do so."""

    def __init__(self, sentence: str, *, is_final: bool) -> None:
        super().__init__(sentence)
        self.is_final = is_final


def _connect(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls()
            server.ehlo()
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _words(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {words}"[:300]


def greet(url: str) -> None:
    """Connect and sign in without sending anything. Raises Refused."""
    try:
        with _connect(url) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as exc:
        raise Refused(type(exc).__name__, is_final=False) from exc


def send(url: str, message: EmailMessage, *, sender: str, recipient: str) -> None:
    """Send one mail. url: smtp://user:password@host:587 or smtps://...

    Raises Refused: final for 5xx of the server about this mail; else worth another try.
    """
    try:
        with _connect(url) as server:
            server.send_message(message, from_addr=sender, to_addrs=[recipient])
    except smtplib.SMTPRecipientsRefused as exc:
        code, text = next(iter(exc.recipients.values()))
        raise Refused(_words(code, text), is_final=code >= 500) from exc
    except smtplib.SMTPAuthenticationError as exc:
        # The operator can mend the password; the mail itself is not refused.
        raise Refused(_words(exc.smtp_code, exc.smtp_error), is_final=False) from exc
    except smtplib.SMTPResponseException as exc:
        final = exc.smtp_code >= 500
        raise Refused(_words(exc.smtp_code, exc.smtp_error), is_final=final) from exc
    except (OSError, smtplib.SMTPException) as exc:
        raise Refused(f"{type(exc).__name__}", is_final=False) from exc
