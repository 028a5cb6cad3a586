"""Addresses to which something about one of our mails comes back: its bounce, and the answer to it.

The address names the mail and proves it with an HMAC, so it is understood when a server on the way
has stripped every header. No database.
"""

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.db.models import TextChoices

PROOF_LETTERS = 16
LONGEST_ID = 18  # digits
SHAPE = re.compile(rf"(b|reply)\+([0-9]{{1,{LONGEST_ID}}})\.([0-9a-f]{{{PROOF_LETTERS}}})")


class Returning(TextChoices):
    """What comes back to such an address."""

    BOUNCE = "b", "bounce"
    REPLY = "reply", "reply"


@dataclass(frozen=True, slots=True)
class Named:
    """What an address says.  is_ours: the proof is right; else somebody made it up."""

    what: Returning
    mail_id: int
    is_ours: bool


#: What the proof is made from; words of the first release, so that old return paths stay right.
_PURPOSES = {Returning.BOUNCE: "bounce", Returning.REPLY: "reply"}


def _proof(key: str, what: Returning, mail_id: int) -> str:
    words = f"{_PURPOSES[what]}:{mail_id}".encode()
    return hmac.new(key.encode(), words, sha256).hexdigest()[:PROOF_LETTERS]


def local_part(what: Returning, mail_id: int) -> str:
    """Return what stands before the @; at most 42 letters, of 64 that servers take."""
    return f"{what.value}+{mail_id}.{_proof(settings.SECRET_KEY, what, mail_id)}"


def read(address: str) -> Named | None:
    """Return what an address says, None for one that is not of this shape."""
    found = SHAPE.fullmatch(address.rpartition("@")[0].lower())
    if found is None:
        return None
    what, mail_id = Returning(found[1]), int(found[2])
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    is_ours = any(hmac.compare_digest(found[3], _proof(key, what, mail_id)) for key in keys)
    return Named(what, mail_id, is_ours)
