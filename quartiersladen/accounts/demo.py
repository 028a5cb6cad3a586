"""Demo data: invented people with every role in both quarters, and one password for all.

In demo mode the password is known, because everything behind it is invented. Elsewhere it is made
up anew while loading: a password that stands in a repository must not open a house.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from secrets import token_urlsafe

from django.conf import settings
from django.contrib.auth.hashers import make_password

from quartiersladen.accounts.models import Membership, User
from quartiersladen.accounts.states import Role
from quartiersladen.quarters.models import Quarter

KNOWN_PASSWORD = "nachbarschaft-zum-probieren"  # noqa: S105 -- opens invented data only
YEARS_AGO = timedelta(days=800)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in as `email`; phone: shown on the contact page, "" for nobody there."""

    quarter: str
    role: Role
    name: str
    email: str
    function: str = ""
    phone: str = ""


EAST, GATE = "leipziger-osten", "am-leipziger-tor"
PEOPLE = (
    Person(
        EAST,
        Role.LEAD,
        "Karla Wendisch",
        "leitung@leipziger-osten.example.org",
        "Leitung des Quartiersbüros",
        "030 23125 011",
    ),
    Person(
        EAST,
        Role.MODERATOR,
        "Yusuf Brandner",
        "moderation@leipziger-osten.example.org",
        "Stadtteilmoderation",
        "030 23125 012",
    ),
    Person(EAST, Role.HELPER, "Mai Lindt", "hilfe@leipziger-osten.example.org"),
    Person(EAST, Role.CLIENT, "Rainer Osterkamm", "stadt@leipziger-osten.example.org"),
    Person(EAST, Role.ADMINISTRATOR, "Ines Fallmer", "verwaltung@leipziger-osten.example.org"),
    Person(
        GATE,
        Role.LEAD,
        "Birte Hallenser",
        "leitung@leipziger-tor.example.org",
        "Quartiersmanagerin",
        "030 23125 061",
    ),
    Person(
        GATE,
        Role.MODERATOR,
        "Tarek Elbfurt",
        "moderation@leipziger-tor.example.org",
        "Quartiersmanager",
        "030 23125 062",
    ),
    Person(GATE, Role.HELPER, "Jule Mulden", "hilfe@leipziger-tor.example.org"),
    Person(GATE, Role.CLIENT, "Henrike Askan", "stadt@leipziger-tor.example.org"),
    Person(GATE, Role.ADMINISTRATOR, "Olaf Zerbin", "verwaltung@leipziger-tor.example.org"),
)


@cache
def password() -> str:
    """Return the one password of all demo people in this process."""
    return KNOWN_PASSWORD if settings.DEMO else token_urlsafe(12)


def load(now: datetime) -> None:
    """Store the people; the slow hash of the password is made once."""
    hashed = make_password(password())
    quarters = {quarter.slug: quarter for quarter in Quarter.objects.all()}
    for person in PEOPLE:
        user = User.objects.create(email=person.email, name=person.name, password=hashed)
        quarter = quarters[person.quarter]
        Membership.objects.create(
            user=user,
            quarter=quarter,
            role=person.role,
            from_on=quarter.local_day(now - YEARS_AGO),
            function=person.function,
            phone=person.phone,
            is_shown=bool(person.phone),
        )
