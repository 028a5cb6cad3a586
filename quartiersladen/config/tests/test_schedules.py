from datetime import UTC, datetime, timedelta
from pydoc import locate

import pytest
from django_q.models import Schedule

from quartiersladen.config.schedules import PERIODIC, ensure_schedules

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def stored():
    return sorted(Schedule.objects.values_list("pk", "name", "func", "minutes", "next_run"))


def test_each_worker_start_leaves_the_same_schedules():
    ensure_schedules(NOON)
    first = stored()

    ensure_schedules(NOON + timedelta(hours=5))

    assert stored() == first
    assert [row[1:4] for row in first] == [
        (job.name, job.handler, job.minutes) for job in PERIODIC
    ]


def test_what_is_no_longer_declared_goes_and_what_changed_is_renewed():
    ensure_schedules(NOON)
    Schedule.objects.create(name="of an older version", func="gone", minutes=1)
    Schedule.objects.filter(name="heartbeat").update(minutes=99)

    ensure_schedules(NOON)

    names = Schedule.objects.order_by("name").values_list("name", "minutes")
    assert sorted(names) == sorted((job.name, job.minutes) for job in PERIODIC)


@pytest.mark.parametrize("job", PERIODIC, ids=lambda job: job.name)
def test_every_handler_can_be_called(job):
    handler = locate(job.handler)

    assert callable(handler)
    assert handler() is None
