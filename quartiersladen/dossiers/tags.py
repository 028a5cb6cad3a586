"""Tags as words: what somebody typed, and whether a person is named in one. Knows no table."""

import re

from quartiersladen.kernel.text import fold

WORD = re.compile(r"\w+")


def names_in(text: str) -> list[str]:
    """Return the tags that somebody typed, separated by commas; the first spelling of each wins."""
    names: dict[str, str] = {}
    for part in text.split(","):
        name = " ".join(part.split())
        if name and fold(name):
            names.setdefault(fold(name), name)
    return list(names.values())


def names_somebody(name: str, text: str) -> bool:
    """Say whether every word of a name stands in a text as a word."""
    words = set(WORD.findall(fold(name)))
    return bool(words) and words <= set(WORD.findall(fold(text)))
