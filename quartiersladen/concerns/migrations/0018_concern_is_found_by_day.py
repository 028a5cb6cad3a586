from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("concerns", "0017_office_keeps_filters_of_the_list"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="concern",
            index=models.Index(fields=["quarter", "told_on"], name="concern_by_day"),
        ),
    ]
