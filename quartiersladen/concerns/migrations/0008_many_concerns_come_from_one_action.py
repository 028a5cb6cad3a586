import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("concerns", "0007_question_back_to_the_person"),
        ("quarters", "0003_settings_have_a_version"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="concern",
            name="channel",
            field=models.CharField(
                choices=[
                    ("web", "Web form"),
                    ("phone", "Phone"),
                    ("walk-in", "In the office"),
                    ("mail", "E-mail"),
                    ("letter", "Letter"),
                    ("walk", "On a walk"),
                    ("event", "At an event"),
                    ("postcard", "Postcard"),
                ],
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="Action",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("postcards", "Postcards"),
                            ("office-hour", "Office hour"),
                            ("stall", "Stall or event"),
                            ("walk", "Walk"),
                        ],
                        max_length=11,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("on", models.DateField()),
                ("place", models.CharField(blank=True, max_length=120)),
                ("created_at", models.DateTimeField()),
                ("submission_key", models.UUIDField(unique=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "quarter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions",
                        to="quarters.quarter",
                    ),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="quarters.theme"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="concern",
            name="action",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="concerns",
                to="concerns.action",
            ),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(fields=["quarter", "-on"], name="action_by_day"),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["postcards", "office-hour", "stall", "walk"])),
                name="action_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="action_has_name"
            ),
        ),
    ]
