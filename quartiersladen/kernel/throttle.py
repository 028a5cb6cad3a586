"""Counts how often a network or a key does something in an hour. Keeps only a keyed hash of it."""

import hmac
from collections.abc import Callable
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache

from quartiersladen.kernel.errors import TooMany

HOUR = 60 * 60  # seconds


def network_of(address: str) -> str:
    """Return the /24 (IPv4) or /56 (IPv6) that `address` lies in: one household or hotspot."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        # A server that listens on both writes IPv4 as ::ffff:192.0.2.1.
        parsed = parsed.ipv4_mapped or parsed
    length = 24 if parsed.version == 4 else 56
    return str(ip_network(f"{parsed}/{length}", strict=False))


def count_or_refuse(what: str, address: str, *, most: int) -> None:
    """Count one deed of the network of `address`. Raises TooMany beyond `most` in an hour."""
    count_of(what, network_of(address), most=most)


def count_of(what: str, who: str, *, most: int) -> None:
    """Count one deed of somebody with a name. Raises TooMany beyond `most` in an hour."""
    key = _key(f"{what}:{who}")
    if _count(key) > most:
        raise TooMany(retry_after=_seconds_left(caches["counts"], key) or HOUR)


def times_this_hour(what: str, name: str) -> int:
    """Count one deed for `name`, whoever does it, and return the how manieth of the hour it is.

    name: for example the mail address to which something would go.
    """
    return _count(_key(f"{what}={name}"))


def _key(message: str) -> str:
    keyed = hmac.new(settings.SECRET_KEY.encode(), message.encode(), sha256)
    return f"throttle:{keyed.hexdigest()[:32]}"


def _count(key: str) -> int:
    counts = caches["counts"]
    try:
        return counts.incr(key)
    except ValueError:
        # Redis wants to be told that a new hour begins; the table knows. Of two who say so at once
        # one is in time.
        counts.add(key, 0, HOUR)
        return counts.incr(key)


def _seconds_left(counts: BaseCache, key: str) -> int:
    """Return in how many seconds the hour is over; not every cache can tell, 0 then."""
    ttl: Callable[[str], int | None] = getattr(counts, "ttl", lambda _key: 0)
    return ttl(key) or 0
