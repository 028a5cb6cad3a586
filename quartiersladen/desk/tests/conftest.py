"""One quarter with a browser per role."""

import pytest

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.quarters.testing import make_quarter
from tests.support.sign_in import signed_in_client


@pytest.fixture
def quarter(db):
    """The Leipziger Osten of the tests."""
    return make_quarter("ost")


@pytest.fixture
def browser_of(quarter):
    """Return a function that gives the signed-in browser of somebody with a role."""

    def signed_in(role: Role, name: str = ""):
        return signed_in_client(make_member(quarter, role, name or role.value.title()))

    return signed_in


@pytest.fixture
def lead(browser_of):
    """The lead's browser."""
    return browser_of(Role.LEAD)


@pytest.fixture
def desk(browser_of):
    """The moderator's browser."""
    return browser_of(Role.MODERATOR)
