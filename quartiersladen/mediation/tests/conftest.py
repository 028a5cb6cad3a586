"""A quarrel about noise, told in the office, and the people at the desk."""

import pytest

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns.testing import make_concern
from quartiersladen.mediation.states import Side
from quartiersladen.mediation.testing import make_mediation, make_party
from quartiersladen.quarters.testing import make_quarter
from tests.support.sign_in import signed_in_client


@pytest.fixture
def quarter(db):
    """The Leipziger Osten of the tests; Land Sachsen."""
    return make_quarter("ost")


@pytest.fixture
def people(quarter):
    """Everybody at the desk, by name; only Mira begins mediations."""
    return {
        "mira": make_member(quarter, Role.MODERATOR, "Mira"),
        "ida": make_member(quarter, Role.MODERATOR, "Ida"),
        "lena": make_member(quarter, Role.LEAD, "Lena"),
        "tom": make_member(quarter, Role.HELPER, "Tom"),
        "client": make_member(quarter, Role.CLIENT, "Stadt"),
        "admin": make_member(quarter, Role.ADMINISTRATOR, "Adam"),
    }


@pytest.fixture
def mira(people, quarter):
    """The moderator who mediates, as a viewer."""
    return viewer_of(people["mira"], quarter)


@pytest.fixture
def ida(people, quarter):
    """A moderator who is not named, as a viewer."""
    return viewer_of(people["ida"], quarter)


@pytest.fixture
def concern(quarter):
    """Somebody cannot sleep."""
    return make_concern(quarter, "Im Hof ist es nachts laut.", name="Herr Winter")


@pytest.fixture
def mediation(mira, concern):
    """A mediation that Mira has begun."""
    return make_mediation(mira, concern)


@pytest.fixture
def sommer(mira, mediation):
    """One side."""
    return make_party(
        mira, mediation, "Frau Sommer", email="sommer@example.org", phone="030 23125 101"
    )


@pytest.fixture
def winter(mira, mediation):
    """The other side."""
    return make_party(mira, mediation, "Mieter 2. OG", Side.B, contact="Hof, links")


@pytest.fixture
def desk(people):
    """A signed-in browser of Mira, without scripts."""
    return signed_in_client(people["mira"])
