"""What the tests of the outbox share."""

from datetime import date

import pytest

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.outbox.models import LinkSpec
from quartiersladen.outbox.services import queue_mail
from quartiersladen.quarters.testing import NOON, make_quarter


@pytest.fixture
def quarter():
    return make_quarter()


@pytest.fixture
def mira(quarter):
    return viewer_of(make_member(quarter, Role.MODERATOR, "Mira"), quarter)


@pytest.fixture
def status_link():
    return LinkSpec(
        purpose="status",
        subject_id=42,
        generation=1,
        expires_on=date(2026, 12, 31),
        path="/s/{token}/",
    )


@pytest.fixture
def queue(quarter):
    """Return a function that queues a mail; fields as in queue_mail."""

    def queued(**fields):
        values = {
            "quarter": quarter,
            "kind": "teller",
            "to": "frau.y@example.org",
            "subject": "Ihr Anliegen Nr. 2026-0001",
            "text": "Guten Tag,\n\nwir haben Ihr Anliegen weitergegeben.",
            "now": NOON,
        }
        return queue_mail(**(values | fields))

    return queued
