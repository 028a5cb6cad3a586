"""Settings of a quarter: the lower module's write and a trail row in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts import services as accounts
from quartiersladen.accounts.models import Membership
from quartiersladen.accounts.rules import Viewer
from quartiersladen.accounts.states import Role
from quartiersladen.concerns.models import RightAddress
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.privacy.services import leave_trail
from quartiersladen.quarters.contrast import DARK_PAPER, LIGHT_PAPER, readable
from quartiersladen.quarters.models import Quarter, Theme
from quartiersladen.quarters.services import lock_quarter


class Unreadable(Invalid):
    """The colour does not reach 4.5:1 on its paper; the refusal names one that does."""

    def __init__(self, *, field: str, proposal: str) -> None:
        super().__init__(
            _("This colour is hard to read. This one is close and can be read: %(colour)s")
            % {"colour": proposal},
            field=field,
        )
        self.proposal = proposal


class NameMissing(Invalid):
    """Something needs a German name."""

    sentence = _("Please write the German name.")


class SavedMeanwhile(Conflict):
    """Somebody else saved the same since the page was read. version: the one that is stored now."""

    sentence = _(
        "Somebody else has saved this meanwhile. What you typed is still here. If you press Save "
        "now, it replaces what they wrote."
    )

    def __init__(self, version: int) -> None:
        super().__init__()
        self.version = version


def _take_turn(thing: Quarter | Theme | RightAddress, version: int) -> None:
    """Count the version on if it is still the one that was shown. Raises SavedMeanwhile."""
    rows: QuerySet[Any] = QuerySet(type(thing)).filter(pk=thing.pk)
    if not rows.filter(version=version).update(version=version + 1):
        raise SavedMeanwhile(rows.values_list("version", flat=True).get())
    thing.version = version + 1


def _may(viewer: Viewer, quarter: Quarter) -> bool:
    return viewer.may_settings and viewer.quarter_id == quarter.pk


@transaction.atomic
def save_quarter(
    *, viewer: Viewer, quarter: Quarter, changes: Mapping[str, Any], version: int, now: datetime
) -> Quarter:
    """Store facts of the quarter. changes: column -> value; colours are checked for 4.5:1.

    version: the one that was shown.
    Raises NotAllowed; Unreadable; SavedMeanwhile.
    """
    demand(_may(viewer, quarter))
    for name, paper in (("accent", LIGHT_PAPER), ("accent_dark", DARK_PAPER)):
        colour = changes.get(name)
        if colour and readable(colour, paper) != colour:
            raise Unreadable(field=name, proposal=readable(colour, paper))
    _take_turn(quarter, version)
    changed = [name for name, value in changes.items() if getattr(quarter, name) != value]
    for name in changed:
        setattr(quarter, name, changes[name])
    quarter.save(update_fields=changed)
    leave_trail(
        quarter=quarter,
        by_id=viewer.user_id,
        deed="quarter saved",
        subject=f"quarters.quarter:{quarter.pk}",
        data={"changed": changed},
        now=now,
    )
    return quarter


@dataclass(frozen=True, slots=True)
class ThemeFacts:
    """What is known of a theme. name: language code -> name."""

    name: Mapping[str, str]
    slug: str
    working_days: int
    needs_place: bool = False
    is_confidential: bool = False
    is_active: bool = True
    position: int = 0


@transaction.atomic
def save_theme(
    *,
    viewer: Viewer,
    quarter: Quarter,
    theme: Theme | None,
    facts: ThemeFacts,
    version: int,
    now: datetime,
) -> Theme:
    """Add a theme (None) or change it; the slug of an existing one stays: it is on posters.

    version: the one that was shown, nothing for a new one.
    Raises NotAllowed; NameMissing; Invalid for a slug that exists; SavedMeanwhile.
    """
    demand(_may(viewer, quarter))
    if not facts.name.get("de"):
        raise NameMissing(field="name_de")
    if theme is None:
        if Theme.objects.filter(quarter=quarter, slug=facts.slug).exists():
            raise Invalid(_("There is a theme with this short name already."), field="slug")
        theme = Theme(quarter=quarter, slug=facts.slug)
    else:
        _take_turn(theme, version)
    theme.name = dict(facts.name)
    theme.working_days = facts.working_days
    theme.needs_place = facts.needs_place
    theme.is_confidential = facts.is_confidential
    theme.is_active = facts.is_active
    theme.position = facts.position
    theme.save()
    leave_trail(
        quarter=quarter,
        by_id=viewer.user_id,
        deed="theme saved",
        subject=f"quarters.theme:{theme.pk}",
        data={"slug": theme.slug, "active": theme.is_active},
        now=now,
    )
    return theme


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """Who helps instead. name, text: language code -> words."""

    name: Mapping[str, str]
    text: Mapping[str, str]
    is_active: bool = True
    position: int = field(default=0)


@transaction.atomic
def save_right_address(
    *,
    viewer: Viewer,
    quarter: Quarter,
    address: RightAddress | None,
    facts: AddressFacts,
    version: int,
    now: datetime,
) -> RightAddress:
    """Add a right address (None) or change it.

    A new one that says what another says already is that one: the button was pressed twice.
    Raises NotAllowed; NameMissing; SavedMeanwhile.
    """
    demand(viewer.may_release_texts and viewer.quarter_id == quarter.pk)
    if not (facts.name.get("de") and facts.text.get("de")):
        raise NameMissing(field="name_de")
    values = {
        "name": dict(facts.name),
        "text": dict(facts.text),
        "is_active": facts.is_active,
        "position": facts.position,
    }
    if address is None:
        lock_quarter(quarter=quarter)
        if same := RightAddress.objects.filter(quarter=quarter, **values).first():
            return same
        address = RightAddress(quarter=quarter)
    else:
        _take_turn(address, version)
    for column, value in values.items():
        setattr(address, column, value)
    address.save()
    leave_trail(
        quarter=quarter,
        by_id=viewer.user_id,
        deed="right address saved",
        subject=f"concerns.rightaddress:{address.pk}",
        data={"active": address.is_active},
        now=now,
    )
    return address


@transaction.atomic
def add_member(
    *, viewer: Viewer, quarter: Quarter, email: str, name: str, role: Role, now: datetime
) -> Membership:
    """Give somebody a role from today on. Raises NotAllowed."""
    membership = accounts.add_member(
        viewer=viewer,
        quarter=quarter,
        email=email,
        name=name,
        role=role,
        today=quarter.local_day(now),
    )
    _trail_of_member(viewer, quarter, "member added", membership, now)
    return membership


@transaction.atomic
def end_member(*, viewer: Viewer, quarter: Quarter, membership: Membership, now: datetime) -> None:
    """Let a role end yesterday, so that the door is closed at once. Raises NotAllowed."""
    last_day = quarter.local_day(now) - timedelta(days=1)
    accounts.end_membership(viewer=viewer, membership=membership, last_day=last_day)
    _trail_of_member(viewer, quarter, "member ended", membership, now)


@transaction.atomic
def end_sessions_of_member(
    *, viewer: Viewer, quarter: Quarter, membership: Membership, now: datetime
) -> None:
    """Sign a colleague out on all devices, at once. Raises NotAllowed."""
    accounts.end_sessions_of_member(viewer=viewer, membership=membership)
    _trail_of_member(viewer, quarter, "member signed out", membership, now)


def _trail_of_member(
    viewer: Viewer, quarter: Quarter, deed: str, membership: Membership, now: datetime
) -> None:
    leave_trail(
        quarter=quarter,
        by_id=viewer.user_id,
        deed=deed,
        subject=f"accounts.membership:{membership.pk}",
        data={"role": membership.role, "user": membership.user_id},
        now=now,
    )
