"""One quarter."""

import pytest

from quartiersladen.quarters.testing import make_quarter


@pytest.fixture
def quarter(db):
    return make_quarter("ost")
