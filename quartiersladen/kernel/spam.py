"""Signs of spam in what a public form takes in, and how heavy they weigh. Asks no outside service.

A sign refuses nobody: from QUARANTINE_FROM points on a report waits until the office has looked at
it. No sign that a real person may give (typing fast, one link, the words of a neighbour) reaches
that alone. There are no lists of bad words: they would punish themes and languages.
"""

import re
from collections.abc import Iterable

from django.core import signing
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

QUARANTINE_FROM = 5  # points
HASTY_SECONDS = 3
MOST_NAMES = 20  # names of senders that are looked up for one report


class Sign(TextChoices):
    """What speaks for spam, in the words of the quarantine list."""

    TRAP = "trap", _("A field was filled in that people do not see")
    BLOCKED = "blocked", _("The sender, or a website named in it, is blocked")
    MARKUP = "markup", _("It contains links written for websites")
    MANY_LINKS = "many-links", _("It contains many links")
    LINK = "link", _("It contains a link")
    LINK_AS_NAME = "link-as-name", _("A link stands where a name or a place belongs")
    HASTY = "hasty", _("It was sent within 3 seconds")
    REPEATED = "repeated", _("The same text came in within a day")
    BABBLE = "babble", _("It is no text in any language")


POINTS = {
    Sign.TRAP: 5,
    Sign.BLOCKED: 5,
    Sign.MARKUP: 4,
    Sign.MANY_LINKS: 3,
    Sign.LINK_AS_NAME: 3,
    Sign.BABBLE: 3,
    Sign.HASTY: 2,
    Sign.REPEATED: 2,
    Sign.LINK: 1,
}
MANY = 3  # links
LINK = re.compile(r"\b(?:https?://|www\.)([^\s/:?#<>\"'\[\]()]{1,253})", re.IGNORECASE)
MARKUP = re.compile(r"<a\s[^>]{0,200}href|\[(?:url|link)\b[=\]]", re.IGNORECASE)
LONG_WORD = re.compile(r"\b[A-Za-z]{10,}\b")
INNER_CAPITAL = re.compile(r"(?<=[a-z])[A-Z]")
BABBLE_CAPITALS = 3  # changes of case inside one word, as in "TqVhXpUwZkYj"


def points(signs: Iterable[Sign]) -> int:
    """Return how heavy the signs weigh together."""
    return sum(POINTS[sign] for sign in set(signs))


def is_suspicious(signs: Iterable[Sign]) -> bool:
    """Whether a report with these signs waits in the quarantine."""
    return points(signs) >= QUARANTINE_FROM


def linked_hosts(text: str) -> list[str]:
    """Return the host of each link in `text`, in small letters without "www."."""
    hosts = (host.lower().rstrip(".,;!") for host in LINK.findall(text))
    return [host.removeprefix("www.") for host in hosts]


def signs_in(text: str, *, short: Iterable[str] = ()) -> set[Sign]:
    """Return the signs that the words themselves give.  short: name, place and the like."""
    signs = set()
    links = len(linked_hosts(text))
    if links:
        signs.add(Sign.MANY_LINKS if links >= MANY else Sign.LINK)
    if MARKUP.search(text):
        signs.add(Sign.MARKUP)
    if any(LINK.search(line) or MARKUP.search(line) for line in short):
        signs.add(Sign.LINK_AS_NAME)
    if _is_babble(text):
        signs.add(Sign.BABBLE)
    return signs


def _is_babble(text: str) -> bool:
    """Few words, none with a letter or each thrown together from small and capital letters."""
    words = text.split()
    if len(words) > MANY:
        return False
    if not any(letter.isalpha() for letter in text):
        return True
    long = LONG_WORD.findall(text)
    return any(len(INNER_CAPITAL.findall(word)) >= BABBLE_CAPITALS for word in long)


def sender_names(email: str, text: str) -> list[str]:
    """Return the names under which the sender of `text` may be blocked, in small letters.

    These are the address, its domain and every domain above it, and those of the linked websites.
    """
    names = [email.lower()] if email else []
    hosts = [email.lower().rpartition("@")[2]] if email else []
    for host in (*hosts, *linked_hosts(text)):
        parts = host.split(".")
        names += [".".join(parts[start:]) for start in range(len(parts) - 1)]
    return list(dict.fromkeys(names))[:MOST_NAMES]


def is_hasty(signed: str, *, salt: str) -> bool:
    """Whether a form came back within HASTY_SECONDS.  signed: its key as signing.dumps made it."""
    try:
        signing.loads(signed, salt=salt, max_age=HASTY_SECONDS)
    except signing.BadSignature:
        return False
    return True
