"""The office's own list of to whom concerns usually go. A rule only ever suggests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import RoutingRule
from quartiersladen.concerns.rules import may_keep_routing_rules
from quartiersladen.concerns.services.scope_rules import (
    RuleChangedMeanwhile,
    WordTooShort,
    is_long_enough,
)
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.privacy.services import leave_trail
from quartiersladen.quarters.models import District, Quarter, Theme


class RuleWithoutName(Invalid):
    """The reason of a suggestion names the rule."""

    sentence = _("Please give the rule a name, for example “Syringes”.")


class RuleFitsAll(Invalid):
    """A rule without any condition would be suggested for every concern."""

    sentence = _("Please write at least one word or choose a theme or a district.")


class PersonElsewhere(Invalid):
    """The person would be written to at a body where nobody knows them."""

    sentence = _("This person does not work at the chosen body.")


class RuleThereAlready(Conflict):
    """The form was sent before, with other words."""

    sentence = _("This rule has been saved already. Please open it in the list to change it.")


@dataclass(frozen=True, slots=True)
class RoutingFacts:
    """What a rule says. words: beginnings of words.  note: shown with the suggestion."""

    name: str
    words: Sequence[str]
    themes: Sequence[Theme]
    district: District | None
    body: ResponsibleBody
    person: ContactPerson | None
    note: str
    is_active: bool
    position: int


def _check(quarter: Quarter, facts: RoutingFacts) -> None:
    quarters = {facts.body.quarter_id, *(theme.quarter_id for theme in facts.themes)}
    if facts.district is not None:
        quarters.add(facts.district.quarter_id)
    demand(quarters == {quarter.pk})
    if not facts.name.strip():
        raise RuleWithoutName(field="name")
    if not facts.words and not facts.themes and facts.district is None:
        raise RuleFitsAll(field="words")
    if not all(is_long_enough(word=word) for word in facts.words):
        raise WordTooShort(field="words")
    if facts.person is not None and facts.person.body_id != facts.body.pk:
        raise PersonElsewhere(field="person")


def _values(facts: RoutingFacts) -> dict[str, object]:
    return {
        "name": facts.name.strip(),
        "words": list(facts.words),
        "district": facts.district,
        "body": facts.body,
        "person": facts.person,
        "note": facts.note.strip(),
        "is_active": facts.is_active,
        "position": facts.position,
    }


@transaction.atomic
def add_routing_rule(
    *, viewer: Viewer, quarter: Quarter, facts: RoutingFacts, submission_key: UUID, now: datetime
) -> RoutingRule:
    """Add a rule; the same form sent twice gives the one that is there.

    Raises NotAllowed; RuleWithoutName, RuleFitsAll, WordTooShort, PersonElsewhere;
    RuleThereAlready when it was sent before and says something else now.
    """
    demand(may_keep_routing_rules(viewer, quarter))
    _check(quarter, facts)
    values = _values(facts)
    rule, is_new = RoutingRule.objects.get_or_create(
        quarter=quarter, submission_key=submission_key, defaults=values
    )
    if is_new:
        rule.themes.set(facts.themes)
        _leave_trail(viewer, rule, now)
    elif not _says(rule, facts):
        raise RuleThereAlready
    return rule


def _says(rule: RoutingRule, facts: RoutingFacts) -> bool:
    is_same = all(getattr(rule, name) == value for name, value in _values(facts).items())
    return is_same and set(rule.themes.all()) == set(facts.themes)


@transaction.atomic
def change_routing_rule(
    *, viewer: Viewer, rule: RoutingRule, facts: RoutingFacts, version: int, now: datetime
) -> RoutingRule:
    """Change a rule. version: the one that the person saw.

    Raises NotAllowed; RuleWithoutName, RuleFitsAll, WordTooShort, PersonElsewhere;
    RuleChangedMeanwhile.
    """
    demand(may_keep_routing_rules(viewer, rule.quarter))
    _check(rule.quarter, facts)
    same = RoutingRule.objects.filter(pk=rule.pk, version=version)
    if not same.update(version=F("version") + 1, **_values(facts)):
        raise RuleChangedMeanwhile
    saved = RoutingRule.objects.select_related("quarter").get(pk=rule.pk)
    saved.themes.set(facts.themes)
    _leave_trail(viewer, saved, now)
    return saved


def _leave_trail(viewer: Viewer, rule: RoutingRule, now: datetime) -> None:
    leave_trail(
        quarter=rule.quarter,
        by_id=viewer.user_id,
        deed="routing rule saved",
        subject=f"concerns.routingrule:{rule.pk}",
        data={"body": rule.body_id, "is_active": rule.is_active},
        now=now,
    )
