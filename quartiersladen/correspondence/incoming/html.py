"""HTML of strangers as plain lines. Nothing of it is ever shown as HTML."""

import re
from html import unescape
from html.parser import HTMLParser

MOST_LETTERS = 300_000  # the rest of a longer page is left out
# fmt: off
LINES = frozenset({
    "address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav",
    "ol", "p", "pre", "section", "table", "tr", "ul",
})
# fmt: on
#: Whatever stands in these is no text for people.
SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "object"})
TAG = re.compile(r"<[^<>]{0,1000}>")
BLANKS = re.compile(r"[ \t\r\f\v\u00a0]+")
EMPTY_LINES = re.compile(r"\n{3,}")


class _Lines(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0
        self._href = ""
        self._quotes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        if tag == "blockquote":
            self._quotes += 1
        if tag in LINES:
            self._break()
        if tag == "li":
            self.parts.append("- ")
        if tag == "a":
            self._href = (dict(attrs).get("href") or "").strip()

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT and self._silent:
            self._silent -= 1
        if tag == "blockquote" and self._quotes:
            self._quotes -= 1
        if tag in LINES:
            self._break()
        if tag == "a":
            self._say_where_it_leads()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(BLANKS.sub(" ", data.replace("\n", " ")))

    def _break(self) -> None:
        self.parts.append("\n" + "> " * min(self._quotes, 3))

    def _say_where_it_leads(self) -> None:
        """Name the address behind a link: the words on it may pretend another one."""
        if self._href.startswith(("http://", "https://")):
            shown = "".join(self.parts[-3:])
            if self._href.rstrip("/") not in shown:
                self.parts.append(f" <{self._href[:500]}>")
        self._href = ""


def as_lines(html: str) -> str:
    """Return the words of `html`, line by line; scripts, styles and pictures are left out."""
    parser = _Lines()
    try:
        parser.feed(html[:MOST_LETTERS])
        parser.close()
        text = "".join(parser.parts)
    except Exception:  # noqa: BLE001 -- the library stumbles over broken declarations as it likes
        text = unescape(TAG.sub(" ", html[:MOST_LETTERS]))
    lines = (BLANKS.sub(" ", line).strip() for line in text.split("\n"))
    return EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()
