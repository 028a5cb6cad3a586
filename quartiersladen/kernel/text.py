"""Text as people search it and as people read it."""

import re
import unicodedata
from collections.abc import Mapping

GENDER = re.compile(r"(?<=\w)(?:[*:_·]|/-?)(?=in(?:nen)?\b)")
#: A number in several parts: a reference, a day, a phone number.
PARTED_NUMBER = re.compile(r"\+?\d+(?:[-–./: ]+\d+)+")
NOT_IN_WORDS = re.compile(r"[^\w]+")
LEFT_TO_RIGHT_MARK = "\u200e"
LONGEST_KEY = 18  # digits; more do not fit into a row's key
TWO_LETTER_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))


def fold(text: str) -> str:
    """Return `text` so that spellings that people take for the same become the same.

    Müller = Mueller = muller, Straße = STRASSE, İstanbul = istanbul, Bürger:innen = Bürgerinnen.
    The order matters: marks go first, so that ü and ue meet at u.
    """
    # Some signs become capitals only when they are taken apart: ™ is TM.
    bare = unicodedata.normalize("NFKD", text.casefold()).casefold()
    bare = GENDER.sub("", bare)
    bare = "".join(c for c in bare if not unicodedata.combining(c)).replace("ı", "i")
    for pair, letter in TWO_LETTER_UMLAUTS:
        bare = bare.replace(pair, letter)
    return bare


def trigrams(text: str) -> frozenset[str]:
    """Return the groups of three letters in the words of `text`, folded; words have two edges."""
    words = NOT_IN_WORDS.split(fold(text))
    framed = (f" {word} " for word in words if word)
    return frozenset(word[n : n + 3] for word in framed for n in range(len(word) - 2))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Say how much of the shorter text is in the other one: 0 nothing, 1 all. By trigrams.

    Measured on the shorter one, so that a title is like the long story it belongs to.
    """
    shorter = min(len(one), len(other))
    return len(one & other) / shorter if shorter else 0.0


def is_key(text: str) -> bool:
    """Say whether `text` can be the key of a row: digits, not more than fit into a column."""
    return text.isdecimal() and len(text) <= LONGEST_KEY


class Localized(str):
    """A text with the language it stands in, so that a page can say so to those who hear it."""

    language: str

    def __new__(cls, text: str, language: str) -> "Localized":
        """Return `text` as written in `language`, a code of settings.LANGUAGES."""
        made = super().__new__(cls, text)
        made.language = language
        return made


def localized(value: Mapping[str, str], language: str) -> Localized:
    """Return the text of `value` (language code -> text) for a reader of `language`.

    Falls back to the language without its region (de for de-simple), then German, then whatever
    there is; "" for an empty mapping.
    """
    for code in (language, language.partition("-")[0], "de", *value):
        if value.get(code):
            return Localized(value[code], code)
    return Localized("", language)


def with_steady_numbers(text: str) -> str:
    """Return right-to-left `text` with marks that keep the parts of a number in their order.

    Without them an Arabic line shows 2026-0042 as 0042-2026, and a phone number backwards.
    """
    mark = LEFT_TO_RIGHT_MARK
    return PARTED_NUMBER.sub(lambda found: f"{mark}{found[0]}{mark}", text)
