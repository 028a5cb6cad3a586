from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from quartiersladen.concerns import tasks
from quartiersladen.concerns.models import Draft, Teller
from quartiersladen.concerns.states import AnswerWay
from quartiersladen.concerns.testing import make_concern
from quartiersladen.quarters.testing import make_quarter

pytestmark = pytest.mark.django_db


def test_the_job_deletes_old_unconfirmed_addresses_and_keeps_young_ones():
    quarter, now = make_quarter(), timezone.now()
    fields: dict[str, Any] = {"way": AnswerWay.MAIL, "email": "nour@example.org"}
    old = make_concern(quarter, "Alt", now=now - timedelta(hours=73), **fields)
    young = make_concern(quarter, "Jung", now=now - timedelta(hours=71), **fields)

    tasks.drop_unconfirmed()
    tasks.drop_unconfirmed()

    kept = Teller.objects.in_bulk()
    assert (kept[old.pk].email, kept[young.pk].email) == ("", "nour@example.org")
    assert old.dossier.entries.filter(deed="address_dropped").count() == 1


def test_the_job_deletes_old_drafts_and_keeps_young_ones():
    quarter, now = make_quarter(), timezone.now()
    ages = {uuid4(): 25, uuid4(): 23}
    for key, hours in ages.items():
        Draft.objects.create(key=key, quarter=quarter, created_at=now - timedelta(hours=hours))

    tasks.drop_old_drafts()

    assert [ages[draft.key] for draft in Draft.objects.all()] == [23]
