"""Text snippets that a new quarter starts with; they stand in starting.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

WORDS = Path(__file__).with_name("starting.toml")


@dataclass(frozen=True, slots=True)
class StartingSnippet:
    """One text snippet; fits every theme. occasion: a value of states.Occasion."""

    occasion: str
    language: str
    title: str
    text: str


def starting_snippets() -> list[StartingSnippet]:
    """Return them in the order of the file."""
    with WORDS.open("rb") as source:
        items = tomllib.load(source)["snippet"]
    return [
        StartingSnippet(item["occasion"], item["language"], item["title"], item["text"].strip())
        for item in items
    ]
