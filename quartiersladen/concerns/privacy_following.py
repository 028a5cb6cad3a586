"""What the house holds of people who follow what is new: an address, and about what it is."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Following
from quartiersladen.concerns.news import what_is_followed
from quartiersladen.concerns.released import followings_for
from quartiersladen.concerns.services.following import end_following
from quartiersladen.privacy.registry import (
    Claims,
    Found,
    Holder,
    Identity,
    Line,
    Order,
    Person,
    Record,
    Section,
    keys_of,
    record,
)
from quartiersladen.privacy.states import Fate

FOLLOWING = "concerns.following"
MOST = 200  # rows that are shown for one search


class Followers(Holder):
    """Addresses to which mails about what is new go."""

    claims = Claims(
        personal={
            "concerns.following.email": "who follows; unconfirmed 14 days, else until they leave",
            "concerns.following.latitude": "may be where they live, to 100 m; as the address",
            "concerns.following.longitude": "may be where they live, to 100 m; as the address",
            "concerns.following.subject": "the same point in one word; as the address",
        },
        other={"concerns.following.language": "a language, not a person"},
    )

    def find(self, viewer: Viewer, words: str) -> list[Found]:
        """Return who follows with an address like this."""
        rows = followings_for(viewer).filter(email__icontains=words)
        return [
            Found(
                key=following.consent_subject,
                name=following.email,
                detail=what_is_followed(following),
                where=_("Follows what is new"),
            )
            for following in rows[:MOST]
        ]

    def recognise(self, viewer: Viewer, rows: frozenset[str]) -> Identity:
        """Return the addresses of the chosen rows."""
        found = followings_for(viewer).filter(pk__in=keys_of(FOLLOWING, rows))
        return Identity(
            emails=frozenset(following.email for following in found),
            rows=frozenset(following.consent_subject for following in found),
        )

    def sections(self, viewer: Viewer, person: Person) -> list[Section]:
        """Return what the person follows."""
        rows = followings_for(viewer).filter(_of(person))
        return [Section("followings", _("Follows what is new"), [_told(row) for row in rows])]

    def plan(self, person: Person) -> list[Line]:
        """Everything goes; the ledger keeps its lines without the address."""
        return [
            Line(
                _("What the person follows, with the address"),
                _rows(person).count(),
                Fate.GOES,
                _("No further mail goes there."),
            )
        ]

    def erase(self, person: Person, order: Order, now: datetime) -> None:  # noqa: ARG002 -- the same for all
        """End everything that the person follows."""
        why = _("The person asked for their data to be deleted.")
        for following in _rows(person).select_related("quarter").order_by("pk"):
            end_following(following=following, why=why, now=now)


def _of(person: Person) -> Q:
    """Return the filter for the chosen rows and for all others with the same addresses."""
    emails = [email.lower() for email in person.identity.emails]
    return Q(quarter=person.quarter) & (Q(pk__in=person.keys_of(FOLLOWING)) | Q(email__in=emails))


def _rows(person: Person) -> QuerySet[Following]:
    return Following.objects.filter(_of(person))


def _told(following: Following) -> Record:
    def day(moment: datetime | None) -> str:
        if moment is None:
            return ""
        return date_format(following.quarter.local_day(moment), "SHORT_DATE_FORMAT")

    point = ""
    if following.latitude is not None:
        point = f"{following.latitude}, {following.longitude}"
    return record(
        what_is_followed(following),
        ("email", _("E-mail"), following.email),
        ("language", _("Language"), following.language),
        ("point", _("Point on the map"), point),
        ("rhythm", _("How often"), following.get_rhythm_display()),
        ("asked_on", _("Asked for on"), day(following.created_at)),
        ("confirmed_on", _("Confirmed on"), day(following.confirmed_at)),
        ("last_mail_on", _("Last mail on"), day(following.last_sent_at)),
    )


HOLDER = Followers()
