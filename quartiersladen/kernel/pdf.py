"""PDF documents that can be kept and read aloud: PDF/A-2a and PDF/UA-1, made by Typst.

A document is a template (a .typ file of ours) and data. Data travels as JSON and is text wherever
it stands, so nothing that somebody typed is ever taken for markup. The same template and data at
the same moment give the same bytes.

Making one takes some milliseconds and no database: do it outside of transactions.
"""

import json
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, cast

from quartiersladen.kernel.text import with_steady_numbers

if TYPE_CHECKING:
    import typst

#: Templates lie somewhere in the package and may import each other.
ROOT = Path(__file__).resolve().parent.parent
#: Made by tools/build_assets.py from the fonts of the pages.
FONTS = ROOT / "kernel" / "fonts"
#: Stands for a letter that none of the fonts has.
UNKNOWN = "▯"
#: Invisible signs that join letters, part them or turn the direction; Arabic script needs them.
JOINERS = frozenset("\u200c\u200d\u200e\u200f")
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
WRAPPER = '#import "/kernel/pdf.typ": document-of\n#show: document-of\n#include "/{}"\n'

_LOCK = Lock()


class PdfFailed(Exception):  # noqa: N818 -- reads as a sentence where it is raised
    """The document could not be made; the text says what Typst found, for the log."""


@cache
def _compiler() -> "typst.Compiler":
    import typst  # noqa: PLC0415 -- 7 MB that processes spare which print nothing

    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )
    return typst.Compiler(root=str(ROOT), font_paths=fonts, ignore_system_fonts=True)


@cache
def _known() -> tuple[list[int], list[int]]:
    """Return first and last code points of the ranges that the fonts can draw."""
    ranges = json.loads((FONTS / "coverage.json").read_text(encoding="ascii"))
    return [first for first, _last in ranges], [last for _first, last in ranges]


def _is_known(sign: str) -> bool:
    firsts, lasts = _known()
    place = bisect_right(firsts, ord(sign)) - 1
    return place >= 0 and ord(sign) <= lasts[place]


def _drawn(sign: str) -> str:
    if sign == "\n" or sign in JOINERS:
        return sign
    kind = unicodedata.category(sign)[0]
    if kind == "Z" or sign == "\t":
        return sign if _is_known(sign) else " "
    if kind == "C":
        return ""
    if _is_known(sign):
        return sign
    return UNKNOWN if kind == "L" else ""


def drawable(text: str) -> str:
    """Return `text` as our fonts can draw it: a box for an unknown letter, nothing for a flower.

    PDF/A refuses a document with a sign that cannot be drawn, and a letter must not fail because
    somebody has a flower in their name.
    """
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(_drawn(sign) for sign in composed)


def _each(value: object, change: Callable[[str], str]) -> object:
    """Return `value` with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _each(inner, change) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_each(inner, change) for inner in value]
    return value


def _compile(template: Path, inputs: Mapping[str, object], now: datetime) -> bytes:
    import typst  # noqa: PLC0415 -- as in _compiler

    main = WRAPPER.format(template.resolve().relative_to(ROOT).as_posix())
    try:
        with _LOCK:
            made = _compiler().compile(
                input=main.encode(),
                format="pdf",
                sys_inputs={name: json.dumps(value) for name, value in inputs.items()},
                pdf_standards=["a-2a", "ua-1"],
                timestamp=int(now.timestamp()),
            )
    except typst.TypstError as exc:
        raise PdfFailed(f"{template.name}: {exc.diagnostic}") from exc
    return cast("bytes", made)


def make_pdf(
    template: Path,
    *,
    title: str,
    language: str,
    data: Mapping[str, object],
    exact: Mapping[str, object] | None = None,
    now: datetime,
    author: str = "",
) -> bytes:
    """Return the document that `template` makes of `data`.

    template: a .typ file inside the package; it finds `data` and `exact` in "/kernel/pdf.typ".
    title, language: what a screen reader says first and how it pronounces the rest; a language
    code with or without a variant (de-simple is read as German).
    data: words for people, as JSON can say it; in a right-to-left document their numbers get marks
    that keep the order.  exact: what gets no marks: drawings, addresses of pages.  now: stands in the file as the moment it was made.
    Raises ValueError without title or language; PdfFailed when the template does not hold, for
    example because a picture has no text for those who do not see it.
    """
    if not title.strip() or not language:
        msg = "a PDF needs a title and a language"
        raise ValueError(msg)
    spoken = language.partition("-")[0]
    is_rtl = spoken in RIGHT_TO_LEFT
    about = {"title": drawable(title), "author": drawable(author), "language": spoken}
    plain = {"data": data, "exact": exact or {}}
    given = {name: _each(value, drawable) for name, value in plain.items()}
    if is_rtl:
        given["data"] = _each(given["data"], with_steady_numbers)
    return _compile(template, {"about": about | {"is_rtl": is_rtl}} | given, now)
