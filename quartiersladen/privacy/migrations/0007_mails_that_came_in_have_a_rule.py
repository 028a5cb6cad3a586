"""Mails that came in go by a rule of their own.

SQLite makes the table of proofs anew and loses its triggers with the old one: they are taken off
before and put on again at the end, on both engines.
"""

from django.db import migrations, models

from quartiersladen.privacy.append_only import append_only, changeable

TABLE = "privacy_retentionproof"
KINDS = ["contact", "text", "mail", "inbox", "access"]
CHOICES = [
    ("contact", "Contact data of people who told us something"),
    ("text", "The whole text of a closed concern, with photos and letters"),
    ("mail", "Addresses and texts of sent mails"),
    ("inbox", "Mails that came in and that are dealt with"),
    ("access", "Who has read which person's data"),
]


def known(model: str, name: str) -> list[migrations.operations.base.Operation]:
    condition = models.Q(("kind__in", KINDS))
    return [
        migrations.RemoveConstraint(model, name),
        migrations.AlterField(model, "kind", models.CharField(choices=CHOICES, max_length=8)),
        migrations.AddConstraint(model, models.CheckConstraint(condition=condition, name=name)),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0006_people_agree_to_mails_about_news"),
        ("quarters", "0005_quarter_names_its_mailbox"),
    ]

    operations = [
        changeable(TABLE),
        *known("retentionrule", "retention_rule_kind_known"),
        *known("retentionproof", "retention_proof_kind_known"),
        append_only(TABLE),
    ]
