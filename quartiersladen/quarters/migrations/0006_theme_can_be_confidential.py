from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("quarters", "0005_quarter_names_its_mailbox"),
    ]

    operations = [
        migrations.AddField(
            model_name="theme",
            name="is_confidential",
            field=models.BooleanField(default=False),
        ),
    ]
