"""What the directory holds of people: contact persons at bodies."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quartiersladen.accounts.rules import Viewer
from quartiersladen.directory.models import ContactPerson
from quartiersladen.kernel.text import fold
from quartiersladen.privacy.free_text import MARK
from quartiersladen.privacy.registry import (
    Claims,
    Found,
    FreeText,
    Holder,
    Identity,
    Line,
    Order,
    Person,
    Section,
    keys_of,
    record,
)
from quartiersladen.privacy.states import Fate

PERSON = "directory.contactperson"


def _chosen(quarter_id: int, rows: frozenset[str]) -> list[ContactPerson]:
    people = ContactPerson.objects.filter(pk__in=keys_of(PERSON, rows), body__quarter=quarter_id)
    return list(people.select_related("body").order_by("pk"))


class Directory(Holder):
    """Contact persons."""

    claims = Claims(
        personal={
            "directory.contactperson.name": "somebody at a body; until erased",
            "directory.contactperson.function": "somebody at a body; until erased",
            "directory.contactperson.email": "somebody at a body; until erased",
            "directory.contactperson.phone": "somebody at a body; until erased",
            "directory.responsiblebody.note": "the office's own words, may name people; blackened",
        },
        other={
            **dict.fromkeys(
                (
                    f"directory.responsiblebody.{column}"
                    for column in (
                        "name",
                        "sort_name",
                        "email",
                        "phone",
                        "street",
                        "postcode",
                        "city",
                    )
                ),
                "a public body, not a person",
            )
        },
    )
    free_texts = (
        FreeText(
            model="directory.ResponsibleBody",
            field="note",
            title=gettext_lazy("Note about a body"),
            quarter="quarter_id",
            name="name",
        ),
    )

    def find(self, viewer: Viewer, words: str) -> list[Found]:
        """Return contact persons, also former ones."""
        wanted = fold(words).split()
        rows = ContactPerson.objects.filter(body__quarter=viewer.quarter_id)
        return [
            Found(
                key=f"{PERSON}:{person.pk}",
                name=person.name,
                detail=" · ".join(p for p in (person.body.name, person.email, person.phone) if p),
                where=_("Works at a body"),
            )
            for person in rows.select_related("body").order_by("name", "pk")
            if all(word in fold(f"{person.name} {person.email} {person.phone}") for word in wanted)
        ]

    def recognise(self, viewer: Viewer, rows: frozenset[str]) -> Identity:
        """Return name, address and number of the chosen contact persons."""
        people = _chosen(viewer.quarter_id, rows)
        return Identity(
            rows=frozenset(f"{PERSON}:{person.pk}" for person in people),
            names=frozenset({person.name for person in people} - {"", MARK}),
            emails=frozenset({person.email for person in people} - {""}),
            phones=frozenset({person.phone for person in people} - {""}),
        )

    def sections(self, viewer: Viewer, person: Person) -> list[Section]:
        """Return what stands in the directory."""
        return [
            Section(
                "directory",
                _("Addresses"),
                [
                    record(
                        someone.body.name,
                        ("name", _("Name"), someone.name),
                        ("function", _("Function"), someone.function),
                        ("email", _("E-mail"), someone.email),
                        ("phone", _("Phone"), someone.phone),
                        ("from", _("From"), date_format(someone.from_on, "SHORT_DATE_FORMAT")),
                        (
                            "to",
                            _("To"),
                            date_format(someone.to_on, "SHORT_DATE_FORMAT")
                            if someone.to_on
                            else "",
                        ),
                    )
                    for someone in _chosen(viewer.quarter_id, person.rows)
                ],
            )
        ]

    def plan(self, person: Person) -> list[Line]:
        """Name, function, address and number go; that the body had somebody stays."""
        return [
            Line(
                _("Contact person in the directory"),
                len(_chosen(person.quarter.pk, person.rows)),
                Fate.GOES,
                _("That the body was asked, and when, stays."),
            )
        ]

    def erase(self, person: Person, order: Order, now: datetime) -> None:  # noqa: ARG002 -- the same for all
        """Empty the rows and let them end."""
        today = person.quarter.local_day(now)
        for someone in _chosen(person.quarter.pk, person.rows):
            someone.name, someone.function = MARK, ""
            someone.email = someone.phone = ""
            someone.to_on = someone.to_on or max(today, someone.from_on)
            someone.save()


HOLDER = Directory()
