from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0007_dossier_gets_tags"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(fields=["quarter", "audience"], name="dossier_by_audience"),
        ),
    ]
