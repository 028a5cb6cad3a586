from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("correspondence", "0002_text_snippets_per_occasion_and_language"),
    ]

    operations = [
        migrations.AddField(
            model_name="textsnippet",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
    ]
