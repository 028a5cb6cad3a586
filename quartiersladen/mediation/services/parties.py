"""Who takes part in a mediation."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.dossiers.models import Entry
from quartiersladen.kernel.errors import Conflict, Invalid
from quartiersladen.mediation.models import Mediation, Party
from quartiersladen.mediation.services.forgetting import forget_party
from quartiersladen.mediation.services.lines import (
    begin_deed,
    begin_deed_under_way,
    check_has_been,
    write_line,
)
from quartiersladen.mediation.states import ANSWERS, PARTY_MACHINE, PartyState, Side


class PartyNameMissing(Invalid):
    """Nobody finds the right one among parties without a name."""

    sentence = _("Please write a name, or a function such as “tenant, 2nd floor”.")


class PartyIsGone(Conflict):
    """Data that was deleted does not come back through an old form."""

    sentence = _("The data of this party was deleted. Nothing can be changed any more.")


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """What is known of a party."""

    name: str
    side: Side
    email: str = ""
    phone: str = ""
    contact: str = ""
    language: str = ""
    needs_interpreter: bool = False


@transaction.atomic
def add_party(
    *, viewer: Viewer, mediation: Mediation, facts: PartyFacts, version: int, now: datetime
) -> Party:
    """Let somebody take part. Raises NotAllowed; MediationEnded; PartyNameMissing; ChangedMeanwhile."""
    columns = _columns(facts)
    begin_deed_under_way(viewer=viewer, mediation=mediation, version=version)
    there = Party.objects.filter(mediation=mediation).aggregate(last=Max("number"))
    party = Party.objects.create(mediation=mediation, number=(there["last"] or 0) + 1, **columns)
    write_line(
        viewer=viewer,
        mediation=mediation,
        deed="mediation_party_added",
        now=now,
        number=party.number,
    )
    return party


def _columns(facts: PartyFacts) -> dict[str, object]:
    """Return the columns without spaces around them. Raises PartyNameMissing."""
    columns = {
        name: value.strip() if isinstance(value, str) else value
        for name, value in asdict(facts).items()
    }
    if not columns["name"]:
        raise PartyNameMissing(field="name")
    return columns


@transaction.atomic
def change_party(
    *, viewer: Viewer, party: Party, facts: PartyFacts, version: int, now: datetime
) -> Entry:
    """Correct what is known of a party, also after the end.

    Raises NotAllowed; PartyNameMissing; PartyIsGone; ChangedMeanwhile.
    """
    columns = _columns(facts)
    begin_deed(viewer=viewer, mediation=party.mediation, version=version)
    if not Party.objects.filter(pk=party.pk, gone_at=None).update(**columns):
        raise PartyIsGone
    return _line(viewer, party, "mediation_party_changed", now)


def _line(viewer: Viewer, party: Party, deed: str, now: datetime, **facts: str) -> Entry:
    return write_line(
        viewer=viewer,
        mediation=party.mediation,
        deed=deed,
        now=now,
        number=party.number,
        **facts,
    )


@transaction.atomic
def take_answer(
    *,
    viewer: Viewer,
    party: Party,
    answer: PartyState,
    on: date,
    version: int,
    now: datetime,
) -> Entry:
    """Write down whether a party takes part, and since when. Who leaves takes back its yes.

    Raises NotAllowed; MediationEnded; NotYet; TransitionRefused for the answer that it has given
    already; ChangedMeanwhile.
    """
    mediation = party.mediation
    begin_deed_under_way(viewer=viewer, mediation=mediation, version=version)
    check_has_been(mediation=mediation, day=on, field="on", now=now)
    party.state = PARTY_MACHINE.target(PartyState(party.state), ANSWERS[answer], {"day"})
    party.answered_on = on
    if answer == PartyState.DECLINED:
        party.consent, party.consented_on = "", None
    party.save(update_fields=["state", "answered_on", "consent", "consented_on"])
    deed = "mediation_party_agreed" if answer == PartyState.AGREED else "mediation_party_declined"
    return _line(viewer, party, deed, now, on=on.isoformat())


@transaction.atomic
def erase_party(*, viewer: Viewer, party: Party, version: int, now: datetime) -> Entry:
    """Delete name and contact data of one party who asked for it, and its words in this matter.

    That somebody took part, when, and what they said to the agreement, stays without the name.
    Raises NotAllowed; PartyIsGone; OnItsWay; ChangedMeanwhile.
    """
    begin_deed(viewer=viewer, mediation=party.mediation, version=version)
    if party.gone_at is not None:
        raise PartyIsGone
    forget_party(party=party, now=now)
    return _line(viewer, party, "mediation_party_erased", now)
