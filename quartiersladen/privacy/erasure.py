"""One person across all modules: look up, hand out, erase.

Erasing is one transaction: all of it or nothing. It never looks for more than the rows that the
office chose and the texts it ticked; what stays, stays with a reason that the page shows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.kernel.errors import Invalid, demand
from quartiersladen.privacy.append_only import erasure_permit
from quartiersladen.privacy.free_text import (
    Place,
    blacken_matters,
    blacken_places,
    places,
    wanted,
)
from quartiersladen.privacy.registry import (
    Found,
    Holder,
    Identity,
    Line,
    Order,
    Person,
    Section,
    holders,
)
from quartiersladen.privacy.rules import may_erase, may_look_up
from quartiersladen.privacy.services import leave_trail
from quartiersladen.privacy.states import PERSON_READ
from quartiersladen.quarters.models import Quarter

SHORTEST_SEARCH = 3  # letters
MOST_FOUND = 100
ERASED = "person erased"


class NobodyChosen(Invalid):
    """No row was ticked, or none of them is there or may be seen."""

    sentence = _("Please choose at least one entry that is this person.")


class TooShort(Invalid):
    """Two letters fit half the town."""

    sentence = _("Please write at least 3 letters or digits.")


def _highest_first() -> Iterable[Holder]:
    """Return the holders as people want to read them: the matter first, its post last."""
    return reversed(holders())


def find_people(viewer: Viewer, quarter: Quarter, words: str) -> list[Found]:
    """Return rows that may be the person, by e-mail address, phone number or name.

    Raises NotAllowed; TooShort.
    """
    demand(may_look_up(viewer, quarter))
    if len(words.strip()) < SHORTEST_SEARCH:
        raise TooShort(field="words")
    found = [row for holder in _highest_first() for row in holder.find(viewer, words.strip())]
    return found[:MOST_FOUND]


def get_person(viewer: Viewer, quarter: Quarter, rows: Iterable[str]) -> Person:
    """Return the person that these rows are, without rows that the viewer may not see.

    Raises NotAllowed; NobodyChosen.
    """
    demand(may_look_up(viewer, quarter))
    identity, chosen = Identity(), frozenset(rows)
    for holder in holders():
        identity |= holder.recognise(viewer, chosen)
    if not identity.rows:
        raise NobodyChosen
    return Person(quarter, identity)


def sections_of(viewer: Viewer, person: Person) -> list[Section]:
    """Return everything that is handed out, empty parts left out."""
    found = [part for holder in _highest_first() for part in holder.sections(viewer, person)]
    return [part for part in found if part.records]


def note_reading(*, viewer: Viewer, person: Person, how: str, now: datetime) -> None:
    """Leave in the trail that somebody read a person's data. how: "page", "json", "pdf" or "erasure".

    Every module may write down more: who is named in a confidential matter sees there who read it.
    """
    leave_trail(
        quarter=person.quarter,
        by_id=viewer.user_id,
        deed=PERSON_READ,
        subject=_rows_in_words(person),
        data={"how": how},
        now=now,
    )
    for holder in holders():
        holder.note_reading(viewer, person, now)


def _rows_in_words(person: Person) -> str:
    words = ", ".join(sorted(person.rows))
    return words if len(words) <= 120 else f"{words[:110]} …"


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure would do. lines: what goes and stays.  places: where a name may stand."""

    person: Person
    lines: Sequence[Line]
    places: Sequence[Place]


def preview_erasure(
    viewer: Viewer, quarter: Quarter, rows: Iterable[str], more: Sequence[str] = ()
) -> Preview:
    """Return what would go and what would stay; nothing changes. Raises NotAllowed; NobodyChosen."""
    demand(may_erase(viewer, quarter))
    person = get_person(viewer, quarter, rows)
    lines = [line for holder in _highest_first() for line in holder.plan(person)]
    words = wanted(person.identity, more)
    return Preview(person, [line for line in lines if line.count], places(viewer, person, words))


def erase_person(
    *, viewer: Viewer, quarter: Quarter, rows: Iterable[str], order: Order, now: datetime
) -> None:
    """Erase a person in all modules, in one transaction, and leave a line without a name.

    Doing it again finds nothing more to erase and is harmless.
    Raises NotAllowed unless lead of the quarter; NobodyChosen; a Conflict of the module that
    cannot do it now.
    """
    demand(may_erase(viewer, quarter))
    with erasure_permit():
        person = get_person(viewer, quarter, rows)
        for holder in holders():
            holder.begin(person, now)
        # Once more, now that nobody else changes it.
        person = get_person(viewer, quarter, rows)
        words = wanted(person.identity, order.more)
        blacken_matters(person.identity.matters, words.certain)
        done = blacken_places(viewer, quarter, order.places, (*words.certain, *words.possible))
        order = replace(order, touched=done.matters - person.identity.matters)
        for holder in _highest_first():
            holder.erase(person, order, now)
        leave_trail(
            quarter=quarter,
            by_id=viewer.user_id,
            deed=ERASED,
            subject=_rows_in_words(person),
            data={"texts": done.count, "photos": order.with_photos},
            now=now,
        )
