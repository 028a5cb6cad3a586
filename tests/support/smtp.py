"""A mail server for tests: keeps what it gets, and refuses or dawdles when told to."""

import asyncio
import socket
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Self

from aiosmtpd.controller import Controller


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the sending side said outside the message."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


class _FreePort(Controller):
    """Listens on a port that the system gives, so that tests can run side by side."""

    def __init__(self, handler: Any) -> None:
        self._listening = socket.socket()
        self._listening.bind(("127.0.0.1", 0))
        super().__init__(handler, hostname="127.0.0.1", port=self._listening.getsockname()[1])

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._listening)


class SmtpSink:
    """A running SMTP server on the loopback address."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self._refusal: str | None = None
        self._refused_recipients: dict[str, str] = {}
        self._seconds = 0.0
        self._controller = _FreePort(self)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._controller.stop()

    @property
    def url(self) -> str:
        """The address as SMTP_URL wants it."""
        return f"smtp://127.0.0.1:{self._controller.port}"

    @property
    def messages(self) -> list[EmailMessage]:
        """The messages taken so far, oldest first, read anew from their bytes."""
        return [message_from_bytes(envelope.content, policy=SMTP) for envelope in self.envelopes]

    def messages_to(self, address: str) -> list[EmailMessage]:
        """Return the messages that `address` got."""
        pairs = zip(self.envelopes, self.messages, strict=True)
        return [message for envelope, message in pairs if address in envelope.recipients]

    def refuse(self, code: int, text: str = "refused") -> None:
        """Answer every message with `code`: 4xx for now, 5xx for ever."""
        self._refusal = f"{code} {text}"

    def refuse_recipient(self, address: str, code: int, text: str = "refused") -> None:
        """Answer this one recipient with `code`."""
        self._refused_recipients[address] = f"{code} {text}"

    def slow(self, seconds: float) -> None:
        """Think for `seconds` before taking a message."""
        self._seconds = seconds

    def accept(self) -> None:
        """Take everything at once again."""
        self._refusal, self._seconds = None, 0.0
        self._refused_recipients.clear()

    def clear(self) -> None:
        """Forget the messages taken so far."""
        self.envelopes.clear()

    # aiosmtpd calls these by name.
    async def handle_RCPT(  # noqa: N802 -- named by the library
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if address in self._refused_recipients:
            return self._refused_recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 -- named by the library
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        await asyncio.sleep(self._seconds)
        if self._refusal is not None:
            return self._refusal
        self.envelopes.append(
            Envelope(envelope.mail_from, tuple(envelope.rcpt_tos), bytes(envelope.content))
        )
        return "250 taken"
