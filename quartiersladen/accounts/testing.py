"""Builders for tests: people with roles, and viewers."""

from datetime import date

from quartiersladen.accounts.models import Membership, User
from quartiersladen.accounts.queries import viewer_for
from quartiersladen.accounts.rules import Viewer
from quartiersladen.accounts.states import Role
from quartiersladen.quarters.models import Quarter

PASSWORD = "ein sicherer Satz 26"  # noqa: S105 -- only in tests
LONG_AGO = date(2020, 1, 1)


def make_member(quarter: Quarter, role: Role = Role.MODERATOR, name: str = "Mira") -> User:
    """Store somebody who works in `quarter` since 2020; signs in with PASSWORD."""
    email = f"{name.lower()}@{quarter.slug}.example.org"
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, PASSWORD, name=name)
    Membership.objects.create(user=user, quarter=quarter, role=role, from_on=LONG_AGO)
    return user


def viewer_of(user: User, quarter: Quarter, today: date = date(2026, 3, 2)) -> Viewer:
    """Return how the house sees `user` in `quarter`."""
    return viewer_for(user, quarter.pk, today)
