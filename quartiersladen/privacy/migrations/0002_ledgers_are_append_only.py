"""The consent ledger and the trail take new lines only."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from quartiersladen.privacy.append_only import PERMIT_TABLE, append_only

FUNCTION = f"""
CREATE FUNCTION quartiersladen_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM {PERMIT_TABLE}) THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$
"""  # noqa: S608 -- a constant


def add_function(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(FUNCTION, None)  # without parameters the % stays as it is


def drop_function(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION quartiersladen_append_only()")


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_start")]

    operations = [
        # Not a model: flushing test tables must not empty it half-way.
        migrations.RunSQL(
            f"CREATE TABLE {PERMIT_TABLE} (id integer NOT NULL)", f"DROP TABLE {PERMIT_TABLE}"
        ),
        migrations.RunPython(add_function, drop_function),
        append_only("privacy_consent"),
        append_only("privacy_trail"),
    ]
