"""Reads of the accounts module."""

from collections.abc import Collection
from datetime import date, datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Q, QuerySet

from quartiersladen.accounts.models import Membership, Session, User
from quartiersladen.accounts.rules import DESK, WORKING, Viewer, public_viewer
from quartiersladen.accounts.sessions import IDLE
from quartiersladen.accounts.states import Role, ViewerKind


def valid_on(day: date) -> Q:
    """Return the filter for memberships that count on `day`."""
    return Q(from_on__lte=day) & (Q(to_on__isnull=True) | Q(to_on__gte=day))


def viewer_for(user: User | AnonymousUser, quarter_id: int, today: date) -> Viewer:
    """Return the viewer that `user` is in one quarter today; one statement for a signed-in user."""
    if not isinstance(user, User):
        return public_viewer(quarter_id)
    membership = (
        Membership.objects.filter(valid_on(today), user=user, quarter_id=quarter_id)
        .order_by("-from_on", "-pk")
        .first()
    )
    if membership is None:
        return public_viewer(quarter_id)
    return Viewer(
        kind=ViewerKind.MEMBER,
        quarter_id=quarter_id,
        user_id=user.pk,
        name=user.name,
        role=Role(membership.role),
    )


def is_staff_anywhere(user: User, today: date) -> bool:
    """Say whether the person has any valid role in any quarter."""
    return Membership.objects.filter(valid_on(today), user=user).exists()


def colleagues(quarter_id: int, today: date) -> QuerySet[User]:
    """Return those who can look after a dossier today, by name."""
    return _with_role(quarter_id, today, DESK)


def workers(quarter_id: int, today: date) -> QuerySet[User]:
    """Return lead and moderators of today, by name: who may be named in a confidential matter."""
    return _with_role(quarter_id, today, WORKING)


def leads(quarter_id: int, today: date) -> QuerySet[User]:
    """Return who leads the office today, by name."""
    return _with_role(quarter_id, today, {Role.LEAD})


def _with_role(quarter_id: int, today: date, roles: Collection[Role]) -> QuerySet[User]:
    people = Membership.objects.filter(
        valid_on(today), quarter_id=quarter_id, role__in=[role.value for role in roles]
    )
    return User.objects.filter(pk__in=people.values("user"), is_active=True).order_by("name", "pk")


def members_of(quarter_id: int) -> QuerySet[Membership]:
    """Return all memberships of a quarter, valid ones first."""
    return (
        Membership.objects.filter(quarter_id=quarter_id)
        .select_related("user")
        .order_by(F("to_on").desc(nulls_first=True), "user__name", "pk")
    )


def shown_people(quarter_id: int, today: date) -> QuerySet[Membership]:
    """Return the people of the office who agreed to stand on the contact page."""
    return (
        Membership.objects.filter(valid_on(today), quarter_id=quarter_id, is_shown=True)
        .select_related("user")
        .order_by("from_on", "pk")
    )


def sessions_of(user_id: int, now: datetime) -> QuerySet[Session]:
    """Return where somebody is signed in, the one last used first."""
    alive = Session.objects.filter(expire_date__gt=now, last_seen_at__gt=now - IDLE)
    return alive.filter(user_id=user_id).order_by("-last_seen_at", "-started_at")


def is_confirmed(user: User, email: str) -> bool:
    """Say whether the person has shown that the letter box of this address is theirs."""
    return bool(
        EmailAddress.objects.filter(user=user, email=email.lower(), verified=True).exists()
    )
