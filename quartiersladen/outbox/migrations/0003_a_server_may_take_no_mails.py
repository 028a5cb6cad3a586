from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0002_mail_counts_dead_workers")]

    operations = [
        migrations.CreateModel(
            name="Outage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("server_key", models.CharField(max_length=64, unique=True)),
                ("since", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=1)),
                ("next_try_at", models.DateTimeField()),
                ("last_error", models.CharField(max_length=300)),
            ],
        ),
    ]
