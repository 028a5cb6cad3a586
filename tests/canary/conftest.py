"""The two quarters, built and planted once for each file of tests; rolled back afterwards."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.canary.circles import Facts
from tests.canary.world import World, build_world


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Open the database for a whole module; nothing of it stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def world(db: None) -> World:
    """Both quarters with their canaries."""
    return build_world()


@pytest.fixture(scope="module")
def facts(world: World) -> Facts:
    """What the circles need to know."""
    return Facts(world)


@pytest.fixture
def undone(world: World) -> Iterator[None]:
    """Take back what a test writes, so that the others find the world as it was."""
    point = transaction.savepoint()
    yield
    transaction.savepoint_rollback(point)
