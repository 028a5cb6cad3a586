"""One quarter with the moderator's browser."""

import pytest

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.quarters.testing import make_quarter
from tests.support.sign_in import signed_in_client


@pytest.fixture
def quarter(db):
    """The Leipziger Osten of the tests."""
    return make_quarter("ost", welcome={"de": "Willkommen im Osten", "ar": "أهلاً"})


@pytest.fixture
def desk(quarter):
    """The moderator's browser."""
    return signed_in_client(make_member(quarter, Role.MODERATOR, "Mira"))
