"""Builders for tests: a quarrel with its mediation, through the real services."""

from datetime import date, datetime, timedelta

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern
from quartiersladen.mediation.models import Mediation, Party, Step
from quartiersladen.mediation.services.agreement import take_consent, write_agreement
from quartiersladen.mediation.services.life import begin_mediation
from quartiersladen.mediation.services.lines import NextStep
from quartiersladen.mediation.services.parties import PartyFacts, add_party
from quartiersladen.mediation.services.steps import Report, note_step
from quartiersladen.mediation.states import Assent, Side, StepKind
from quartiersladen.quarters.testing import NOON

WORDS = "Nach 22 Uhr ist Ruhe im Hof."


def in_days(concern: Concern, days: int, now: datetime = NOON) -> date:
    """Return the day in the quarter so many days from now."""
    return concern.quarter.local_day(now) + timedelta(days=days)


def make_mediation(viewer: Viewer, concern: Concern, *, now: datetime = NOON) -> Mediation:
    """Begin a mediation with a first talk in three days."""
    return begin_mediation(
        viewer=viewer,
        concern=concern,
        begun_on=in_days(concern, 0, now),
        first=NextStep(StepKind.FIRST, in_days(concern, 3, now)),
        version=concern.dossier.version,
        now=now,
    )


def make_party(
    viewer: Viewer,
    mediation: Mediation,
    name: str = "Frau Sommer",
    side: Side = Side.A,
    *,
    now: datetime = NOON,
    **facts: str,
) -> Party:
    """Let somebody take part; facts as in PartyFacts."""
    return add_party(
        viewer=viewer,
        mediation=mediation,
        facts=PartyFacts(name=name, side=side, **facts),  # type: ignore[arg-type]  # of the right kind
        version=mediation.concern.dossier.version,
        now=now,
    )


def make_talk(
    viewer: Viewer,
    mediation: Mediation,
    *parties: Party,
    notes: str = "",
    now: datetime = NOON,
) -> Step:
    """Write down a separate talk of today."""
    return note_step(
        viewer=viewer,
        mediation=mediation,
        report=Report(
            kind=StepKind.SEPARATE,
            on=in_days(mediation.concern, 0, now),
            minutes=45,
            parties=[party.pk for party in parties],
            notes=notes,
        ),
        wanted=None,
        version=mediation.concern.dossier.version,
        now=now,
    )


def agree(
    viewer: Viewer,
    mediation: Mediation,
    *parties: Party,
    text: str = WORDS,
    check_in: int | None = 28,
    now: datetime = NOON,
) -> None:
    """Write down an agreement to which these parties say yes. check_in: days, None for never."""
    concern = mediation.concern
    write_agreement(
        viewer=viewer,
        mediation=mediation,
        text=text,
        check_on=None if check_in is None else in_days(concern, check_in, now),
        version=concern.dossier.version,
        now=now,
    )
    for party in parties:
        party.mediation = mediation
        take_consent(
            viewer=viewer,
            party=party,
            consent=Assent.SIGNED,
            on=in_days(concern, 0, now),
            version=concern.dossier.version,
            now=now,
        )
