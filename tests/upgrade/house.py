"""What the tests of the update let a process of its own do in a house.

python -m tests.upgrade.house load SAMPLE   tables of the sample's migrations, with its rows
python -m tests.upgrade.house look SAMPLE   prints as JSON what is found after the update
python -m tests.upgrade.house open PATHS    prints the status of pages for everybody
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import django
from django.core.serializers.json import DjangoJSONEncoder

from quartiersladen.config.sqlite import use_modern_sqlite

APPEND_ONLY = ("dossiers_entry", "privacy_consent", "privacy_trail")
#: Apps of earlier releases that are gone, and what became of their rows.
GONE = {"sessions": "everybody signs in anew: the house keeps its own sessions"}
PAGES = (
    "/",
    "/anliegen/",
    "/anliegen/neu/",
    "/kontakt/",
    "/buero/",
    "/buero/anliegen/",
    "/buero/gespraeche/",
    "/buero/adressen/",
    "/buero/post/",
    "/buero/einstellungen/",
    "/buero/einstellungen/quartier/",
    "/buero/einstellungen/personen/",
    "/buero/einstellungen/spur/",
)


def prepare(*, as_released: bool) -> None:
    """Set up Django, also with what the release had; pages need no collected styles."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "quartiersladen.config.settings"
    os.environ["ALLOWED_HOSTS"] = "testserver,localhost"
    use_modern_sqlite()
    from django.conf import settings  # noqa: PLC0415 -- SQLite comes first

    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    if as_released:
        settings.INSTALLED_APPS += [f"django.contrib.{app}" for app in GONE]
    django.setup()


def load(sample: dict[str, Any]) -> None:
    """Make the tables of the release and fill them as it would have."""
    from django.core.management.color import no_style  # noqa: PLC0415 -- Django is set up now
    from django.db import connection, transaction  # noqa: PLC0415 -- as above
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 -- as above

    executor = MigrationExecutor(connection)
    targets = [(app, name) for app, name in sample["migrations"]]
    apps = executor.migrate(targets).apps
    models = {label: apps.get_model(label) for label in sample["tables"]}
    with transaction.atomic():
        for label, table in sample["tables"].items():
            model = models[label]
            fields = [_field(model, name) for name in table["columns"]]
            for row in table["rows"]:
                values = {
                    field.attname: field.to_python(value)
                    for field, value in zip(fields, row, strict=True)
                }
                model._base_manager.create(**values)
    for statement in connection.ops.sequence_reset_sql(no_style(), list(models.values())):
        with connection.cursor() as cursor:
            cursor.execute(statement)


def _field(model: Any, column: str) -> Any:
    field = next(field for field in model._meta.concrete_fields if field.attname == column)
    if hasattr(field, "auto_now"):
        field.auto_now = field.auto_now_add = False  # the sample knows better
    return field


def look(sample: dict[str, Any]) -> dict[str, Any]:
    """Return what is there: see the names."""
    return {
        "lost": lost_rows(sample),
        "append_only": [table for table in APPEND_ONLY if refuses_changes(table)],
        "refused": refuses_nonsense(),
        "broken_references": broken_references(),
        "found": found_by_search(),
        "pages": pages_of_a_lead(),
    }


def lost_rows(sample: dict[str, Any]) -> list[str]:
    """Return the old rows that are missing or say something else in a column that still is."""
    from django.apps import apps  # noqa: PLC0415 -- Django is set up now

    lost = []
    kept = {label: t for label, t in sample["tables"].items() if label.split(".")[0] not in GONE}
    for label, table in kept.items():
        model = apps.get_model(label)
        present = {field.attname for field in model._meta.concrete_fields}
        columns = [name for name in table["columns"] if name in present]
        rows = {_as_json(row[0]): row for row in model._base_manager.values_list("pk", *columns)}
        for old in table["rows"]:
            known = dict(zip(table["columns"], old, strict=True))
            now = rows.get(_as_json(known[model._meta.pk.attname]))
            if now is None or _as_json(now[1:]) != _as_json([known[name] for name in columns]):
                lost.append(f"{label} {old[0]}")
    return lost


def _as_json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True)


def refuses_changes(table: str) -> bool:
    """Return whether the trigger holds: neither UPDATE nor DELETE comes through."""
    update = f"UPDATE {table} SET id = id"  # noqa: S608 -- a constant
    delete = f"DELETE FROM {table}"  # noqa: S608 -- a constant
    return _fails(update) and _fails(delete)


def refuses_nonsense() -> bool:
    """Return whether a check constraint still holds."""
    return _fails("UPDATE concerns_concern SET state = 'nonsense'")


def _fails(statement: str) -> bool:
    from django.db import DatabaseError, connection, transaction  # noqa: PLC0415 -- set up now

    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        return True
    return False


def broken_references() -> str:
    """Return "" if every foreign key leads somewhere."""
    from django.db import DatabaseError, connection  # noqa: PLC0415 -- Django is set up now

    try:
        connection.check_constraints()
    except DatabaseError as exc:
        return str(exc)
    return ""


def found_by_search() -> bool:
    """Return whether the first words of every title lead to it."""
    from quartiersladen.dossiers.models import Dossier  # noqa: PLC0415 -- Django is set up now
    from quartiersladen.dossiers.search import narrowed, words_of  # noqa: PLC0415 -- as above

    dossiers = list(Dossier.objects.order_by("pk")[:20])
    return bool(dossiers) and all(
        narrowed(Dossier.objects.all(), " ".join(words_of(dossier.title)[:3]))
        .filter(pk=dossier.pk)
        .exists()
        for dossier in dossiers
    )


def pages_of_a_lead() -> dict[str, int]:
    """Return the pages that do not open for the lead."""
    from quartiersladen.accounts.models import Membership  # noqa: PLC0415 -- Django is set up now
    from quartiersladen.accounts.states import Role  # noqa: PLC0415 -- as above
    from quartiersladen.dossiers.models import Dossier  # noqa: PLC0415 -- as above
    from tests.support.sign_in import signed_in_client  # noqa: PLC0415 -- as above

    members = Membership.objects.filter(role=Role.LEAD, quarter__is_default=True)
    lead = members.select_related("user", "quarter").get()
    client = signed_in_client(lead.user)
    cases = Dossier.objects.filter(quarter=lead.quarter).order_by("pk")[:8]
    paths = [*PAGES, *(case.office_path() for case in cases)]
    answers = {path: client.get(path).status_code for path in paths}
    return {path: status for path, status in answers.items() if status != 200}


def open_pages(paths: list[str]) -> list[int]:
    """Return the status of each page."""
    from django.test import Client  # noqa: PLC0415 -- Django is set up now

    return [Client().get(path).status_code for path in paths]


def main() -> None:
    """Do one of the three."""
    what, argument = sys.argv[1:]
    prepare(as_released=what == "load")
    if what == "open":
        print(json.dumps(open_pages(argument.split())))  # noqa: T201 -- read by the test
        return
    sample = json.loads(Path(argument).read_text(encoding="utf-8"))
    if what == "load":
        load(sample)
    else:
        print(json.dumps(look(sample)))  # noqa: T201 -- read by the test


if __name__ == "__main__":
    main()
