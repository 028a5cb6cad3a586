"""In which district released concerns lie, when the outlines of the districts change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django.db import transaction

from quartiersladen.concerns.models import Concern
from quartiersladen.privacy.services import leave_trail
from quartiersladen.quarters.models import District, Quarter
from quartiersladen.quarters.queries import district_among, districts_of
from quartiersladen.quarters.services import store_districts

Outlines = Mapping[str, dict[str, Any]]


@transaction.atomic
def keep_districts(*, quarter: Quarter, outlines: Outlines, now: datetime) -> int:
    """Store outlines by the name of the district and file what is released anew.

    Districts that are not named stay as they are.  Returns how many concerns lie in one then.
    """
    store_districts(quarter=quarter, outlines=outlines)
    filed = _file_released(quarter)
    leave_trail(
        quarter=quarter,
        by_id=None,
        deed="districts imported",
        subject=f"quarters.quarter:{quarter.pk}",
        data={"districts": len(outlines), "concerns": filed},
        now=now,
    )
    return filed


def _file_released(quarter: Quarter) -> int:
    districts = list(districts_of(quarter))
    rows = Concern.objects.filter(quarter=quarter, public_latitude__isnull=False)
    where: dict[int | None, list[int]] = {}
    for concern in rows.only("pk", "public_latitude", "public_longitude").iterator(1000):
        where.setdefault(_district_at(districts, concern), []).append(concern.pk)
    for district, keys in where.items():
        rows.filter(pk__in=keys).update(public_district=district)
    return rows.filter(public_district__isnull=False).count()


def _district_at(districts: list[District], concern: Concern) -> int | None:
    point = (cast("float", concern.public_latitude), cast("float", concern.public_longitude))
    district = district_among(districts, *point)
    return district.pk if district else None
