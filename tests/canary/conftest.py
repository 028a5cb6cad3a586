"""The two quarters, built and planted once for all tests here; each test takes back what it did."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.template.base import Template

from tests.canary.circles import Facts
from tests.canary.crawler import Paths
from tests.canary.world import World, build_world


@pytest.fixture(scope="package")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Open the database for all tests here; nothing of it stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="package")
def world(db: None) -> World:
    """Both quarters with their canaries."""
    return build_world()


@pytest.fixture(scope="package")
def facts(world: World) -> Facts:
    """What the circles need to know."""
    return Facts(world)


@pytest.fixture(scope="package")
def paths(world: World) -> Paths:
    """Every address of the first quarter."""
    return Paths.of(world.here.quarter)


@pytest.fixture(autouse=True)
def _undone(db: None) -> Iterator[None]:
    """Take back what a test writes, so that the others find the world as it was."""
    point = transaction.savepoint()
    yield
    transaction.savepoint_rollback(point)


@pytest.fixture(autouse=True)
def _unwatched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Render without Django's copies of every context for tests; thousands of pages are faster."""
    monkeypatch.setattr(Template, "_render", lambda self, context: self.nodelist.render(context))
