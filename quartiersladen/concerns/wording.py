"""What text snippets say about one concern."""

from collections.abc import Sequence
from datetime import date

from django.utils import translation
from django.utils.formats import date_format

from quartiersladen.concerns.letters import place_words
from quartiersladen.concerns.models import Concern
from quartiersladen.correspondence.models import TextSnippet
from quartiersladen.correspondence.placeholders import filled


def snippet_text(
    snippet: TextSnippet, concern: Concern, *, bodies: Sequence[str], next_on: date | None
) -> str:
    """Return the words of a snippet for a concern, in the snippet's language.

    bodies: names of those who have the concern, or of the one that is written to.
    """
    language = snippet.language
    with translation.override(language):
        values = {
            "number": concern.dossier.reference,
            "theme": concern.theme.name_in(language) if concern.theme else "",
            "place": place_words(concern),
            "day": date_format(concern.told_on, "DATE_FORMAT"),
            "body": ", ".join(bodies),
            "next_day": date_format(next_on, "DATE_FORMAT") if next_on else "",
            "office": concern.quarter.name,
            "phone": concern.quarter.phone,
        }
    return filled(snippet.text, values)
