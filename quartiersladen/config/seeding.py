"""Many believable concerns, written straight into the tables, for measuring.

Unlike the demo they did not live through the deeds: half of them are closed, a fifth is passed on,
a fifth is new, a tenth was asked after again, spread evenly over a thousand days. One text in seven
is about a lamp; all name the quarter; nearly all name a street.
"""

import gc
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar

from django.db import models, transaction

from quartiersladen.accounts.models import User
from quartiersladen.accounts.queries import colleagues
from quartiersladen.concerns.models import Concern, Referral, Teller
from quartiersladen.concerns.states import (
    AnswerWay,
    Channel,
    ConcernKind,
    ConcernState,
    PlaceKind,
    PlacePrecision,
    ReferralState,
    Result,
    Scope,
    Witness,
)
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.models import ResponsibleBody
from quartiersladen.dossiers.models import Dossier, Entry, FollowUp, ReferenceSequence
from quartiersladen.dossiers.states import Actor, Audience, FollowUpReason, Kind
from quartiersladen.kernel.text import fold
from quartiersladen.quarters.models import Quarter, Theme

M = TypeVar("M", bound=models.Model)
DAYS = 1_000
PORTION = 5_000  # concerns per transaction
STATES = (
    *[ConcernState.ANSWERED] * 5,
    *[ConcernState.FORWARDED] * 2,
    *[ConcernState.NEW] * 2,
    ConcernState.ASKED_AGAIN,
)
REFERRED = {
    ConcernState.ANSWERED: ReferralState.ANSWERED,
    ConcernState.FORWARDED: ReferralState.SENT,
    ConcernState.ASKED_AGAIN: ReferralState.SILENT,
}

