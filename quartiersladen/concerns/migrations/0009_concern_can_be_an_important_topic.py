from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("concerns", "0008_many_concerns_come_from_one_action"),
    ]

    operations = [
        migrations.AddField(
            model_name="concern",
            name="topic_months",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="concern",
            name="topic_next_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="concern",
            name="topic_since",
            field=models.DateField(null=True),
        ),
        migrations.AddIndex(
            model_name="concern",
            index=models.Index(
                condition=models.Q(("topic_months__isnull", False)),
                fields=["quarter", "topic_next_on"],
                name="concern_topics",
            ),
        ),
        migrations.AddConstraint(
            model_name="concern",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("topic_months", None), ("topic_next_on", None), ("topic_since", None)
                    ),
                    models.Q(
                        ("topic_months__range", (1, 60)),
                        ("topic_next_on__isnull", False),
                        ("topic_since__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="concern_topic_is_whole",
            ),
        ),
    ]
