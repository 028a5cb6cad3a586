"""A mail server for tests: keeps what it gets, and has every temper of a real one when told to."""

import asyncio
import socket
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Self

from aiosmtpd import smtp as server_side
from aiosmtpd.controller import Controller


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the sending side said outside the message."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


class _Line(server_side.SMTP):
    """One conversation; hangs up or talks nonsense if the handler does."""

    async def push(self, status: Any) -> None:
        """Say something to the client."""
        nonsense = b"\xff\x00<html>Service\x07"
        await super().push(nonsense if self.event_handler.talks_nonsense else status)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 -- named by the library
        """Take the text, or hang up after its first line."""
        if not self.event_handler.hangs_up:
            await super().smtp_DATA(arg)
            return
        await self.push("354 go on")
        await self._reader.readuntil(b"\r\n")
        self.transport.abort()


class _FreePort(Controller):
    """Listens on a port that the system gives, so that tests can run side by side."""

    def __init__(self, handler: Any, port: int = 0) -> None:
        self._listening = socket.socket()
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listening.bind(("127.0.0.1", port))
        super().__init__(handler, hostname="127.0.0.1", port=self._listening.getsockname()[1])

    def factory(self) -> server_side.SMTP:
        """Make one conversation."""
        return _Line(self.handler, **self.SMTP_kwargs)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._listening)


class SmtpSink:
    """A running SMTP server on the loopback address."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self._refusal: str | None = None
        self._refused_recipients: dict[str, str] = {}
        self._seconds = 0.0
        self.hangs_up = self.talks_nonsense = False
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

    def hang_up(self) -> None:
        """Drop each line in the middle of the text."""
        self.hangs_up = True

    def talk_nonsense(self) -> None:
        """Answer everything, also the greeting, with what is no SMTP."""
        self.talks_nonsense = True

    def go_down(self) -> None:
        """Listen no more."""
        self._controller.stop()

    def come_up(self) -> None:
        """Listen again, at the same address."""
        self._controller = _FreePort(self, self._controller.port)
        self._controller.start()

    def accept(self) -> None:
        """Take everything at once again."""
        self._refusal, self._seconds = None, 0.0
        self.hangs_up = self.talks_nonsense = False
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
