"""Text snippets in the forms of deeds: offered beside a field, put in without losing a word.

The button is part of the deed's own form, so it works without scripts: what was typed comes along
and is shown again with the words of the snippet after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.wording import snippet_text
from quartiersladen.correspondence.models import TextSnippet
from quartiersladen.correspondence.queries import offered_snippets
from quartiersladen.correspondence.states import TO_BODIES, Occasion

INSERT = "einfuegen"
CHOSEN = "-baustein"

#: Heading -> key and title of each snippet below it.
Offers = dict[str, list[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where words are written. bodies: who has the concern, or the one that is written to."""

    viewer: Viewer
    concern: Concern
    bodies: Sequence[str] = ()
    next_on: date | None = None

    def snippets(self, occasions: Mapping[str, Occasion]) -> list[TextSnippet]:
        """Return what fits one of the occasions."""
        return offered_snippets(
            self.viewer,
            sorted(set(occasions.values())),
            theme_id=self.concern.theme_id,
            language=self.concern.dossier.language,
        )


def _heading(snippet: TextSnippet, language: str) -> str:
    if snippet.language != language and Occasion(snippet.occasion) not in TO_BODIES:
        return _("In German, please translate")
    return dict(settings.LANGUAGES)[snippet.language]


def offers_for(desk: Desk, occasions: Mapping[str, Occasion]) -> dict[str, Offers]:
    """Return what is offered beside which field, by language; no field without an offer."""
    found: dict[str, Offers] = {}
    language = desk.concern.dossier.language
    for snippet in desk.snippets(occasions):
        for name, occasion in occasions.items():
            if snippet.occasion == occasion:
                groups = found.setdefault(name, {})
                group = groups.setdefault(_heading(snippet, language), [])
                group.append((snippet.pk, snippet.title))
    return found


def typed_with_snippet(
    desk: Desk, data: QueryDict | None, occasions: Mapping[str, Occasion], *, prefix: str = ""
) -> dict[str, Any] | None:
    """Return what was typed, with the chosen snippet after it; None unless its button was pressed.

    prefix: that of the form, when a page has several.
    """
    if data is None or INSERT not in data:
        return None
    start = f"{prefix}-" if prefix else ""
    typed: dict[str, Any] = {
        name.removeprefix(start): value for name, value in data.items() if name.startswith(start)
    }
    for name, occasion in occasions.items():
        if data[INSERT] != f"{start}{name}":
            continue
        key = data.get(f"{start}{name}{CHOSEN}", "")
        for snippet in desk.snippets({name: occasion}):
            if str(snippet.pk) == key:
                words = snippet_text(
                    snippet, desk.concern, bodies=desk.bodies, next_on=desk.next_on
                )
                before = typed.get(name, "").strip()
                typed[name] = f"{before}\n\n{words}" if before else words
    return typed


def day_typed(data: QueryDict | None, otherwise: date | None) -> date | None:
    """Return the day on which to ask again as it was typed, else what is proposed."""
    typed = data.get("ask_on", "") if data else ""
    try:
        return date.fromisoformat(typed) if typed else otherwise
    except ValueError:
        return otherwise
