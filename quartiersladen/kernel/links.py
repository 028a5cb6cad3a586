"""Signed links: a token is id, generation and last day, with an HMAC. Nothing is stored.

A link is revoked by raising the generation of the row it opens; the caller compares it. The purpose
is part of the signature, so that a link to a status page never opens a body's page.
"""

import hmac
import re
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from django.conf import settings

PAYLOAD = struct.Struct(">QHI")  # id, generation, last day as ordinal (0: for ever)
MAC_BYTES = 16
TOKEN = re.compile(r"[A-Za-z0-9_-]{40}")  # 14 + 16 bytes fill it without padding


class BadLink(Exception):  # noqa: N818 -- reads as a sentence at the call site
    """The token is malformed, forged or expired; a page shows all three alike."""

    def __init__(self, *, expired: bool = False) -> None:
        super().__init__("expired" if expired else "not valid")
        self.expired = expired


@dataclass(frozen=True, slots=True)
class Claim:
    """What a valid token opens."""

    subject_id: int
    generation: int


def _mac(key: str, purpose: str, payload: bytes) -> bytes:
    message = f"quartiersladen-link:{purpose}:".encode() + payload
    return hmac.new(key.encode(), message, sha256).digest()[:MAC_BYTES]


def make_token(purpose: str, *, subject_id: int, generation: int, expires_on: date | None) -> str:
    """Return a token of 40 URL-safe characters, valid up to and including `expires_on`."""
    last_day = expires_on.toordinal() if expires_on else 0
    payload = PAYLOAD.pack(subject_id, generation, last_day)
    mac = _mac(settings.SECRET_KEY, purpose, payload)
    return urlsafe_b64encode(payload + mac).decode().rstrip("=")


def read_token(purpose: str, token: str, *, today: date) -> Claim:
    """Return what `token` opens for this purpose. Raises BadLink."""
    if not TOKEN.fullmatch(token):
        raise BadLink
    raw = urlsafe_b64decode(token)
    payload, mac = raw[: PAYLOAD.size], raw[PAYLOAD.size :]
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(hmac.compare_digest(mac, _mac(key, purpose, payload)) for key in keys):
        raise BadLink
    subject_id, generation, last_day = PAYLOAD.unpack(payload)
    if last_day and today.toordinal() > last_day:
        raise BadLink(expired=True)
    return Claim(subject_id=subject_id, generation=generation)
