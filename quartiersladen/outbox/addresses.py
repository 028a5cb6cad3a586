"""Mail addresses as they can be written on an envelope."""

import re

import idna
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from quartiersladen.kernel.errors import Invalid

#: Line ends and their kin: with them somebody could smuggle in a header.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
MOST_CHARACTERS = 254


class BadAddress(Invalid):
    """An address that mail cannot reach, or that tries to smuggle in a header."""

    sentence = _("Mail cannot be sent to this address. Please check it.")


class UnusualAddress(BadAddress):
    """Letters before the @ that most mail servers do not take."""

    sentence = _(
        "Before the @ only the letters a to z, digits and signs are possible; most mail servers "
        "take nothing else. Please give another address."
    )


def ascii_domain(domain: str) -> str:
    """Return `domain` in punycode (IDNA 2008, so that ß stays ß). Raises BadAddress."""
    if domain.isascii():
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as exc:
        raise BadAddress(field="email") from exc


def reachable_address(address: str) -> str:
    """Return `address` with its domain in punycode.

    Raises BadAddress for control characters, a missing part, more than 254 characters;
    UnusualAddress for letters outside ASCII before the @.
    """
    local, _at, domain = address.rpartition("@")
    if CONTROL.search(address) or not local:
        raise BadAddress(field="email")
    if not local.isascii():
        raise UnusualAddress(field="email")
    plain = f"{local}@{ascii_domain(domain)}"
    try:
        validate_email(plain)
    except ValidationError as exc:
        raise BadAddress(field="email") from exc
    if len(plain) > MOST_CHARACTERS:
        raise BadAddress(field="email")
    return plain
