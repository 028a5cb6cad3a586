"""The journal takes new lines only."""

from django.db import migrations

from quartiersladen.privacy.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0001_start"),
        ("privacy", "0002_ledgers_are_append_only"),
    ]

    operations = [append_only("dossiers_entry")]
