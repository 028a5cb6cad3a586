"""Sessions and wrong passwords go by themselves within the hour; no rule of days counts them.

SQLite makes the table of proofs anew and loses its triggers with the old one: they are taken off
before and put on again at the end, on both engines.
"""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from quartiersladen.privacy.append_only import append_only, changeable

TABLE = "privacy_retentionproof"
KINDS = ["contact", "text", "mail", "access"]
CHOICES = [
    ("contact", "Contact data of people who told us something"),
    ("text", "The whole text of a closed concern, with photos and letters"),
    ("mail", "Addresses and texts of sent mails"),
    ("access", "Who has read which person's data"),
]


def forget_the_rule(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    for name in ("RetentionProof", "RetentionRule"):
        apps.get_model("privacy", name).objects.filter(kind="sign-in").delete()


def known(model: str, name: str) -> list[migrations.operations.base.Operation]:
    condition = models.Q(("kind__in", KINDS))
    return [
        migrations.AlterField(model, "kind", models.CharField(choices=CHOICES, max_length=8)),
        migrations.RemoveConstraint(model, name),
        migrations.AddConstraint(model, models.CheckConstraint(condition=condition, name=name)),
    ]


class Migration(migrations.Migration):
    dependencies = [("privacy", "0004_a_permit_is_never_committed"), ("quarters", "0001_start")]

    operations = [
        changeable(TABLE),
        migrations.RunPython(forget_the_rule, migrations.RunPython.noop),
        *known("retentionrule", "retention_rule_kind_known"),
        *known("retentionproof", "retention_proof_kind_known"),
        migrations.AlterField(
            "retentionproof",
            "quarter",
            models.ForeignKey(on_delete=models.deletion.PROTECT, to="quarters.quarter"),
        ),
        append_only(TABLE),
    ]
