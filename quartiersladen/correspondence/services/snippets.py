"""Texts of the office that are used again."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.correspondence.models import TextSnippet
from quartiersladen.correspondence.placeholders import BadPlaceholder, check_placeholders
from quartiersladen.correspondence.rules import may_keep_snippets
from quartiersladen.correspondence.starting import starting_snippets
from quartiersladen.correspondence.states import PLACEHOLDERS, Occasion
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.privacy.services import leave_trail
from quartiersladen.quarters.models import Quarter, Theme


class UnknownPlaceholder(Invalid):
    """A text snippet holds a placeholder that nothing fills; the refusal names those there are."""

    def __init__(self, word: str) -> None:
        allowed = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        if word:
            sentence = _("Nothing fills {%(word)s}. You can use: %(allowed)s") % {
                "word": word,
                "allowed": allowed,
            }
        else:
            sentence = _(
                "A brace opens or closes nothing. Placeholders look like this: %(allowed)s."
                " For a brace itself write it twice."
            ) % {"allowed": allowed}
        super().__init__(sentence, field="text")


class TitleTaken(Invalid):
    """Two snippets of one title for the same occasion could not be told apart."""

    sentence = _("There is a text snippet with this title for this already.")


class SnippetChangedMeanwhile(Conflict):
    """Somebody else saved the text snippet since the page was read."""

    sentence = _("Somebody else has saved this meanwhile. What you typed is still here.")


@dataclass(frozen=True, slots=True)
class SnippetFacts:
    """What a text snippet is for and says. theme: None fits every theme."""

    occasion: Occasion
    theme: Theme | None
    language: str
    title: str
    text: str


def save_snippet(
    *,
    viewer: Viewer,
    quarter: Quarter,
    snippet: TextSnippet | None,
    facts: SnippetFacts,
    version: int,
    now: datetime,
) -> TextSnippet:
    """Add a text snippet (None) or change it.

    Raises NotAllowed; UnknownPlaceholder; TitleTaken; Invalid for a theme of another quarter;
    SnippetChangedMeanwhile when `version` is not the stored one.
    """
    demand(may_keep_snippets(viewer, quarter.pk))
    demand(snippet is None or snippet.quarter_id == quarter.pk)
    if facts.theme is not None and facts.theme.quarter_id != quarter.pk:
        raise Invalid(field="theme")
    try:
        check_placeholders(facts.text, PLACEHOLDERS)
    except BadPlaceholder as exc:
        raise UnknownPlaceholder(exc.word) from exc
    try:
        return _save_snippet(viewer, snippet or TextSnippet(quarter=quarter), facts, version, now)
    except IntegrityError as exc:
        raise TitleTaken(field="title") from exc


@transaction.atomic
def _save_snippet(
    viewer: Viewer, snippet: TextSnippet, facts: SnippetFacts, version: int, now: datetime
) -> TextSnippet:
    if snippet.pk is not None:
        mine = TextSnippet.objects.filter(pk=snippet.pk, version=version)
        if not mine.update(version=version + 1):
            raise SnippetChangedMeanwhile
        snippet.version = version + 1
    snippet.occasion, snippet.theme = facts.occasion, facts.theme
    snippet.language, snippet.title, snippet.text = facts.language, facts.title, facts.text
    snippet.save()
    _trail_of_snippet(viewer, snippet, "text snippet saved", now)
    return snippet


@transaction.atomic
def delete_snippet(*, viewer: Viewer, snippet: TextSnippet, now: datetime) -> None:
    """Remove a text snippet; what was written with it stays. Raises NotAllowed."""
    demand(may_keep_snippets(viewer, snippet.quarter_id))
    _trail_of_snippet(viewer, snippet, "text snippet deleted", now)
    snippet.delete()


def _trail_of_snippet(viewer: Viewer, snippet: TextSnippet, deed: str, now: datetime) -> None:
    leave_trail(
        quarter=snippet.quarter,
        by_id=viewer.user_id,
        deed=deed,
        subject=f"correspondence.textsnippet:{snippet.pk}",
        data={
            "occasion": snippet.occasion,
            "language": snippet.language,
            "title": snippet.title,
        },
        now=now,
    )


def add_starting_snippets(*, quarter: Quarter) -> None:
    """Give a new quarter the text snippets that most offices need."""
    TextSnippet.objects.bulk_create(
        TextSnippet(
            quarter=quarter,
            occasion=Occasion(item.occasion),
            language=item.language,
            title=item.title,
            text=item.text,
        )
        for item in starting_snippets()
    )
