"""Writes a small sample of the demo data with the migrations that belong to it.

    python tools/release_snapshot.py tests/upgrade/release_0_1.json

Run at a release, in the tree of that release. The suite loads the sample into tables of exactly
these migrations, on both engines, and updates them; so every release that an office may have stays
able to become the newest one. The sample holds every table with rows and every value of every
closed list that the demo knows, and nothing but invented data.
"""

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from quartiersladen.config.sqlite import use_modern_sqlite

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MOST_VALUES = 14  # a column with more different values is no closed list
COUNTED = {"AutoField", "BigAutoField"}
INVENTED: dict[str, Any] = {
    "DateTimeField": NOON,
    "DateField": NOON.date(),
    "BooleanField": True,
    "GenericIPAddressField": "192.0.2.7",
    "JSONField": {},
    "IntegerField": 1,
    "PositiveIntegerField": 1,
    "PositiveSmallIntegerField": 1,
}
STORY = {"dossiers.dossier", "concerns.concern"}
STORIES = 6  # dossiers that keep everything that belongs to them

Rows = dict[type[Any], dict[Any, Any]]


def prepare(folder: str) -> None:
    """Set up a demo in `folder`."""
    for name in ("DATABASE_URL", "SECRET_KEY_FILE", "STORAGE_URL"):
        os.environ.pop(name, None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "quartiersladen.config.settings"
    os.environ |= {"DATA_DIR": folder, "DEMO": "1", "SECRET_KEY": "of-no-use-" + "0" * 32}
    use_modern_sqlite()
    import django

    django.setup()
    from django.core.management import call_command

    from quartiersladen.config.demo import load_all
    from quartiersladen.config.schedules import ensure_schedules

    call_command("migrate", verbosity=0)
    load_all(NOON)
    ensure_schedules(NOON)


def all_models() -> list[type[Any]]:
    """Return every table, also those between two others."""
    from django.apps import apps

    models = apps.get_models(include_auto_created=True)
    return [model for model in models if not model._meta.proxy]


def made_up(model: type[Any]) -> Any:
    """Store one invented row in a table that the demo leaves empty."""
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.is_relation:
            first = field.related_model._base_manager.order_by("pk").first()
            values[field.attname] = (first or made_up(field.related_model)).pk
        elif not (field.has_default() or field.null or field.get_internal_type() in COUNTED):
            values[field.attname] = an_invented(field)
    return model._base_manager.create(**values)


def an_invented(field: Any) -> Any:
    """Return a value that fits into the column."""
    if field.choices:
        return field.choices[0][0]
    if isinstance(field.max_length, int) or field.get_internal_type() == "TextField":
        return f"{field.name} of nobody"[: field.max_length]
    return INVENTED[field.get_internal_type()]


def varied(model: type[Any]) -> Iterator[Any]:
    """Yield rows until every value of every closed list of the table has been there."""
    rows = model._base_manager.order_by("pk")
    names = [
        field.attname
        for field in model._meta.concrete_fields
        if not field.primary_key
        and rows.order_by().values(field.attname).distinct()[: MOST_VALUES + 1].count()
        <= MOST_VALUES
    ]
    seen: set[tuple[str, str]] = set()
    for row in rows:
        facts = {("", "any row"), *((name, repr(getattr(row, name))) for name in names)}
        if facts - seen:
            seen |= facts
            yield row


def add(kept: Rows, row: Any) -> None:
    """Keep a row and all rows that it needs."""
    if row.pk in kept.setdefault(type(row), {}):
        return
    kept[type(row)][row.pk] = row
    for field in row._meta.concrete_fields:
        if field.is_relation and getattr(row, field.attname) is not None:
            add(kept, field.related_model._base_manager.get(pk=getattr(row, field.attname)))


def add_stories(kept: Rows, models: Iterable[type[Any]]) -> None:
    """Keep what dossiers cannot be without, and of a few of them everything."""
    models = list(models)
    heads = [model for model in models if model._meta.label_lower in STORY]
    for field, chosen in [
        (field, None if field.one_to_one else STORIES)
        for model in models
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model in heads
    ]:
        wanted = sorted(kept[field.related_model])[:chosen]
        for row in field.model._base_manager.filter(**{f"{field.attname}__in": wanted}):
            add(kept, row)


def sample() -> Rows:
    """Return the rows to keep, by table."""
    models = all_models()
    for model in models:
        if not model._base_manager.exists():
            made_up(model)
    kept: Rows = {}
    for model in models:
        for row in varied(model):
            add(kept, row)
    add_stories(kept, models)
    return kept


def written(kept: Rows) -> str:
    """Return the sample as JSON, one row on each line."""
    from django.core.serializers.json import DjangoJSONEncoder
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    def line(value: Any) -> str:
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)

    tables = []
    for model in sorted(kept, key=lambda model: model._meta.label_lower):
        names = [field.attname for field in model._meta.concrete_fields]
        rows = [[getattr(row, name) for name in names] for row in kept[model].values()]
        lines = ",\n".join(map(line, sorted(rows, key=lambda row: str(row[0]).zfill(20))))
        tables.append(f'"{model._meta.label}": {{"columns": {line(names)}, "rows": [\n{lines}]}}')
    leaves = sorted(MigrationLoader(connection).graph.leaf_nodes())
    return f'{{"migrations": {line(leaves)},\n"tables": {{\n' + ",\n".join(tables) + "\n}}\n"


def main() -> None:
    """Write the file that is named."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory(prefix="quartiersladen-snapshot-") as folder:
        prepare(folder)
        text = written(sample())
    Path(sys.argv[1]).write_text(text, encoding="utf-8")
    print(f"{sys.argv[1]}: {len(text.encode()) // 1024} KB")


if __name__ == "__main__":
    main()
