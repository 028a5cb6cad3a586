from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_start")]

    operations = [
        migrations.AddField(
            model_name="mail",
            name="times_lost",
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
