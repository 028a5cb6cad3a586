from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0007_mails_that_came_in_have_a_rule"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="trail",
            index=models.Index(
                condition=models.Q(("deed", "confidential read")),
                fields=["subject", "-at"],
                name="trail_of_confidential",
            ),
        ),
    ]
