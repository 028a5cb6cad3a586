"""A quarter without words of its own, so that every sentence on a page is one of the house."""

import pytest

from quartiersladen.concerns.testing import make_concern
from quartiersladen.directory.testing import make_body
from quartiersladen.quarters.testing import make_quarter


@pytest.fixture
def quarter(db):
    """Nothing but names and numbers."""
    return make_quarter("ost", name="Ost", short_name="Ost", city="L")


@pytest.fixture
def concern(quarter):
    """A concern whose words are no sentence of any language."""
    return make_concern(quarter, "0815", email="a@b.example.org", way="mail")


@pytest.fixture
def body(quarter):
    """Somebody to pass it on to."""
    return make_body(quarter, "4711", "stelle@b.example.org")
