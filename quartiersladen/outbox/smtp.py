"""Hands one mail to the operator's server, by the standard library."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

from django.utils.translation import gettext as _

TIMEOUT = 30  # seconds for each step of the dialogue
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
#: The server wants a sign-in or encryption: the operator can mend that, the mail is not refused.
SIGN_IN_CODES = frozenset({530, 534, 535, 538})
LATER, NEVER = 400, 500  # answers from here on: not now; final
#: The server says goodbye to everybody, whatever it was asked (RFC 5321, 3.8).
CLOSING = 421


class Refused(Exception):  # noqa: N818 -- reads as a sentence at the call site
    """The server did not take the mail.

    is_final: it will never do so.  is_about_mail: another mail may well go; else the server as a
    whole is away, busy or out of its mind, and the next mail would meet the same.
    """

    def __init__(self, sentence: str, *, is_final: bool, is_about_mail: bool) -> None:
        super().__init__(sentence)
        self.is_final, self.is_about_mail = is_final, is_about_mail


def greet(url: str) -> None:
    """Connect and sign in without sending anything. Raises Refused."""
    with _refusals(), _connected(url, greeting_as=None) as server:
        server.noop()


def send(url: str, message: EmailMessage, *, sender: str, recipient: str) -> None:
    """Send one mail. url: smtp://user:password@host:587 or smtps://...

    Raises Refused: final for 5xx of the server about this mail; else worth another try.
    """
    greeting_as = sender.rpartition("@")[2]
    with _refusals(), _connected(url, greeting_as=greeting_as) as server:
        server.send_message(message, from_addr=sender, to_addrs=[recipient])


@contextmanager
def _connected(url: str, *, greeting_as: str | None) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(url)
    server = _open(parts, greeting_as)
    try:
        _encrypt(server, parts)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
        # The mail is taken: a bad farewell must not make us send it twice.
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
    finally:
        server.close()


def _open(parts: SplitResult, greeting_as: str | None) -> smtplib.SMTP:
    host = parts.hostname or "localhost"
    if parts.scheme == "smtps":
        return smtplib.SMTP_SSL(
            host, parts.port or 465, greeting_as, timeout=TIMEOUT, context=_trust(host)
        )
    return smtplib.SMTP(host, parts.port or 587, greeting_as, timeout=TIMEOUT)


def _encrypt(server: smtplib.SMTP, parts: SplitResult) -> None:
    host = parts.hostname or "localhost"
    server.ehlo_or_helo_if_needed()
    if parts.scheme == "smtps":
        return
    if server.has_extn("starttls"):
        server.starttls(context=_trust(host))
    elif parts.username and host not in HERE:
        sentence = _("The server offers no encryption, so the password is not sent to it.")
        raise Refused(sentence, is_final=False, is_about_mail=False)


def _trust(host: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if host in HERE:
        # A relay on the same machine has a certificate that it made itself; nobody is in between.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPRecipientsRefused as exc:
        raise _answer(*next(iter(exc.recipients.values())), is_about_mail=True) from exc
    except smtplib.SMTPDataError as exc:
        raise _answer(exc.smtp_code, exc.smtp_error, is_about_mail=True) from exc
    except smtplib.SMTPSenderRefused as exc:
        # Of the mail it knows only our own address yet: "not now" is for everybody.
        final = exc.smtp_code >= NEVER
        raise _answer(exc.smtp_code, exc.smtp_error, is_about_mail=final) from exc
    except smtplib.SMTPResponseException as exc:
        raise _answer(exc.smtp_code, exc.smtp_error, is_about_mail=False) from exc
    except (OSError, smtplib.SMTPException, ValueError) as exc:
        # ValueError: the address of the server cannot be read.
        words = f"{type(exc).__name__}: {exc}" if str(exc) else type(exc).__name__
        raise Refused(words[:300], is_final=False, is_about_mail=False) from exc


def _answer(code: int, text: bytes | str, *, is_about_mail: bool) -> Refused:
    if code < 0:
        sentence = _("What answers there is no mail server.")
        return Refused(sentence, is_final=False, is_about_mail=False)
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    # A code below 400 is no answer to a mail: the server says something else altogether.
    about = is_about_mail and code >= LATER and code not in SIGN_IN_CODES | {CLOSING}
    return Refused(f"{code} {words}"[:300], is_final=about and code >= NEVER, is_about_mail=about)
