"""Which quarter a row belongs to, and whether anything of it changed or points elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import pytest
from django.db import models

from quartiersladen.accounts.models import NetworkCount, Session, User
from quartiersladen.backups.models import Backup
from quartiersladen.correspondence.models import Mailbox
from quartiersladen.outbox.models import Outage
from quartiersladen.quarters.models import Quarter
from tests.canary.world import World, own_models

#: Models that belong to no quarter, and why.
SHARED = {
    User: "a person may work in several quarters; what they may do there is a Membership",
    User.groups.through: "Django's own groups; the house uses none",
    User.user_permissions.through: "Django's own permissions; the house uses none",
    Session: "a browser in which a person is signed in, for whichever quarter they open",
    NetworkCount: "a network is slowed down whichever quarter it asks; only a keyed hash is kept",
    Mailbox: "a mailbox may be read for several quarters; only a keyed hash of it is kept",
    Outage: "a mail server may serve several quarters; only a keyed hash of its address is kept",
    Backup: "an archive holds the whole house; only who runs it reads the books",
}
WAYS = (
    "quarter",
    "dossier",
    "mail",
    "concern",
    "mediation",
    "step",
    "body",
    "draft",
    "message",
    "theme",
    "open_theme",
)


def way_to_quarter(model: type[models.Model], *, deep: int = 4) -> str | None:
    """Return the path of foreign keys from a model to its quarter, None if there is none."""
    keys = [f for f in model._meta.get_fields() if f.many_to_one or f.one_to_one]
    ahead = {f.name: f.related_model for f in keys if f.concrete and f.related_model}
    if model is Quarter:
        return "pk"
    for name, target in ahead.items():
        if target is Quarter:
            return name
    if deep:
        for name, target in sorted(ahead.items(), key=lambda pair: _rank(pair[0])):
            if target is User or not isinstance(target, type):
                continue
            further = way_to_quarter(target, deep=deep - 1)
            if further:
                return f"{name}__{further}"
    return None


def _rank(name: str) -> int:
    return WAYS.index(name) if name in WAYS else len(WAYS)


def bound_models() -> dict[type[models.Model], str]:
    """Return every model of the house that belongs to a quarter, with its path."""
    found = {model: way_to_quarter(model) for model in own_models() if model not in SHARED}
    return {model: way for model, way in found.items() if way is not None}


def quarter_of_rows() -> dict[tuple[type[models.Model], Any], int]:
    """Return the quarter of each row."""
    return {
        (model, pk): quarter
        for model, way in bound_models().items()
        for pk, quarter in model._base_manager.values_list("pk", way)
    }


def checksum_of(quarter: Quarter) -> dict[str, str]:
    """Return a checksum of all rows of a quarter, per table."""
    sums = {}
    for model, way in bound_models().items():
        rows = model._base_manager.filter(**{way: quarter.pk}).order_by("pk").values_list()
        sums[model._meta.label] = sha256(repr(list(rows)).encode()).hexdigest()
    return sums


def rows_that_point_elsewhere() -> list[str]:
    """Return every row with a foreign key to a row of another quarter."""
    owners, strays = quarter_of_rows(), []
    for model in bound_models():
        keys = [f for f in model._meta.concrete_fields if f.is_relation]
        for row in model._base_manager.all():
            for key in keys:
                target: tuple[Any, Any] = (key.related_model, getattr(row, key.attname))
                if owners.get(target, owners[(model, row.pk)]) != owners[(model, row.pk)]:
                    strays.append(f"{model.__name__} {row.pk}.{key.name}")
    return strays


@contextmanager
def watched_rows(world: World) -> Iterator[list[str]]:
    """Note each row of the other quarter that is loaded inside; clear the list before a look."""
    there = world.there.quarter.pk
    foreign = {row for row, quarter in quarter_of_rows().items() if quarter == there}
    loaded: list[str] = []
    plain = models.Model.from_db.__func__  # type: ignore[attr-defined]  # a classmethod

    def from_db(cls: type[models.Model], db: str, names: Any, values: Any) -> models.Model:
        row: models.Model = plain(cls, db, names, values)
        if (cls, row.pk) in foreign:
            loaded.append(f"{cls.__name__} {row.pk}")
        return row

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models.Model, "from_db", classmethod(from_db))
        yield loaded
