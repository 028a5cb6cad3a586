from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_old_sessions_end")]

    operations = [
        migrations.CreateModel(
            name="NetworkCount",
            fields=[
                ("key", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("expires_at", models.DateTimeField()),
            ],
        ),
    ]
