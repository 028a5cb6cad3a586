"""Text snippets hold placeholders in braces, which are filled with what a concern knows."""

from collections.abc import Iterable, Iterator, Mapping
from string import Formatter

#: Stands where nothing is known, so that whoever writes sees the gap.
GAP = "…"


class BadPlaceholder(ValueError):  # noqa: N818 -- reads as a sentence where it is raised
    """A text with a brace that opens or closes nothing, or with an unknown word in braces.

    word: what stands in the braces; "" for a brace alone.
    """

    def __init__(self, word: str = "") -> None:
        super().__init__(word)
        self.word = word


def _parts(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield plain text and the placeholder after it; None when there is none."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError as exc:
        raise BadPlaceholder from exc
    for plain, name, form, conversion in parts:
        if form or conversion:
            raise BadPlaceholder(name or "")
        yield plain, name


def check_placeholders(text: str, allowed: Iterable[str]) -> None:
    """Raise BadPlaceholder unless every brace is in order and every word in braces is allowed."""
    known = set(allowed)
    for _plain, name in _parts(text):
        if name is not None and name not in known:
            raise BadPlaceholder(name)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a checked `text` with its placeholders filled; what is not known becomes a gap."""
    return "".join(
        plain + ("" if name is None else values.get(name, "") or GAP)
        for plain, name in _parts(text)
    )
