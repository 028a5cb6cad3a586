"""The agreement: its words, who said yes to it, and whether it holds."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.dossiers.models import Entry
from quartiersladen.kernel.errors import Conflict, Invalid
from quartiersladen.mediation.models import FEWEST_PARTIES, Mediation, Party
from quartiersladen.mediation.services.lines import (
    ConcernClosed,
    NextStep,
    begin_deed,
    begin_deed_under_way,
    check_has_been,
    follow_steps,
    write_line,
)
from quartiersladen.mediation.states import Assent, Holding, PartyState


class WordsMissing(Invalid):
    """An agreement is what stands in it."""

    sentence = _("Please write what was agreed upon.")


class TooFewParties(Invalid):
    """An agreement is one between at least two."""

    sentence = _("Please enter at least two parties first: an agreement is between them.")


class NoAgreement(Conflict):
    """Nobody says yes to nothing."""

    sentence = _("There is no agreement yet. Please write it down first.")


class DoesNotTakePart(Conflict):
    """Who does not take part does not agree."""

    sentence = _("This party does not take part. Please write down first that it does.")


class CheckedAlready(Conflict):
    """It was written down already whether it holds."""

    sentence = _("It is written down already whether the agreement holds.")


@transaction.atomic
def write_agreement(
    *,
    viewer: Viewer,
    mediation: Mediation,
    text: str,
    check_on: date | None,
    version: int,
    now: datetime,
) -> Entry:
    """Write down what was agreed upon, and the day on which we ask whether it holds.

    Other words need the yes of the parties anew.
    Raises NotAllowed; MediationEnded; WordsMissing; TooFewParties; DateInThePast at `check_on`;
    ConcernClosed for a day to ask; NextStepMissing when nothing is to come; ChangedMeanwhile.
    """
    words = text.strip()
    if not words:
        raise WordsMissing(field="text")
    begin_deed_under_way(viewer=viewer, mediation=mediation, version=version)
    _check_day(mediation, check_on, now)
    takes_part = Party.objects.filter(mediation=mediation).exclude(state=PartyState.DECLINED)
    if takes_part.count() < FEWEST_PARTIES:
        raise TooFewParties(field="text")
    if words != mediation.agreement:
        Party.objects.filter(mediation=mediation).update(consent="", consented_on=None)
    mediation.agreement, mediation.check_on = words, check_on
    mediation.holding, mediation.checked_on, mediation.check_note = "", None, ""
    mediation.save(update_fields=["agreement", "check_on", "holding", "checked_on", "check_note"])
    follow_steps(mediation=mediation, wanted=None, now=now)
    return write_line(
        viewer=viewer,
        mediation=mediation,
        deed="mediation_agreement",
        now=now,
        check_on=check_on.isoformat() if check_on else "",
    )


def _check_day(mediation: Mediation, check_on: date | None, now: datetime) -> None:
    concern = mediation.concern
    if check_on is None:
        return
    if not concern.is_open:
        raise ConcernClosed
    if check_on < concern.quarter.local_day(now):
        raise Invalid(_("The next date must be today or later."), field="check_on")


@transaction.atomic
def take_consent(
    *,
    viewer: Viewer,
    party: Party,
    consent: Assent,
    on: date,
    version: int,
    now: datetime,
) -> Entry:
    """Write down that a party said yes to the agreement as it stands; who does so takes part.

    Raises NotAllowed; MediationEnded; NoAgreement; DoesNotTakePart; NotYet; ChangedMeanwhile.
    """
    mediation = party.mediation
    begin_deed_under_way(viewer=viewer, mediation=mediation, version=version)
    check_has_been(mediation=mediation, day=on, field="on", now=now)
    if not mediation.agreement:
        raise NoAgreement
    if not party.takes_part:
        raise DoesNotTakePart
    party.consent, party.consented_on = consent, on
    if party.state == PartyState.ASKED:
        party.state, party.answered_on = PartyState.AGREED, on
    party.save(update_fields=["consent", "consented_on", "state", "answered_on"])
    return write_line(
        viewer=viewer,
        mediation=mediation,
        deed="mediation_consent",
        now=now,
        number=party.number,
        consent=consent,
        on=on.isoformat(),
    )


@transaction.atomic
def take_look(
    *,
    viewer: Viewer,
    mediation: Mediation,
    holding: Holding,
    note: str,
    wanted: NextStep | None,
    version: int,
    now: datetime,
) -> Entry:
    """Write down whether the agreement holds; also after the end of the mediation.

    wanted: what comes next; needed while the mediation is under way and nothing else is planned.
    Raises NotAllowed; NoAgreement; CheckedAlready; MediationEnded for a next step after the end;
    NextStepMissing; ConcernClosed; DateInThePast; ChangedMeanwhile.
    """
    if wanted:
        begin_deed_under_way(viewer=viewer, mediation=mediation, version=version)
    else:
        begin_deed(viewer=viewer, mediation=mediation, version=version)
    if not mediation.agreement:
        raise NoAgreement
    if mediation.holding:
        raise CheckedAlready
    mediation.holding, mediation.check_note = holding, note.strip()
    mediation.checked_on = mediation.concern.quarter.local_day(now)
    mediation.save(update_fields=["holding", "check_note", "checked_on"])
    follow_steps(mediation=mediation, wanted=wanted, now=now)
    return write_line(
        viewer=viewer, mediation=mediation, deed="mediation_checked", now=now, holding=holding
    )
