"""One quarter with its themes."""

import pytest

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.quarters.testing import make_quarter, make_theme
from tests.support.sign_in import signed_in_client


@pytest.fixture
def quarter(db):
    """The Leipziger Osten of the tests."""
    return make_quarter("ost")


@pytest.fixture
def theme(quarter):
    """Street light."""
    return make_theme(quarter)


@pytest.fixture
def mira(quarter):
    """The moderator as a viewer."""
    return viewer_of(make_member(quarter, Role.MODERATOR, "Mira"), quarter)


@pytest.fixture
def desk(quarter):
    """A signed-in browser of the moderator, without scripts."""
    return signed_in_client(make_member(quarter, Role.MODERATOR, "Ida"))
