"""One quarter with the people of the stories."""

import pytest

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.directory.testing import make_body
from quartiersladen.quarters.testing import make_quarter, make_theme
from tests.support.sign_in import signed_in_client


@pytest.fixture
def quarter(db):
    """The Leipziger Osten of the tests; Land Sachsen."""
    return make_quarter("ost")


@pytest.fixture
def theme(quarter):
    """Street light: the office asks again after five working days."""
    return make_theme(quarter, working_days=5)


@pytest.fixture
def mira(quarter):
    """The moderator as a viewer."""
    return viewer_of(make_member(quarter, Role.MODERATOR, "Mira"), quarter)


@pytest.fixture
def hao(quarter):
    """The helper as a viewer."""
    return viewer_of(make_member(quarter, Role.HELPER, "Hao"), quarter)


@pytest.fixture
def body(quarter):
    """A responsible body with a mail address."""
    return make_body(quarter)


@pytest.fixture
def desk(quarter):
    """A signed-in browser of the moderator, without scripts."""
    return signed_in_client(make_member(quarter, Role.MODERATOR, "Ida"))


@pytest.fixture
def helper_desk(quarter):
    """A signed-in browser of a helper."""
    return signed_in_client(make_member(quarter, Role.HELPER, "Tom"))
