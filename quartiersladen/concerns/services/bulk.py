"""One deed on many concerns: each is a deed of its own, with its own journal line and transaction.

What a colleague changed meanwhile costs not the others; the outcome says of each whether it was
done, was so already, or why not. A second press finds everything done and writes nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.models import User
from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.queries.seen import concerns_inside
from quartiersladen.concerns.services.life import plan_next
from quartiersladen.dossiers.queries import next_follow_up, tags_of
from quartiersladen.dossiers.services.looking_after import assign
from quartiersladen.dossiers.services.tags import change_tags
from quartiersladen.kernel.errors import Invalid, Refusal
from quartiersladen.kernel.text import fold

MOST = 200  # concerns of one press


class TooManyChosen(Invalid):
    """Nobody looks through more."""

    sentence = _("At most 200 concerns at once. Please narrow the list.")


class NothingChosen(Invalid):
    """Without a tick nothing happens."""

    sentence = _("Please tick at least one concern.")


class Chosen(NamedTuple):
    """A concern as it was ticked: its number, and the version that was seen."""

    reference: str
    version: int


@dataclass(frozen=True, slots=True)
class Assign:
    """Somebody looks after them; None: nobody in particular."""

    colleague: User | None


@dataclass(frozen=True, slots=True)
class Plan:
    """Another next date."""

    due_on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tags:
    """Tags put on and taken off."""

    add: list[str] = field(default_factory=list)
    remove: list[str] = field(default_factory=list)


Deed = Assign | Plan | Tags


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one concern. why: "" when it was done; was_so: it was like that before."""

    reference: str
    title: str
    why: str | Promise = ""
    was_so: bool = False

    @property
    def is_done(self) -> bool:
        """Whether it is now as it was wanted."""
        return not self.why


def do_with_each(
    *, viewer: Viewer, chosen: Iterable[Chosen], deed: Deed, now: datetime
) -> list[Outcome]:
    """Do one deed on each of at most 200 concerns, in the order in which they were chosen.

    Not in one transaction: see above.  Raises TooManyChosen; NothingChosen.
    """
    wanted = {one.reference: one for one in chosen}
    if not wanted:
        raise NothingChosen
    if len(wanted) > MOST:
        raise TooManyChosen
    rows = concerns_inside(viewer).filter(dossier__reference__in=list(wanted))
    rows = rows.select_related("dossier", "dossier__quarter", "dossier__assigned_to", "quarter")
    found = {concern.dossier.reference: concern for concern in rows}
    return [
        _do(viewer, found[one.reference], one.version, deed, now)
        if one.reference in found
        else Outcome(one.reference, "", why=_("You cannot open this concern."))
        for one in wanted.values()
    ]


def _do(viewer: Viewer, concern: Concern, version: int, deed: Deed, now: datetime) -> Outcome:
    reference, title = concern.dossier.reference, concern.dossier.list_title
    try:
        if _is_so(concern, deed):
            return Outcome(reference, title, was_so=True)
        _deed_of(viewer, concern, version, deed, now)()
    except Refusal as refusal:
        return Outcome(reference, title, why=refusal.sentence)
    return Outcome(reference, title)


def _is_so(concern: Concern, deed: Deed) -> bool:
    """Whether the concern is already as the deed would make it."""
    if isinstance(deed, Assign):
        return concern.dossier.assigned_to == deed.colleague
    if isinstance(deed, Plan):
        follow_up = next_follow_up(concern.dossier)
        return follow_up is not None and (follow_up.due_on, follow_up.note) == (
            deed.due_on,
            deed.note,
        )
    there = {fold(name) for name in tags_of([concern.pk]).get(concern.pk, [])}
    added, removed = ({fold(name) for name in names} for names in (deed.add, deed.remove))
    return added <= there and not removed & there


def _deed_of(
    viewer: Viewer, concern: Concern, version: int, deed: Deed, now: datetime
) -> Callable[[], object]:
    if isinstance(deed, Assign):
        return lambda: assign(
            viewer=viewer,
            dossier=concern.dossier,
            colleague=deed.colleague,
            version=version,
            now=now,
        )
    if isinstance(deed, Plan):
        return lambda: plan_next(
            viewer=viewer,
            concern=concern,
            due_on=deed.due_on,
            note=deed.note,
            version=version,
            now=now,
        )
    return lambda: change_tags(
        viewer=viewer,
        dossier=concern.dossier,
        add=deed.add,
        remove=deed.remove,
        version=version,
        now=now,
    )
