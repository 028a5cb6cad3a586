"""Hints before a concern is sent, in the language of the page."""

from dataclasses import dataclass

from django.utils.translation import get_language

from quartiersladen.concerns.models import ScopeRule
from quartiersladen.concerns.similar import Alike, Hints
from quartiersladen.kernel.text import Localized


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A rule as the person reads it. address: who helps, in plain lines; "" if only words say so."""

    rule: ScopeRule
    title: Localized
    text: Localized
    address: Localized


@dataclass(frozen=True, slots=True)
class ShownHints:
    """What the page shows. is_asked: on sending, not while somebody types."""

    rules: list[ShownRule]
    near: list[Alike]
    is_danger: bool = False
    is_stopped: bool = False
    is_asked: bool = False


def _shown(rule: ScopeRule, language: str) -> ShownRule:
    address = rule.right_address
    return ShownRule(
        rule=rule,
        title=rule.title_in(language),
        text=rule.text_in(language),
        address=address.text_in(language) if address else Localized("", language),
    )


def shown_hints(hints: Hints, *, is_asked: bool) -> ShownHints:
    """Return the hints as the page shows them."""
    language = get_language() or "de"
    return ShownHints(
        rules=[_shown(rule, language) for rule in hints.rules],
        near=hints.near,
        is_danger=hints.is_danger,
        is_stopped=hints.is_stopped,
        is_asked=is_asked,
    )
