"""Builders for tests: text snippets as the desk keeps them, through the real service."""

from datetime import datetime
from typing import Any

from quartiersladen.accounts.rules import Viewer
from quartiersladen.correspondence.models import TextSnippet
from quartiersladen.correspondence.services import SnippetFacts, save_snippet
from quartiersladen.correspondence.states import Occasion
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.testing import NOON


def make_snippet(
    viewer: Viewer,
    quarter: Quarter,
    text: str = "Es brennt wieder.",
    *,
    now: datetime = NOON,
    **fields: Any,  # noqa: ANN401 -- fields of SnippetFacts
) -> TextSnippet:
    """Keep a text snippet; fields as in services.SnippetFacts."""
    facts: dict[str, Any] = {
        "occasion": Occasion.ANSWERED,
        "theme": None,
        "language": "de",
        "title": "Behoben",
        "text": text,
    }
    return save_snippet(
        viewer=viewer,
        quarter=quarter,
        snippet=None,
        facts=SnippetFacts(**(facts | fields)),
        version=0,
        now=now,
    )
