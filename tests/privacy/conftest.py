"""One quarter with the people who look up, hand out and erase."""

import pytest

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.directory.testing import make_body
from quartiersladen.quarters.testing import make_quarter
from tests.support.sign_in import signed_in_client


@pytest.fixture
def quarter(db):
    return make_quarter("ost")


@pytest.fixture
def karla(quarter):
    """The lead as a viewer."""
    return viewer_of(make_member(quarter, Role.LEAD, "Karla"), quarter)


@pytest.fixture
def mira(quarter):
    """The moderator as a viewer."""
    return viewer_of(make_member(quarter, Role.MODERATOR, "Mira"), quarter)


@pytest.fixture
def ines(quarter):
    """The administrator as a viewer."""
    return viewer_of(make_member(quarter, Role.ADMINISTRATOR, "Ines"), quarter)


@pytest.fixture
def body(quarter):
    return make_body(quarter)


@pytest.fixture
def lead_desk(quarter):
    return signed_in_client(make_member(quarter, Role.LEAD, "Rosa"))
