import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("concerns", "0013_concerns_are_joined"),
        ("quarters", "0001_start"),
    ]

    operations = [
        migrations.AddField(
            model_name="concern",
            name="public_district",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="quarters.district",
            ),
        ),
        migrations.AddField(
            model_name="concern",
            name="public_words",
            field=models.TextField(blank=True, default=""),
        ),
    ]
