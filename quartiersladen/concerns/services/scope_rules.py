"""The office's own list of what it does not do, and how often it was shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import RightAddress, ScopeHit, ScopeRule
from quartiersladen.concerns.rules import may_keep_scope_rules
from quartiersladen.concerns.states import HitOutcome, RuleMode
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.kernel.text import NOT_IN_WORDS, fold
from quartiersladen.privacy.services import leave_trail
from quartiersladen.quarters.models import Quarter, Theme
from quartiersladen.quarters.services import lock_quarter

FEWEST_LETTERS = 3  # a shorter beginning would fit half of all words


class RuleWithoutTitle(Invalid):
    """People read the title, in German if in no other language."""

    sentence = _("Please write the title at least in German.")


class RuleFitsEverything(Invalid):
    """A rule without words and themes would be shown for every report."""

    sentence = _("Please write at least one word or choose a theme.")


class WordTooShort(Invalid):
    """A beginning of one or two letters stands in nearly every text."""

    sentence = _("Each word needs at least three letters.")


class RuleLeadsNowhere(Invalid):
    """ "Not ours" without saying whose would be a dead end."""

    sentence = _("Please choose the right address or write who is responsible.")


class RuleChangedMeanwhile(Conflict):
    """Somebody else saved the rule since the page was read."""

    sentence = _("Somebody else has saved this meanwhile. What you typed is still here.")


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What a rule says. title, text: language code -> words.  words: beginnings of words."""

    title: Mapping[str, str]
    words: Sequence[str]
    themes: Sequence[Theme]
    text: Mapping[str, str]
    right_address: RightAddress | None
    mode: RuleMode
    is_active: bool
    position: int


def is_long_enough(*, word: str) -> bool:
    """Say whether the beginning of a word tells one word from most others."""
    return len(NOT_IN_WORDS.sub("", fold(word))) >= FEWEST_LETTERS


def _check(facts: RuleFacts) -> None:
    if not facts.title.get("de", "").strip():
        raise RuleWithoutTitle(field="title_de")
    if not facts.words and not facts.themes:
        raise RuleFitsEverything(field="words")
    if not all(is_long_enough(word=word) for word in facts.words):
        raise WordTooShort(field="words")
    if facts.right_address is None and not facts.text.get("de", "").strip():
        raise RuleLeadsNowhere(field="right_address")


@transaction.atomic
def save_rule(
    *,
    viewer: Viewer,
    quarter: Quarter,
    rule: ScopeRule | None,
    facts: RuleFacts,
    version: int,
    now: datetime,
) -> ScopeRule:
    """Add a rule of scope, or change one. version: the one that the person saw.

    A new one that says what another says already is that one: the button was pressed twice.
    Raises NotAllowed; RuleWithoutTitle, RuleFitsEverything, WordTooShort, RuleLeadsNowhere;
    RuleChangedMeanwhile.
    """
    demand(may_keep_scope_rules(viewer, quarter))
    _check(facts)
    values = {
        "title": dict(facts.title),
        "words": list(facts.words),
        "text": dict(facts.text),
        "right_address": facts.right_address,
        "mode": facts.mode,
        "is_active": facts.is_active,
        "position": facts.position,
    }
    if rule is None:
        lock_quarter(quarter=quarter)
        if (same_rule := _same(quarter, values, facts.themes)) is not None:
            return same_rule
        saved = ScopeRule.objects.create(quarter=quarter, **values)
    else:
        same = ScopeRule.objects.filter(pk=rule.pk, quarter=quarter, version=version)
        if not same.update(version=F("version") + 1, **values):
            raise RuleChangedMeanwhile
        saved = ScopeRule.objects.get(pk=rule.pk)
    saved.themes.set(facts.themes)
    leave_trail(
        quarter=quarter,
        by_id=viewer.user_id,
        deed="scope rule saved",
        subject=f"concerns.scoperule:{saved.pk}",
        data={"title": str(saved), "mode": saved.mode, "is_active": saved.is_active},
        now=now,
    )
    return saved


def _same(
    quarter: Quarter, values: Mapping[str, object], themes: Sequence[Theme]
) -> ScopeRule | None:
    wanted = {theme.pk for theme in themes}
    for rule in ScopeRule.objects.filter(quarter=quarter, **values).prefetch_related("themes"):
        if {theme.pk for theme in rule.themes.all()} == wanted:
            return rule
    return None


def note_hits(
    *, rules: Iterable[ScopeRule], form_key: UUID, outcome: HitOutcome, day: date
) -> None:
    """Count that rules were shown at a form and what came of it; a form counts once per rule."""
    hits = [ScopeHit(rule=rule, on=day, outcome=outcome, form_key=form_key) for rule in rules]
    if hits:
        ScopeHit.objects.bulk_create(
            hits,
            update_conflicts=True,
            unique_fields=["form_key", "rule"],
            update_fields=["outcome"],
        )


def forget_form_keys(*, before: date) -> None:
    """Forget which form a count came from; the count stays."""
    ScopeHit.objects.filter(on__lt=before, form_key__isnull=False).update(form_key=None)
