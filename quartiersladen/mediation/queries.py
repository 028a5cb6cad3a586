"""Reads of the mediation module: viewer first, only what the named may see."""

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import F, QuerySet

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.queries.one import get_inside
from quartiersladen.dossiers.models import Dossier
from quartiersladen.mediation.models import Mediation, Party, Step
from quartiersladen.mediation.rules import mediated_rows

Row = TypeVar("Row", Party, Step)


@dataclass(frozen=True, slots=True)
class Table:
    """One mediation with everybody and everything at it. earlier: ended ones, the latest first."""

    mediation: Mediation
    parties: list[Party]
    steps: list[Step]
    earlier: list[Mediation]

    def party(self, key: int) -> Party:
        """Return one party. Raises Party.DoesNotExist for one of another mediation."""
        for party in self.parties:
            if party.pk == key:
                return party
        raise Party.DoesNotExist

    def step(self, key: int) -> Step:
        """Return one step. Raises Step.DoesNotExist for one of another mediation."""
        for step in self.steps:
            if step.pk == key:
                return step
        raise Step.DoesNotExist

    @property
    def minutes(self) -> int:
        """How many minutes all steps took."""
        return sum(step.minutes or 0 for step in self.steps)


def get_concern(viewer: Viewer, reference: str) -> Concern:
    """Return a concern on which the viewer may begin a mediation or go on with one.

    Raises Concern.DoesNotExist when missing or hidden, and for everybody but lead and moderator.
    """
    if not viewer.may_work:
        raise Concern.DoesNotExist
    return get_inside(viewer, reference)


def mediations_for(viewer: Viewer) -> QuerySet[Mediation]:
    """Return every mediation that the viewer may see, without order."""
    return Mediation.objects.filter(mediated_rows(viewer))


def parties_for(viewer: Viewer) -> QuerySet[Party]:
    """Return every party that the viewer may see, without order."""
    return Party.objects.filter(mediated_rows(viewer, "mediation__"))


def table_of(viewer: Viewer, concern: Concern, key: int | None = None) -> Table | None:
    """Return the latest mediation of a concern, or an earlier one; None if there is none.

    key: of an earlier one.  Raises Mediation.DoesNotExist for one that is not of this concern.
    """
    found = list(mediations_for(viewer).filter(concern=concern).order_by("-begun_on", "-pk"))
    if not found and key is None:
        return None
    # The open one first: a second one may have begun on the day on which the first one ended.
    found.sort(key=lambda one: not one.is_open)
    chosen = next((one for one in found if key in {None, one.pk}), None)
    if chosen is None:
        raise Mediation.DoesNotExist
    chosen.concern = concern
    return Table(
        mediation=chosen,
        parties=parties_of(chosen),
        steps=steps_of(chosen),
        earlier=[one for one in found if one.pk != chosen.pk],
    )


def get_table(viewer: Viewer, concern: Concern, key: int | None = None) -> Table:
    """Return the mediation of a concern as table_of. Raises Mediation.DoesNotExist if there is none."""
    table = table_of(viewer, concern, key)
    if table is None:
        raise Mediation.DoesNotExist
    return table


def parties_of(mediation: Mediation) -> list[Party]:
    """Return the parties of a mediation that the caller was allowed to see, by side."""
    rows = Party.objects.filter(mediation=mediation).order_by("side", "number")
    return [_of(mediation, party) for party in rows]


def steps_of(mediation: Mediation) -> list[Step]:
    """Return its steps in the order of their days, with who took part; two statements."""
    rows = Step.objects.filter(mediation=mediation).prefetch_related("parties")
    return [_of(mediation, step) for step in rows.order_by("on", "pk")]


def _of(mediation: Mediation, row: Row) -> Row:
    row.mediation = mediation
    return row


def state_of(viewer: Viewer, dossier: Dossier) -> Mediation | None:
    """Return the latest mediation of a confidential dossier; one statement, none for others."""
    if not dossier.is_confidential or not viewer.may_work:
        return None
    rows = mediations_for(viewer).filter(concern=dossier.pk)
    return rows.order_by(F("ended_on").desc(nulls_first=True), "-pk").first()
