"""Where a concern is: the office corrects it, or enters it where a mail or a card did not say."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.rules import may_decide
from quartiersladen.concerns.services.release import show_place
from quartiersladen.concerns.states import PlaceKind
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.services.dossier import claim
from quartiersladen.dossiers.services.journal import add_search_words, record
from quartiersladen.dossiers.states import Actor
from quartiersladen.kernel.errors import Invalid, demand


class PointMissing(Invalid):
    """A point on the map needs one."""

    sentence = _("Please set the pin on the map, or describe the place.")


class WordsMissing(Invalid):
    """An address needs words."""

    sentence = _("Please write the address or describe the place.")


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A place. words: address or description.  point: latitude and longitude in degrees."""

    kind: PlaceKind
    words: str = ""
    point: tuple[float, float] | None = None


@transaction.atomic
def place_concern(
    *, viewer: Viewer, concern: Concern, place: Whereabouts, version: int, now: datetime
) -> Entry:
    """Say where it is. What the public sees of the place follows, as exactly as was decided before.

    Raises NotAllowed; PointMissing; WordsMissing; ChangedMeanwhile.
    """
    demand(may_decide(viewer, concern))
    words = place.words.strip()
    if place.kind == PlaceKind.POINT and place.point is None:
        raise PointMissing(field="place_kind")
    if place.kind == PlaceKind.ADDRESS and not words:
        raise WordsMissing(field="place_text")
    claim(dossier=concern.dossier, version=version)
    point = place.point if place.kind == PlaceKind.POINT else None
    concern.place_kind, concern.place_text = place.kind, words
    concern.latitude, concern.longitude = point or (None, None)
    show_place(concern=concern, precision=concern.place_precision)
    concern.save(
        update_fields=[
            "place_kind",
            "place_text",
            "latitude",
            "longitude",
            "place_precision",
            "public_latitude",
            "public_longitude",
            "public_district",
        ]
    )
    if words:
        add_search_words(dossier=concern.dossier, words=words)
    return record(
        dossier=concern.dossier,
        deed="placed",
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        data={"kind": place.kind},
        now=now,
    )
