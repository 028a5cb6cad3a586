"""What is released already gets its district and the words by which everybody finds it.

Nothing is taken back: the columns go with the step before.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from quartiersladen.kernel.text import fold
from quartiersladen.quarters.outline import lies_inside

PORTION = 1000  # rows in memory


def file_released(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    concerns = apps.get_model("concerns", "Concern").objects
    districts = list(
        apps.get_model("quarters", "District").objects.exclude(outline={}).order_by("name")
    )
    rows = concerns.filter(is_released=True).select_related("dossier").order_by("pk")
    for concern in rows.iterator(PORTION):
        words = f"{concern.dossier.reference} {concern.public_title} {concern.public_text}"
        found = None
        if concern.public_latitude is not None and concern.public_longitude is not None:
            at = (concern.public_latitude, concern.public_longitude)
            found = next(
                (
                    district
                    for district in districts
                    if district.quarter_id == concern.quarter_id
                    and lies_inside(district.outline, *at, tolerance_metres=0)
                ),
                None,
            )
        concerns.filter(pk=concern.pk).update(public_words=fold(words), public_district=found)


class Migration(migrations.Migration):
    dependencies = [("concerns", "0014_everybody_finds_released_concerns")]

    operations = [migrations.RunPython(file_released, migrations.RunPython.noop)]
