from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("concerns", "0022_office_says_to_whom_it_passes_on"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="concern",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)),
                fields=["quarter", "theme", "-closed_at", "-dossier"],
                name="concern_ended",
            ),
        ),
    ]
