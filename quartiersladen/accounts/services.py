"""Writes of the accounts module. The desk's settings call them and leave the trail row."""

from datetime import date, datetime, timedelta

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.db import transaction
from django.db.models import Q
from django.utils.crypto import constant_time_compare

from quartiersladen.accounts.models import Membership, NetworkCount, Session, User
from quartiersladen.accounts.queries import valid_on
from quartiersladen.accounts.rules import Viewer
from quartiersladen.accounts.sessions import IDLE
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
    """Let a role end after `last_day` and end all sessions; the person's deeds keep their name.

    A role that began later than `last_day` is taken away. Raises NotAllowed unless the viewer may change settings of this quarter, and for the own role:
    nobody locks the house from outside.
    """
    demand(viewer.may_settings and viewer.quarter_id == membership.quarter_id)
    demand(viewer.user_id != membership.user_id)
    if membership.from_on > last_day:
        # The database allows no role that ends before it began.
        Membership.objects.filter(pk=membership.pk).delete()
    else:
        membership.to_on = last_day
        membership.save(update_fields=["to_on"])
    end_sessions(user_id=membership.user_id)


@transaction.atomic
def use_shortcuts(*, user: User, is_on: bool) -> None:
    """Let single letters be shortcuts at the desk, or not; everybody for themselves."""
    user.uses_shortcuts = is_on
    user.save(update_fields=["uses_shortcuts"])


def end_sessions(*, user_id: int, but: str | None = None) -> int:
    """Sign somebody out everywhere, at once; return how often. but: the key that stays."""
    rows = Session.objects.filter(user_id=user_id).exclude(session_key=but or "")
    return rows.delete()[0]


@transaction.atomic
def end_session(*, user_id: int, handle: str) -> None:
    """Sign somebody out in one browser, at once. Raises Session.DoesNotExist."""
    for session in Session.objects.filter(user_id=user_id):
        if constant_time_compare(session.handle, handle):
            session.delete()
            return
    raise Session.DoesNotExist


@transaction.atomic
def end_sessions_of_member(*, viewer: Viewer, membership: Membership) -> int:
    """Sign a colleague out everywhere, at once; return how often.

    Raises NotAllowed unless the viewer may change settings of this quarter.
    """
    demand(viewer.may_settings and viewer.quarter_id == membership.quarter_id)
    return end_sessions(user_id=membership.user_id)


@transaction.atomic
def drop_old_sessions(*, now: datetime) -> None:
    """Forget the sessions that are over, because they are old or nobody came back."""
    over = Q(expire_date__lte=now) | Q(last_seen_at__lte=now - IDLE)
    Session.objects.filter(over).delete()


@transaction.atomic
def drop_old_attempts(*, now: datetime) -> None:
    """Forget wrong passwords that lock nobody any more: they hold network addresses."""
    AccessAttempt.objects.filter(attempt_time__lte=now - get_cool_off()).delete()


def forget_counts(*, now: datetime) -> int:
    """Delete counts whose hour has passed. Returns how many went."""
    return NetworkCount.objects.filter(expires_at__lte=now).delete()[0]