THINGS = (
    ("licht", "Die Laterne", "ist dunkel", "flackert die ganze Nacht", "steht schief"),
    ("muell", "Der Sperrmüll", "liegt seit Tagen da", "stinkt", "wird immer mehr"),
    ("gruen", "Die Hecke", "wächst über den Gehweg", "ist vertrocknet", "verdeckt das Schild"),
    ("spielplatz", "Die Schaukel", "ist kaputt", "quietscht furchtbar", "hat scharfe Kanten"),
    ("wege", "Der Bordstein", "ist viel zu hoch", "ist gebrochen", "ist nicht abgesenkt"),
    ("verkehr", "Der Radweg", "ist zugeparkt", "endet im Nichts", "ist voller Scherben"),
    ("wohnen", "Der Aufzug", "steht seit Wochen still", "bleibt stecken", "riecht verbrannt"),
)
BEGINNINGS = (
    "Guten Tag,",
    "Hallo,",
    "Liebes Team,",
    "Sehr geehrte Damen und Herren,",
    "Ich wohne seit Jahren hier.",
    "Wir sind gerade hergezogen.",
)
STREETS = (
    "Ahornstraße",
    "Birkenstraße",
    "Dorotheenstraße",
    "Eichendorffstraße",
    "Fliederstraße",
    "Gärtnerstraße",
    "Hafenstraße",
    "Jahnstraße",
    "Kantstraße",
    "Lindenstraße",
    "Mühlstraße",
    "Rosenstraße",
    "Schillerstraße",
    "Uferstraße",
    "Weberstraße",
)
WHO = (
    "Meine Mutter kommt dort mit dem Rollator nicht vorbei.",
    "Meine Kinder gehen da jeden Morgen zur Schule.",
    "Mehrere Nachbarinnen haben sich schon beschwert.",
    "Gestern ist fast jemand gestürzt.",
    "Abends traut sich kaum noch jemand hin.",
    "Das war vor zwei Jahren schon einmal so.",
    "Die Hausverwaltung sagt, sie sei nicht zuständig.",
)
WISHES = (
    "Können Sie sich darum kümmern?",
    "Wer ist dafür zuständig?",
    "Bitte geben Sie mir Bescheid.",
    "Eine kurze Rückmeldung wäre schön.",
    "Ich helfe auch gern mit.",
)
ENDS = (
    "So macht unser Quartier keinen guten Eindruck.",
    "Im ganzen Quartier ist das ein Thema.",
    "Danke, dass es das Büro im Quartier gibt.",
)
FIRST_NAMES = ("Amal", "Bernd", "Chiara", "Dilan", "Grete", "Hanh", "Kemal", "Oksana", "Thea")
LAST_NAMES = (
    "Efeuhain",
    "Farnkraut",
    "Haselmaus",
    "Kornrade",
    "Mohnblum",
    "Sanddorn",
    "Zaunkönig",
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the rows point to; read once."""

    quarter: Quarter
    themes: dict[str, Theme]
    bodies: list[ResponsibleBody]
    people: list[User]
    now: datetime


def seed_concerns(*, quarter: Quarter, number: int, now: datetime) -> Iterator[int]:
    """Add `number` concerns in portions; yields how many there are after each."""
    around = Surroundings(
        quarter=quarter,
        themes={theme.slug: theme for theme in Theme.objects.filter(quarter=quarter)},
        bodies=list(ResponsibleBody.objects.filter(quarter=quarter).order_by("pk")),
        people=list(colleagues(quarter.pk, quarter.local_day(now))),
        now=now,
    )
    random = Random(number)  # noqa: S311 -- the same rows each time
    step = timedelta(days=DAYS) / max(number, 1)
    gc.disable()  # a quarter of the time would go into looking at rows that live on anyway
    try:
        for start in range(0, number, PORTION):
            end = min(start + PORTION, number)
            moments = [now - step * (number - n) for n in range(start, end)]
            _store_portion(around, moments, start, random)
            yield end
    finally:
        gc.enable()


@transaction.atomic
def _store_portion(
    around: Surroundings, moments: list[datetime], start: int, random: Random
) -> None:
    numbers = _Numbers(around.quarter)
    plans = [
        _Plan(around, at, start + offset, random, numbers.next(at.year))
        for offset, at in enumerate(moments)
    ]
    numbers.store()
    dossiers = _store(Dossier.objects, (plan.dossier() for plan in plans))
    for plan, dossier in zip(plans, dossiers, strict=True):
        plan.dossier_id = dossier.pk
    _store(Concern.objects, (plan.concern() for plan in plans))
    _store(Teller.objects, (plan.teller() for plan in plans))
    _store(Entry.objects, (entry for plan in plans for entry in plan.journal()))
    _store(FollowUp.objects, (plan.follow_up() for plan in plans))
    _store(Referral.objects, (plan.referral() for plan in plans if plan.is_referred))


def _store(manager: models.Manager[M], rows: Iterator[M]) -> list[M]:
    return list(manager.bulk_create(list(rows)))


class _Numbers:
    """Running numbers of the years, taken in bulk."""

    def __init__(self, quarter: Quarter) -> None:
        self.quarter = quarter
        rows = ReferenceSequence.objects.filter(quarter=quarter)
        self.last = Counter(dict(rows.values_list("year", "last")))

    def next(self, year: int) -> str:
        self.last[year] += 1
        return f"{year}-{self.last[year]:04d}"

    def store(self) -> None:
        for year, last in self.last.items():
            ReferenceSequence.objects.update_or_create(
                quarter=self.quarter, year=year, defaults={"last": last}
            )


class _Plan:
    """One concern with everything that hangs on it."""

    dossier_id = 0

    def __init__(
        self, around: Surroundings, at: datetime, number: int, random: Random, reference: str
    ) -> None:
        self.around, self.at, self.random, self.reference = around, at, random, reference
        self.day = at.date()
        self.state = STATES[random.randrange(len(STATES))]
        self.theme, self.text = self._told(number)
        self.title = self.text.split(". ")[0][:80]
        self.street = STREETS[number % len(STREETS)]
        self.body = random.choice(around.bodies) if around.bodies else None
        self.is_closed = self.state == ConcernState.ANSWERED
        self.is_released = random.random() < 0.5
        self.closed_at = min(at + timedelta(days=random.randrange(3, 60)), around.now)

    def _told(self, number: int) -> tuple[Theme | None, str]:
        choose = self.random.choice
        slug, thing, *what = THINGS[number % len(THINGS)]
        house = self.random.randrange(1, 150)
        street = STREETS[number % len(STREETS)]
        sentences = [
            choose(BEGINNINGS),
            f"{thing} in der {street} vor Haus {house} {choose(what)}.",
            choose(WHO),
            choose(ENDS),
            choose(WISHES),
        ]
        return self.around.themes.get(slug), " ".join(sentences)

    @property
    def is_referred(self) -> bool:
        return self.state in REFERRED and self.body is not None

    def dossier(self) -> Dossier:
        worker = self.random.choice([None, *self.around.people])
        return Dossier(
            quarter=self.around.quarter,
            kind=Kind.CONCERN,
            reference=self.reference,
            title=self.title,
            audience=Audience.PUBLIC if self.is_released else Audience.TELLER,
            assigned_to=worker,
            created_at=self.at,
            closed_at=self.closed_at if self.is_closed else None,
            search_text=fold(f"{self.reference} {self.title} {self.text} {self.street}"),
        )

    def concern(self) -> Concern:
        latitude = 51.336 + self.random.random() * 0.015
        longitude = 12.393 + self.random.random() * 0.04
        shown = (latitude, longitude) if self.is_released else (None, None)
        ending: dict[str, Any] = {}
        if self.is_closed:
            ending = {
                "result": Result.FIXED,
                "witness": Witness.OFFICE,
                "answer": "Es ist erledigt, wir haben nachgesehen.",
                "closed_at": self.closed_at,
            }
        return Concern(
            dossier_id=self.dossier_id,
            quarter=self.around.quarter,
            state=self.state,
            kind=ConcernKind.PROBLEM,
            theme=self.theme,
            text=self.text,
            text_language="de",
            channel=self.random.choice((Channel.WEB, Channel.WEB, Channel.PHONE, Channel.WALK_IN)),
            told_on=self.day,
            created_at=self.at,
            place_kind=PlaceKind.POINT,
            place_text=self.street,
            latitude=latitude,
            longitude=longitude,
            scope=Scope.PUBLIC_INTEREST if self.is_referred else Scope.UNDECIDED,
            next_on=None if self.is_closed else self._next_on(),
            promised_on=self.day + timedelta(days=21),
            first_answer_at=self.at + timedelta(days=1) if self.is_referred else None,
            is_released=self.is_released,
            released_at=self.at + timedelta(days=2) if self.is_released else None,
            public_title=self.title if self.is_released else "",
            public_text=self.text if self.is_released else "",
            place_precision=PlacePrecision.EXACT if self.is_released else PlacePrecision.NONE,
            public_latitude=shown[0],
            public_longitude=shown[1],
            public_words=fold(f"{self.reference} {self.title} {self.text}")
            if self.is_released
            else "",
            **ending,
        )

    def _next_on(self) -> Any:  # noqa: ANN401 -- a day
        return self.around.now.date() + timedelta(days=self.dossier_id % 400)

    def teller(self) -> Teller:
        has_mail = self.random.random() < 0.5
        name = f"{self.random.choice(FIRST_NAMES)} {self.random.choice(LAST_NAMES)}"
        mail = f"{fold(name).replace(' ', '.')}.{self.reference}@example.org"
        return Teller(
            concern_id=self.dossier_id,
            name=name if has_mail else "",
            email=mail if has_mail else "",
            way=AnswerWay.MAIL if has_mail else AnswerWay.LINK,
            email_confirmed_at=self.at if has_mail else None,
        )

    def journal(self) -> Iterator[Entry]:
        told = {"channel": Channel.WEB, "told_on": self.day.isoformat()}
        yield self._entry("received", self.at, told, Actor.TELLER)
        if self.body is not None and self.is_referred:
            body = {"body": self.body.name}
            sent = body | {"way": Way.MAIL, "with_contact": False}
            yield self._entry("passed_on", self.at + timedelta(days=1), sent)
            if self.state == ConcernState.ASKED_AGAIN:
                again = body | {"way": Way.MAIL, "times": 1}
                yield self._entry("asked_again", self.at + timedelta(days=15), again)
        if self.is_closed:
            end = {"result": Result.FIXED, "witness": Witness.OFFICE, "reason": ""}
            yield self._entry("closed", self.closed_at, end)

    def _entry(
        self, deed: str, at: datetime, data: dict[str, Any], actor: Actor = Actor.OFFICE
    ) -> Entry:
        return Entry(
            dossier_id=self.dossier_id,
            at=min(at, self.around.now),
            actor=actor,
            deed=deed,
            audience=Audience.PUBLIC,
            data=data,
        )

    def follow_up(self) -> FollowUp:
        return FollowUp(
            dossier_id=self.dossier_id,
            due_on=self.day if self.is_closed else self._next_on(),
            reason=FollowUpReason.ASK_BODY if self.is_referred else FollowUpReason.FIRST_LOOK,
            note=self.body.name if self.body and self.is_referred else "",
            created_at=self.at,
            done_at=self.closed_at if self.is_closed else None,
        )

    def referral(self) -> Referral:
        state = REFERRED[self.state]
        is_answered = state == ReferralState.ANSWERED
        is_asked = state == ReferralState.SILENT
        return Referral(
            concern_id=self.dossier_id,
            body=self.body,
            way=Way.MAIL,
            state=state,
            sent_at=self.at + timedelta(days=1),
            asks=int(is_asked),
            last_asked_at=self.at + timedelta(days=15) if is_asked else None,
            settled_at=self.closed_at if is_answered else None,
            reply="Der Auftrag ist erteilt." if is_answered else "",
            link_expires_on=self.day + timedelta(days=90),
        )
