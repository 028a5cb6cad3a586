"""Demo data: neighbours quarrel, told as the talks that lead to an agreement.

In the large quarter the agreement is signed and is looked at again within days; in the small one
the talks have just begun.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from quartiersladen.accounts.models import Membership, User
from quartiersladen.accounts.queries import viewer_for
from quartiersladen.accounts.rules import Viewer
from quartiersladen.accounts.states import Role
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services.confidential import name_people
from quartiersladen.concerns.services.intake import Intake, Report, report_concern
from quartiersladen.concerns.states import AnswerWay, Channel, ConcernKind, PlaceKind
from quartiersladen.mediation.models import Mediation, Step
from quartiersladen.mediation.services.agreement import take_consent, write_agreement
from quartiersladen.mediation.services.life import begin_mediation
from quartiersladen.mediation.services.lines import NextStep
from quartiersladen.mediation.services.parties import PartyFacts, add_party, take_answer
from quartiersladen.mediation.services.steps import Report as Talk
from quartiersladen.mediation.services.steps import do_step
from quartiersladen.mediation.states import (
    Assent,
    PartyState,
    Side,
    StepKind,
    StepState,
)
from quartiersladen.quarters.models import Quarter

MORNING = time(10)
AGREED = """1. Von 22 bis 7 Uhr läuft keine Musik und keine Waschmaschine.
2. Feiert jemand, hängt zwei Tage vorher ein Zettel im Hausflur.
3. Ist es doch zu laut, klingeln wir zuerst beieinander und rufen nicht gleich die Polizei."""


@dataclass(frozen=True, slots=True)
class Round:
    """A talk. ago: days.  parties: numbers of who took part.  then: what was planned, in days."""

    ago: int
    minutes: int
    parties: tuple[int, ...]
    notes: str
    then: tuple[StepKind, int]


@dataclass(frozen=True, slots=True)
class Quarrel:
    """A quarrel as it was told, and how it went. agreed: days ago, None for not yet."""

    key: int
    told: str
    begun: int
    parties: tuple[PartyFacts, ...]
    rounds: tuple[Round, ...]
    agreed: int | None = None


QUARRELS = {
    "leipziger-osten": Quarrel(
        key=9_101,
        told="Die Nachbarn über mir sind nachts laut. Ich schlafe seit Wochen kaum noch.",
        begun=46,
        parties=(
            PartyFacts("Frau Lindgren", Side.A, phone="030 23125 141"),
            PartyFacts(
                "Familie Haddad",
                Side.B,
                phone="030 23125 142",
                language="Arabisch",
                needs_interpreter=True,
            ),
            PartyFacts("Hausverwaltung, Frau Ott", Side.BETWEEN, email="ott@haus.example.org"),
        ),
        rounds=(
            Round(
                *(44, 40, (1,)),
                "Sie hört Schritte und eine Waschmaschine bis nach Mitternacht. Sie möchte keinen"
                " Ärger, nur schlafen.",
                (StepKind.SEPARATE, 4),
            ),
            Round(
                *(40, 60, (2,)),
                "Mit Dolmetscherin. Der Vater kommt um elf von der Schicht, danach wird gekocht und"
                " gewaschen. Dass man es unten hört, wussten sie nicht.",
                (StepKind.JOINT, 9),
            ),
            Round(
                *(31, 90, (1, 2)),
                "Ruhiges Gespräch im Laden. Beide Seiten schlagen selbst Zeiten vor.",
                (StepKind.JOINT, 5),
            ),
            Round(
                *(26, 45, (1, 2, 3)),
                "Vereinbarung vorgelesen und übersetzt. Die Verwaltung legt Matten unter die"
                " Maschine.",
                (StepKind.FOLLOW_UP, 31),
            ),
        ),
        agreed=26,
    ),
    "am-leipziger-tor": Quarrel(
        key=9_102,
        told="Im Gemeinschaftsgarten wird um das Wasser gestritten. Keiner redet mehr mit keinem.",
        begun=9,
        parties=(
            PartyFacts("Gartengruppe am Zaun", Side.A, contact="mittwochs ab 16 Uhr im Garten"),
            PartyFacts("Herr Petrow", Side.B, phone="030 23125 143", language="Russisch"),
        ),
        rounds=(
            Round(
                *(7, 50, (1,)),
                "Die Gruppe gießt abends, dann ist die Tonne leer.",
                (StepKind.SEPARATE, 9),
            ),
        ),
    ),
}


def load(now: datetime) -> None:
    """Let the neighbours of every demo quarter quarrel and talk."""
    for quarter in Quarter.objects.filter(slug__in=QUARRELS).order_by("-is_default"):
        _Story(quarter, QUARRELS[quarter.slug], now).live()


class _Story:
    """One quarrel with its days counted back from the day of loading."""

    def __init__(self, quarter: Quarter, quarrel: Quarrel, now: datetime) -> None:
        self.quarter, self.quarrel, self.now = quarter, quarrel, now
        self.lead_user, self.moderator_user = (
            _somebody(quarter, role) for role in (Role.LEAD, Role.MODERATOR)
        )
        self.viewer = self._viewer(self.moderator_user)

    def _viewer(self, user: User) -> Viewer:
        return viewer_for(user, self.quarter.pk, self.quarter.local_day(self.now))

    def live(self) -> None:
        """Tell, begin, talk and, where they agree, sign."""
        concern = self._told()
        mediation = self._begun(concern)
        for facts in self.quarrel.parties:
            self._enter(mediation, facts)
        for talk in self.quarrel.rounds:
            self._talk(mediation, talk)
        if self.quarrel.agreed is not None:
            self._agree(mediation, self.quarrel.agreed)

    def _at(self, ago: int) -> datetime:
        day = self.quarter.local_day(self.now) - timedelta(days=ago)
        return datetime.combine(day, MORNING, tzinfo=self.quarter.zone)

    def _told(self) -> Concern:
        at = self._at(self.quarrel.begun + 1)
        return report_concern(
            quarter=self.quarter,
            report=Report(
                text=self.quarrel.told,
                kind=ConcernKind.PROBLEM,
                theme=None,
                language="de",
                place_kind=PlaceKind.NONE,
                way=AnswerWay.LINK,
            ),
            intake=Intake(
                channel=Channel.WALK_IN,
                told_on=self.quarter.local_day(at),
                entered_by=self.viewer,
            ),
            submission_key=UUID(int=self.quarrel.key),
            now=at,
        )

    def _begun(self, concern: Concern) -> Mediation:
        at, first = self._at(self.quarrel.begun), self.quarrel.rounds[0]
        mediation = begin_mediation(
            viewer=self.viewer,
            concern=concern,
            begun_on=self.quarter.local_day(at),
            first=NextStep(StepKind.FIRST, self.quarter.local_day(self._at(first.ago))),
            version=concern.dossier.version,
            now=at,
        )
        name_people(
            viewer=self.viewer,
            concern=concern,
            people=[self.lead_user, self.moderator_user],
            version=concern.dossier.version,
            now=at + timedelta(minutes=5),
        )
        return mediation

    def _enter(self, mediation: Mediation, facts: PartyFacts) -> None:
        at = self._at(self.quarrel.begun - 1)
        party = add_party(
            viewer=self.viewer,
            mediation=mediation,
            facts=facts,
            version=mediation.concern.dossier.version,
            now=at,
        )
        if self.quarrel.agreed is not None or party.number == 1:
            take_answer(
                viewer=self.viewer,
                party=party,
                answer=PartyState.AGREED,
                on=self.quarter.local_day(at),
                version=mediation.concern.dossier.version,
                now=at + timedelta(minutes=10),
            )

    def _talk(self, mediation: Mediation, talk: Round) -> None:
        at = self._at(talk.ago)
        step = Step.objects.get(mediation=mediation, state=StepState.PLANNED)
        step.mediation = mediation
        there = mediation.parties.filter(number__in=talk.parties)
        kind, days = talk.then
        do_step(
            viewer=self.viewer,
            step=step,
            report=Talk(
                kind=StepKind(step.kind),
                on=self.quarter.local_day(at),
                minutes=talk.minutes,
                parties=list(there.values_list("pk", flat=True)),
                notes=talk.notes,
            ),
            wanted=NextStep(kind, self.quarter.local_day(at + timedelta(days=days))),
            version=mediation.concern.dossier.version,
            now=at,
        )

    def _agree(self, mediation: Mediation, ago: int) -> None:
        at = self._at(ago) + timedelta(hours=1)
        write_agreement(
            viewer=self.viewer,
            mediation=mediation,
            text=AGREED,
            check_on=self.quarter.local_day(self.now + timedelta(days=2)),
            version=mediation.concern.dossier.version,
            now=at,
        )
        for party in mediation.parties.exclude(side=Side.BETWEEN).order_by("number"):
            party.mediation = mediation
            take_consent(
                viewer=self.viewer,
                party=party,
                consent=Assent.SIGNED,
                on=self.quarter.local_day(at),
                version=mediation.concern.dossier.version,
                now=at + timedelta(minutes=party.number),
            )


def _somebody(quarter: Quarter, role: Role) -> User:
    members = Membership.objects.filter(quarter=quarter, role=role).select_related("user")
    return members.order_by("pk")[0].user
