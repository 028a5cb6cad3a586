"""What is public of a concern: text, each photo and the place are separate switches."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.rules import may_decide
from quartiersladen.concerns.states import ConcernState, PlacePrecision
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.services.documents import release_documents
from quartiersladen.dossiers.services.dossier import claim, set_audience
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor, Audience
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.kernel.text import fold
from quartiersladen.quarters.queries import district_at

ROUGHLY = 0.002  # degrees: about 200 m, so that no house can be told


class NotLookedThrough(Invalid):
    """Somebody has to say that no person can be recognised."""

    sentence = _("Please confirm that no names, number plates or faces can be seen or read.")


class NothingToShow(Invalid):
    """A released concern needs a title and a text."""

    sentence = _("Please write the public title and the public text.")


class NotForThePublic(Conflict):
    """Confidential and withdrawn concerns, and what looks like spam, are never released."""

    sentence = _("This concern cannot be made public.")


@dataclass(frozen=True, slots=True)
class Release:
    """The public copy. document_ids: the photos to show.  is_checked: the tick was set."""

    title: str
    text: str
    precision: PlacePrecision
    document_ids: frozenset[int]
    is_checked: bool


def _shown_point(concern: Concern, precision: PlacePrecision) -> tuple[float, float] | None:
    if concern.latitude is None or concern.longitude is None or precision == PlacePrecision.NONE:
        return None
    if precision == PlacePrecision.EXACT:
        return concern.latitude, concern.longitude
    return coarse(degrees=concern.latitude), coarse(degrees=concern.longitude)


def show_place(*, concern: Concern, precision: str) -> None:
    """Set what the public sees of the place, without saving it; nothing where there is no point."""
    point = _shown_point(concern, PlacePrecision(precision))
    concern.place_precision = precision if point else PlacePrecision.NONE
    concern.public_latitude, concern.public_longitude = point or (None, None)
    # Of the point that is shown, not of the exact one: it would tell on which side of a street.
    concern.public_district = district_at(concern.quarter, *point) if point else None


def coarse(*, degrees: float) -> float:
    """Return a coordinate on a grid of about 200 m."""
    return round(round(degrees / ROUGHLY) * ROUGHLY, 6)


def public_words(*, concern: Concern) -> str:
    """Return what the public search finds of a concern: number, public title and public text."""
    return fold(f"{concern.dossier.reference} {concern.public_title} {concern.public_text}")


@transaction.atomic
def release_concern(
    *, viewer: Viewer, concern: Concern, release: Release, version: int, now: datetime
) -> Entry:
    """Show the public copy of a concern, or change what is shown.

    Raises NotAllowed; NotLookedThrough; NothingToShow; NotForThePublic; ChangedMeanwhile.
    """
    demand(may_decide(viewer, concern))
    if not release.is_checked:
        raise NotLookedThrough(field="is_checked")
    if not (release.title.strip() and release.text.strip()):
        raise NothingToShow(field="text")
    dossier = concern.dossier
    is_closed_to_all = concern.state == ConcernState.WITHDRAWN or concern.is_held
    if dossier.audience == Audience.CONFIDENTIAL or is_closed_to_all:
        raise NotForThePublic
    claim(dossier=dossier, version=version)
    concern.is_released = True
    concern.released_at = concern.released_at or now
    concern.public_title = release.title.strip()[:120]
    concern.public_text = release.text.strip()
    show_place(concern=concern, precision=release.precision)
    concern.public_words = public_words(concern=concern)
    concern.save(
        update_fields=[
            "is_released",
            "released_at",
            "public_title",
            "public_text",
            "place_precision",
            "public_latitude",
            "public_longitude",
            "public_district",
            "public_words",
        ]
    )
    numbers = release_documents(dossier=dossier, released_ids=set(release.document_ids))
    set_audience(dossier=dossier, audience=Audience.PUBLIC)
    return record(
        dossier=dossier,
        deed="released",
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        data={"photos": len(numbers), "looked_at": numbers, "place": release.precision},
        now=now,
    )


@transaction.atomic
def conceal_concern(*, viewer: Viewer, concern: Concern, version: int, now: datetime) -> Entry:
    """Take a concern and its photos off the public pages. Raises NotAllowed; ChangedMeanwhile."""
    demand(may_decide(viewer, concern))
    claim(dossier=concern.dossier, version=version)
    take_off(concern=concern)
    set_audience(dossier=concern.dossier, audience=Audience.TELLER)
    return record(
        dossier=concern.dossier,
        deed="concealed",
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        now=now,
    )


def take_off(*, concern: Concern) -> None:
    """Let nothing of a concern be public; part of a deed that says who may see it from now on."""
    concern.is_released = False
    concern.public_latitude = concern.public_longitude = None
    concern.public_district, concern.public_words = None, ""
    concern.save(
        update_fields=[
            "is_released",
            "public_latitude",
            "public_longitude",
            "public_district",
            "public_words",
        ]
    )
    release_documents(dossier=concern.dossier, released_ids=set())
