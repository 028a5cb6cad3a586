"""A mediation begins and ends."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.queries import workers
from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services.confidential import close_to_others
from quartiersladen.concerns.services.life import move
from quartiersladen.concerns.states import ConcernState, Scope
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.services.dossier import claim, lock_dossiers
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.mediation.models import FEWEST_PARTIES, Mediation, Party, Step
from quartiersladen.mediation.rules import may_begin
from quartiersladen.mediation.services.lines import (
    ConcernClosed,
    NextStep,
    begin_deed_under_way,
    check_has_been,
    follow_steps,
    write_line,
)
from quartiersladen.mediation.states import (
    EDGES,
    MEDIATION_MACHINE,
    WITH_AGREEMENT,
    MediationState,
    PartyState,
    StepState,
)


class OneIsUnderWay(Conflict):
    """A concern has one mediation at a time."""

    sentence = _("A mediation is under way on this concern already.")


class AgreementMissing(Invalid):
    """Who ends with an agreement has one, and both sides have said yes to it."""

    sentence = _("Please write down the agreement first.")


class NobodyAgreed(Invalid):
    """An agreement is one between at least two."""

    sentence = _(
        "At least two parties must have said yes to the agreement. Please write down who signed it"
        " or agreed orally."
    )


class ServiceMissing(Invalid):
    """Who passes it on says to whom."""

    sentence = _("Please say to which service you pass it on.")


class PartyMissing(Invalid):
    """Who broke it off is one of the parties."""

    sentence = _("Please choose which party broke it off.")


@transaction.atomic
def begin_mediation(
    *,
    viewer: Viewer,
    concern: Concern,
    begun_on: date,
    first: NextStep,
    version: int,
    now: datetime,
) -> Mediation:
    """Begin a mediation: from now on the concern is confidential, and who begins is named.

    A concern that is confidential already keeps who is named.  A new one is taken on by that: the
    person reads that we take care of it.
    Raises NotAllowed; ConcernClosed; OneIsUnderWay; NotYet; DateInThePast; ChangedMeanwhile; what
    close_to_others raises.
    """
    demand(may_begin(viewer, concern))
    lock_dossiers(keys=[concern.pk])
    claim(dossier=concern.dossier, version=version)
    concern.refresh_from_db(fields=["state"])
    if not concern.is_open:
        raise ConcernClosed
    if Mediation.objects.filter(concern=concern, state=MediationState.OPEN).exists():
        raise OneIsUnderWay
    if not concern.dossier.is_confidential:
        _close_to_others(viewer, concern, now)
    mediation = Mediation(concern=concern, begun_on=begun_on)
    check_has_been(mediation=mediation, day=begun_on, field="begun_on", now=now)
    mediation.save()
    follow_steps(mediation=mediation, wanted=first, now=now)
    _take_on(concern, now)
    write_line(
        viewer=viewer,
        mediation=mediation,
        deed="mediation_begun",
        now=now,
        on=begun_on.isoformat(),
    )
    return mediation


def _close_to_others(viewer: Viewer, concern: Concern, now: datetime) -> None:
    day = concern.quarter.local_day(now)
    people = list(workers(concern.quarter_id, day).filter(pk=viewer.user_id or 0))
    close_to_others(concern=concern, people=people, now=now)


def _take_on(concern: Concern, now: datetime) -> None:
    if concern.state in {ConcernState.NEW, ConcernState.CHECKED}:
        move(
            concern=concern,
            action="take_on",
            given={"next_date"},
            now=now,
            scope=Scope.OURS,
            first_answer_at=concern.first_answer_at or now,
        )


@dataclass(frozen=True, slots=True)
class Ending:
    """How a mediation ends. party: who broke it off.  service: to whom it was passed on."""

    state: MediationState
    note: str = ""
    party: Party | None = None
    service: str = ""


@transaction.atomic
def end_mediation(
    *, viewer: Viewer, mediation: Mediation, ending: Ending, version: int, now: datetime
) -> Entry:
    """End a mediation; the concern stays open and lies on the desk, or waits for the look at it.

    Steps that were planned do not take place any more.
    Raises NotAllowed; MediationEnded; AgreementMissing, NobodyAgreed; PartyMissing; ServiceMissing;
    ChangedMeanwhile.
    """
    begin_deed_under_way(viewer=viewer, mediation=mediation, version=version)
    given = _facts(mediation, ending)
    before = MediationState(mediation.state)
    mediation.state = MEDIATION_MACHINE.target(before, EDGES[ending.state], given)
    mediation.ended_on = mediation.concern.quarter.local_day(now)
    mediation.end_note = ending.note.strip()
    is_passed_on = ending.state == MediationState.PASSED_ON
    mediation.service = ending.service.strip() if is_passed_on else ""
    is_broken_off = ending.state == MediationState.BROKEN_OFF
    mediation.broken_off_by = ending.party if is_broken_off else None
    mediation.save(update_fields=["state", "ended_on", "end_note", "service", "broken_off_by"])
    planned = Step.objects.filter(mediation=mediation, state=StepState.PLANNED)
    planned.update(state=StepState.CALLED_OFF)
    follow_steps(mediation=mediation, wanted=None, now=now)
    return write_line(
        viewer=viewer, mediation=mediation, deed="mediation_ended", now=now, state=ending.state
    )


def _facts(mediation: Mediation, ending: Ending) -> set[str]:
    """Return what the edge to this end requires. Raises the refusal that says what is missing."""
    if ending.state in WITH_AGREEMENT:
        _demand_agreement(mediation)
        return {"agreement", "parties"}
    if ending.state == MediationState.BROKEN_OFF:
        if ending.party is None or ending.party.mediation_id != mediation.pk:
            raise PartyMissing(field="party")
        return {"party"}
    if ending.state == MediationState.PASSED_ON:
        if not ending.service.strip():
            raise ServiceMissing(field="service")
        return {"service"}
    return set()


def _demand_agreement(mediation: Mediation) -> None:
    if not mediation.agreement:
        raise AgreementMissing(field="state")
    agreed = Party.objects.filter(mediation=mediation).exclude(state=PartyState.DECLINED)
    if agreed.exclude(consent="").count() < FEWEST_PARTIES:
        raise NobodyAgreed(field="state")
