"""A second thing that people agree to, and the moment before they confirm it.

SQLite makes the ledger anew and loses its triggers with the old one: they are taken off before and
put on again at the end, on both engines.
"""

from django.db import migrations, models

from quartiersladen.privacy.append_only import append_only, changeable

TABLE = "privacy_consent"
PURPOSES = [
    ("pass-on-contact", "Contact data may be passed on to the responsible body"),
    ("follow", "Mails about what is new"),
]
STEPS = [
    ("asked", "asked for, not confirmed yet"),
    ("given", "given"),
    ("withdrawn", "withdrawn"),
]


def known(
    column: str, choices: list[tuple[str, str]], length: int
) -> list[migrations.operations.base.Operation]:
    name = f"consent_{column}_known"
    condition = models.Q((f"{column}__in", [value for value, _label in choices]))
    return [
        migrations.RemoveConstraint("consent", name),
        migrations.AlterField(
            "consent", column, models.CharField(choices=choices, max_length=length)
        ),
        migrations.AddConstraint(
            "consent", models.CheckConstraint(condition=condition, name=name)
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("privacy", "0005_sessions_end_without_a_rule")]

    operations = [
        changeable(TABLE),
        *known("purpose", PURPOSES, 24),
        *known("step", STEPS, 10),
        append_only(TABLE),
    ]
