"""What a quarter offers to partners: the switch, themes, and what is asked for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.api.models import Attribute, Open311, OpenTheme
from quartiersladen.api.rules import may_keep_interfaces
from quartiersladen.api.states import LISTS, DataType
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.privacy.services import leave_trail
from quartiersladen.quarters.models import Quarter, Theme


class SavedMeanwhile(Conflict):
    """Somebody else saved the same since the page was read. version: the one that is stored now."""

    sentence = _(
        "Somebody else has saved this meanwhile. What you typed is still here. If you press Save "
        "now, it replaces what they wrote."
    )

    def __init__(self, version: int) -> None:
        super().__init__()
        self.version = version


class ThemeIsConfidential(Invalid):
    """What is told about a confidential theme is nobody's but the named persons'."""

    sentence = _("This theme is confidential: it is never offered to partners.")


class ValuesMissing(Invalid):
    """A list to choose from has something to choose from."""

    sentence = _("A list needs at least one line: the key, an equals sign, the name.")


class CodeTaken(Invalid):
    """Partners send an answer under its code."""

    sentence = _("This theme has a question with this code already.")


class HintIsNotRequired(Invalid):
    """A hint is not answered."""

    sentence = _("A hint cannot be required: nobody answers it.")


@transaction.atomic
def save_open311(
    *,
    viewer: Viewer,
    quarter: Quarter,
    is_on: bool,
    jurisdiction: str,
    version: int,
    now: datetime,
) -> Open311:
    """Switch the GeoReport server of a quarter on or off. Raises NotAllowed; SavedMeanwhile."""
    demand(may_keep_interfaces(viewer, quarter))
    row, is_new = Open311.objects.get_or_create(quarter=quarter, defaults={"changed_at": now})
    if not is_new or version:
        _take_turn(row, version)
    row.is_on, row.jurisdiction, row.changed_at = is_on, jurisdiction.strip(), now
    row.save()
    _trail(viewer, quarter, "interface saved", f"api.open311:{quarter.pk}", now, on=is_on)
    return row


def _take_turn(row: Open311 | OpenTheme, version: int) -> None:
    rows = type(row)._default_manager.filter(pk=row.pk)  # noqa: SLF001 -- Django's public name for it
    if not rows.filter(version=version).update(version=version + 1):
        raise SavedMeanwhile(rows.values_list("version", flat=True).get())
    row.version = version + 1


@dataclass(frozen=True, slots=True)
class OpenThemeFacts:
    """What partners see of a theme. description: language code -> words."""

    is_on: bool
    description: Mapping[str, str]
    keywords: str = ""
    group: str = ""


@transaction.atomic
def save_open_theme(
    *, viewer: Viewer, theme: Theme, facts: OpenThemeFacts, version: int, now: datetime
) -> OpenTheme:
    """Offer a theme to partners, or not. Raises NotAllowed; ThemeIsConfidential; SavedMeanwhile."""
    demand(may_keep_interfaces(viewer, theme.quarter))
    if facts.is_on and theme.is_confidential:
        raise ThemeIsConfidential(field="is_on")
    row, is_new = OpenTheme.objects.get_or_create(theme=theme, defaults={"changed_at": now})
    if not is_new or version:
        _take_turn(row, version)
    row.is_on, row.description = facts.is_on, dict(facts.description)
    row.keywords, row.group, row.changed_at = facts.keywords.strip(), facts.group.strip(), now
    row.save()
    _trail_of(viewer, theme, "interface theme saved", now)
    return row


@dataclass(frozen=True, slots=True)
class AttributeFacts:
    """A question. values: pairs of key and name, only of lists."""

    code: str
    datatype: DataType
    description: str
    is_question: bool = True
    is_required: bool = False
    order: int = 0
    hint: str = ""
    values: Sequence[tuple[str, str]] = ()


@transaction.atomic
def save_attribute(
    *,
    viewer: Viewer,
    theme: Theme,
    attribute: Attribute | None,
    facts: AttributeFacts,
    now: datetime,
) -> Attribute:
    """Add a question (None) or change it; whoever stands at its order makes room.

    Raises NotAllowed; ValuesMissing; CodeTaken; HintIsNotRequired.
    """
    demand(may_keep_interfaces(viewer, theme.quarter))
    if facts.datatype in LISTS and not facts.values:
        raise ValuesMissing(field="values")
    if facts.is_required and not facts.is_question:
        raise HintIsNotRequired(field="is_required")
    row, _is_new = OpenTheme.objects.get_or_create(theme=theme, defaults={"changed_at": now})
    same = row.attributes.filter(code=facts.code).first()
    if same is not None and same != attribute:
        raise CodeTaken(field="code")
    attribute = attribute or Attribute(open_theme=row)
    attribute.code, attribute.datatype = facts.code, facts.datatype
    attribute.is_question, attribute.is_required = facts.is_question, facts.is_required
    attribute.description, attribute.hint = facts.description, facts.hint
    attribute.values = [list(pair) for pair in facts.values] if facts.datatype in LISTS else []
    _put_in_order(row, attribute, facts.order)
    _changed(viewer, row, theme, "interface question saved", now)
    return attribute


def _put_in_order(row: OpenTheme, attribute: Attribute, place: int) -> None:
    """Give the questions of a theme the numbers 1, 2, 3 ... with this one at its place.

    place: 1 is the first; 0 and whatever lies behind the end is the last.
    """
    others = list(row.attributes.exclude(pk=attribute.pk).order_by("order"))
    index = place - 1 if 0 < place <= len(others) else len(others)
    # Two never have one number, not even in between: first everybody moves out of the way.
    behind = len(others) + 1 + max((other.order for other in others), default=0)
    attribute.order = behind
    attribute.save()
    ordered = [*others[:index], attribute, *others[index:]]
    for number, one in enumerate(ordered, behind * 2):
        _number(one, number)
    for number, one in enumerate(ordered, 1):
        _number(one, number)


def _number(attribute: Attribute, number: int) -> None:
    attribute.order = number
    attribute.save(update_fields=["order"])


@transaction.atomic
def delete_attribute(*, viewer: Viewer, theme: Theme, attribute: Attribute, now: datetime) -> None:
    """Take a question away; what was answered stays with its concern. Raises NotAllowed."""
    demand(may_keep_interfaces(viewer, theme.quarter))
    row = attribute.open_theme
    attribute.delete()
    for number, other in enumerate(row.attributes.order_by("order"), 1):
        _number(other, number)
    _changed(viewer, row, theme, "interface question deleted", now)


def _changed(viewer: Viewer, row: OpenTheme, theme: Theme, deed: str, now: datetime) -> None:
    row.changed_at = now
    row.save(update_fields=["changed_at"])
    _trail_of(viewer, theme, deed, now)


def _trail_of(viewer: Viewer, theme: Theme, deed: str, now: datetime) -> None:
    _trail(viewer, theme.quarter, deed, f"quarters.theme:{theme.pk}", now, slug=theme.slug)


def _trail(
    viewer: Viewer, quarter: Quarter, deed: str, subject: str, now: datetime, **data: object
) -> None:
    leave_trail(
        quarter=quarter, by_id=viewer.user_id, deed=deed, subject=subject, data=data, now=now
    )
