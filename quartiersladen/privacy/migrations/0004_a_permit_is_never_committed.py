"""The erasure's permit points to a row that does not exist: no COMMIT lets it stay."""

from django.db import migrations

from quartiersladen.privacy.append_only import NOWHERE_TABLE, PERMIT_TABLE

COLUMN = f"id integer NOT NULL REFERENCES {NOWHERE_TABLE} (id) DEFERRABLE INITIALLY DEFERRED"


class Migration(migrations.Migration):
    dependencies = [("privacy", "0003_retention_rules_and_their_proof")]

    operations = [
        migrations.RunSQL(
            f"CREATE TABLE {NOWHERE_TABLE} (id integer NOT NULL PRIMARY KEY)",
            f"DROP TABLE {NOWHERE_TABLE}",
        ),
        migrations.RunSQL(
            [
                f"DROP TABLE {PERMIT_TABLE}",
                f"CREATE TABLE {PERMIT_TABLE} ({COLUMN})",
            ],
            [
                f"DROP TABLE {PERMIT_TABLE}",
                f"CREATE TABLE {PERMIT_TABLE} (id integer NOT NULL)",
            ],
        ),
    ]
