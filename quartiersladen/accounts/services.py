"""Writes of the accounts module. The desk's settings call them and leave the trail row."""

from datetime import date, datetime, timedelta

from django.db import transaction

from quartiersladen.accounts.models import Membership, NetworkCount, User
from quartiersladen.accounts.queries import valid_on
from quartiersladen.accounts.rules import Viewer
from quartiersladen.accounts.states import Role
from quartiersladen.kernel.errors import demand
from quartiersladen.quarters.models import Quarter


@transaction.atomic
def first_member(
    *, quarter: Quarter, email: str, name: str, password: str | None, role: Role, today: date
) -> Membership:
    """Make an account and its role without asking who does so: only for commands.

    An account with that address is kept as it is and gets the role.
    """
    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        user = User.objects.create_user(email, password, name=name)
    return Membership.objects.create(user=user, quarter=quarter, role=role, from_on=today)


@transaction.atomic
def add_member(
    *, viewer: Viewer, quarter: Quarter, email: str, name: str, role: Role, today: date
) -> Membership:
    """Give a person a role from today on; makes the account if there is none.

    An open membership of the same person ends yesterday or, begun today, is replaced.
    Raises NotAllowed unless the viewer may change settings of this quarter, and for the own
    account: nobody locks the house from outside.
    """
    demand(viewer.may_settings and viewer.quarter_id == quarter.pk)
    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        user = User.objects.create_user(email, name=name)
    demand(user.pk != viewer.user_id)
    valid = Membership.objects.filter(valid_on(today), user=user, quarter=quarter)
    valid.filter(from_on=today).delete()
    valid.update(to_on=today - timedelta(days=1))
    return Membership.objects.create(user=user, quarter=quarter, role=role, from_on=today)


@transaction.atomic
def end_membership(*, viewer: Viewer, membership: Membership, last_day: date) -> None:
    """Let a role end after `last_day`; the person's deeds keep their name.

    Raises NotAllowed unless the viewer may change settings of this quarter, and for the own role:
    nobody locks the house from outside.
    """
    demand(viewer.may_settings and viewer.quarter_id == membership.quarter_id)
    demand(viewer.user_id != membership.user_id)
    membership.to_on = max(last_day, membership.from_on)
    membership.save(update_fields=["to_on"])


def forget_counts(*, now: datetime) -> int:
    """Delete counts whose hour has passed. Returns how many went."""
    return NetworkCount.objects.filter(expires_at__lte=now).delete()[0]
