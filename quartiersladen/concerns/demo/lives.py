"""Lives that a concern can have, told as the deeds of the office, the person and the bodies."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from quartiersladen.accounts.rules import Viewer, link_viewer
from quartiersladen.accounts.states import LinkPurpose, Role
from quartiersladen.concerns.demo.people import Office
from quartiersladen.concerns.demo.stories import Stories, Story
from quartiersladen.concerns.models import Concern, Referral
from quartiersladen.concerns.services import (
    blackening,
    intake,
    life,
    paper,
    referrals,
    release,
    tellers,
    triage,
)
from quartiersladen.concerns.services.life import Ending
from quartiersladen.concerns.states import (
    AnswerWay,
    Channel,
    PlacePrecision,
    Result,
    Scope,
    Witness,
)
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.models import ResponsibleBody
from quartiersladen.dossiers.models import Document
from quartiersladen.dossiers.services.journal import note
from quartiersladen.dossiers.services.looking_after import assign
from quartiersladen.files.photos import Area
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.queries import add_days_at_work

TOLD = (Channel.PHONE, Channel.WALK_IN, Channel.MAIL, Channel.LETTER, Channel.WALK, Channel.EVENT)
WEB_SHARE = 0.6
RELEASED_SHARE = 0.6
BLACKENED_SHARE = 0.3
DAYS_TO_CONFIRM = 3
NOTES = (
    "Vor Ort angesehen, stimmt so.",
    "Im Stadtteilladen auch von anderen gehört.",
    "Beim nächsten Rundgang mit ansehen.",
    "Foto und genaue Stelle nachgetragen.",
)


class Clock:
    """The time of one concern: runs from the day it came in and never past the present."""

    def __init__(self, quarter: Quarter, start: datetime, end: datetime, random: Random) -> None:
        self.quarter, self.end, self._random = quarter, end, random
        self.now = min(self._at_work(start), end - timedelta(minutes=5))

    def _at_work(self, moment: datetime) -> datetime:
        day = moment.astimezone(self.quarter.zone).date()
        minutes = self._random.randrange(9 * 60, 18 * 60)
        hour = time(minutes // 60, minutes % 60, tzinfo=self.quarter.zone)
        return datetime.combine(day, hour)

    @property
    def day(self) -> date:
        """The day it is now."""
        return self.quarter.local_day(self.now)

    @property
    def last_day(self) -> date:
        """The day of loading."""
        return self.quarter.local_day(self.end)

    def later(self, days: int) -> datetime:
        """Let so many working days go by, as far as there are any left."""
        day = add_days_at_work(self.quarter, self.day, days)
        moment = self._at_work(datetime.combine(day, time(12), tzinfo=self.quarter.zone))
        earliest = self.now + timedelta(minutes=1)
        self.now = max(earliest, min(moment, self.end - timedelta(minutes=1)))
        return self.now

    def in_work_days(self, days: int) -> date:
        """Return the day that lies so many working days ahead."""
        return add_days_at_work(self.quarter, self.day, days)


@dataclass(slots=True)
class Scene:
    """One concern on its way through the office."""

    office: Office
    clock: Clock
    stories: Stories
    random: Random
    worker: Viewer = field(init=False)
    story: Story = field(init=False)
    concern: Concern = field(init=False)
    referrals: list[Referral] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.worker = self.office.worker(self.random)

    # --- It comes in -----------------------------------------------------------------------------
    def comes_in(self, *, is_ours: bool = True, by_letter: bool = False) -> None:
        """Report it on the web or tell it at the desk. by_letter: the person wants a letter."""
        now, quarter = self.clock.now, self.office.quarter
        self.story = self.stories.draw(is_ours=is_ours)
        if by_letter:
            self.story = self.stories.with_a_letter(self.story)
        is_web = self.random.random() < WEB_SHARE
        key = UUID(int=self.random.getrandbits(128), version=4)
        if is_web:
            self.stories.keep_pictures(self.story, key, now)
        self.concern = intake.report_concern(
            quarter=quarter,
            report=self.story.report,
            intake=intake.Intake(
                channel=Channel.WEB if is_web else self.random.choice(TOLD),
                told_on=self.clock.day,
                entered_by=None
                if is_web
                else self.random.choice((self.worker, self.office.helper)),
            ),
            submission_key=key,
            now=now,
        )
        self._confirms()

    def _confirms(self) -> None:
        confirmed_at = self.clock.now + timedelta(hours=2)
        is_old = self.clock.end - self.clock.now > timedelta(days=DAYS_TO_CONFIRM)
        if self.story.report.way == AnswerWay.MAIL and is_old:
            viewer = link_viewer(self.office.quarter.pk, LinkPurpose.TELLER_EMAIL, self.concern.pk)
            tellers.confirm_address(viewer=viewer, concern=self.concern, now=confirmed_at)
            self.clock.now = confirmed_at

    @property
    def version(self) -> int:
        """The version of the dossier as it is now."""
        return self.concern.dossier.version

    # --- The office ------------------------------------------------------------------------------
    def is_assigned(self) -> None:
        """Say who looks after it; the helper gets some."""
        role = self.random.choice((Role.MODERATOR, Role.MODERATOR, Role.LEAD, Role.HELPER))
        assign(
            viewer=self.office.lead,
            dossier=self.concern.dossier,
            colleague=self.office.people[role],
            version=self.version,
            now=self.clock.later(0),
        )

    def is_noted(self) -> None:
        """Write a note on some."""
        if self.random.random() < 0.4:
            note(
                viewer=self.worker,
                dossier=self.concern.dossier,
                text=self.random.choice(NOTES),
                now=self.clock.later(0),
            )

    def scope(self, scope: Scope, due_on: date | None = None) -> None:
        """Decide whose business it is."""
        address = self.story.address if scope == Scope.NOT_OURS else None
        triage.decide_scope(
            viewer=self.worker,
            concern=self.concern,
            decision=triage.Decision(scope=scope, due_on=due_on, right_address=address),
            version=self.version,
            now=self.clock.now,
        )

    def _bodies(self) -> list[ResponsibleBody]:
        bodies = ResponsibleBody.objects.filter(themes=self.concern.theme).order_by("pk")
        found = list(bodies) or list(
            ResponsibleBody.objects.filter(quarter=self.office.quarter).order_by("pk")[:1]
        )
        both = self.concern.is_emergency or self.random.random() < 0.15
        return found[:2] if both else [self.random.choice(found)]

    def passed_on(self, *, ask_on: date | None = None) -> None:
        """Give it to one or two bodies."""
        agreed = self.concern.teller.may_pass_on
        items = [
            referrals.PassOn(
                body=body,
                way=Way.MAIL,
                person=body.people.order_by("pk").first(),
                with_contact=agreed,
            )
            for body in self._bodies()
        ]
        theme = self.concern.theme
        days = theme.working_days if theme else 10
        self.referrals = referrals.pass_on(
            viewer=self.worker,
            concern=self.concern,
            items=items,
            ask_on=ask_on or self.clock.in_work_days(days),
            version=self.version,
            now=self.clock.now,
        )

    def asked_again(self, *, ask_on: date | None = None) -> None:
        """Ask the first body again, by phone or by mail."""
        referral = self.referrals[0]
        by_phone = bool(referral.body.phone) and self.random.random() < 0.5
        ask = referrals.Ask(
            way=Way.PHONE if by_phone else Way.MAIL,
            whom=referral.person.name if referral.person else "",
            words=self.story.words["ask"] if by_phone else "",
        )
        referrals.ask_again(
            viewer=self.worker,
            referral=referral,
            ask=ask,
            ask_on=ask_on or self.clock.in_work_days(7),
            version=self.version,
            now=self.clock.now,
        )

    def is_closed(self, result: Result, witness: Witness | None = None) -> None:
        """End it with an answer."""
        words = self.story.words
        answer, reason = {
            Result.FIXED: (words["fixed"], ""),
            Result.PARTLY: (words["partly"], ""),
            Result.NOT_POSSIBLE: (words["impossible"], words["reason"]),
            Result.NO_ANSWER: (
                "Wir haben mehrmals gefragt und keine Antwort bekommen.",
                "Wir nehmen das Thema in die nächste Runde mit den zuständigen Stellen mit.",
            ),
        }[result]
        life.close_concern(
            viewer=self.worker,
            concern=self.concern,
            ending=Ending(result=result, answer=answer, reason=reason, witness=witness),
            version=self.version,
            now=self.clock.now,
        )

    def person_is_told(self) -> None:
        """Call those who wanted a call, write to those who wanted a letter."""
        if self.story.report.way == AnswerWay.POST:
            now = self.clock.later(1)
            paper.letter_sent(
                viewer=self.worker,
                concern=self.concern,
                way=Way.POST,
                sent_on=self.clock.day,
                version=self.version,
                now=now,
            )
        if self.story.report.way == AnswerWay.PHONE:
            now = self.clock.later(1)
            tellers.told_orally(
                viewer=self.worker,
                concern=self.concern,
                told_on=self.clock.day,
                text="Am Telefon erzählt, was daraus geworden ist.",
                version=self.version,
                now=now,
            )

    def may_be_released(self) -> None:
        """Show most of them to everybody, with photos on most of those."""
        if self.random.random() > RELEASED_SHARE:
            return
        documents = Document.objects.filter(dossier=self.concern.dossier)
        self.photos_are_looked_at(list(documents.select_related("file")))
        shown = frozenset(documents.values_list("pk", flat=True))
        release.release_concern(
            viewer=self.worker,
            concern=self.concern,
            release=release.Release(
                title=self.story.title,
                text=self.story.public_text,
                precision=self.random.choice((PlacePrecision.EXACT, PlacePrecision.STREET)),
                document_ids=shown if self.random.random() < 0.8 else frozenset(),
                is_checked=True,
            ),
            version=self.version,
            now=self.clock.later(0),
        )

    def photos_are_looked_at(self, documents: list[Document]) -> None:
        """Blacken the names and windows in some of the photos before they are shown."""
        # Dice of its own, so that the rest of the year stays as it is.
        dice = Random(self.concern.dossier.reference)  # noqa: S311 -- the same each time
        for document in documents:
            if dice.random() < BLACKENED_SHARE:
                left = dice.uniform(0.05, 0.35)
                blackening.blacken_photo(
                    viewer=self.worker,
                    concern=self.concern,
                    document=document,
                    areas=[Area(left, 0.25, left + 0.12, 0.36), Area(0.8, 0.4, 0.95, 0.55)],
                    version=self.version,
                    now=self.clock.now,
                )

    # --- The bodies ------------------------------------------------------------------------------
    def _holder(self, referral: Referral) -> Viewer:
        return link_viewer(self.office.quarter.pk, LinkPurpose.REFERRAL, referral.pk)

    def body_accepts(self, *, expected_on: date | None = None) -> None:
        """The first body takes it on by its link."""
        referral = self.referrals[0]
        referrals.accept_referral(
            viewer=self._holder(referral),
            referral=referral,
            expected_on=expected_on,
            now=self.clock.now,
        )

    def bodies_answer(self) -> None:
        """Every body answers by its link."""
        for referral in self.referrals:
            referrals.answer_referral(
                viewer=self._holder(referral),
                referral=referral,
                text=self.story.words["answer"],
                now=self.clock.now,
            )

    def bodies_decline(self) -> None:
        """Every body says that it is somebody else's."""
        for referral in self.referrals:
            referrals.decline_referral(
                viewer=self._holder(referral),
                referral=referral,
                reason=self.story.words["declined"],
                now=self.clock.now,
            )


Life = Callable[[Scene], None]


def just_came_in(scene: Scene) -> None:
    """Nobody has looked at it yet."""
    scene.comes_in()


def looked_at(scene: Scene) -> None:
    """The office knows whose business it is and will pass it on."""
    scene.comes_in()
    scene.clock.later(1)
    scene.scope(Scope.PUBLIC_INTEREST, scene.clock.last_day + timedelta(days=2))
    scene.is_assigned()


def office_works_on_it(scene: Scene) -> None:
    """The office does it itself."""
    scene.comes_in()
    scene.clock.later(1)
    days = scene.random.randrange(14)
    scene.scope(Scope.OURS, scene.clock.last_day + timedelta(days=days))
    scene.is_assigned()
    scene.is_noted()
    scene.may_be_released()


def _goes_out(scene: Scene, *, ask_on: date | None = None) -> None:
    scene.comes_in()
    scene.clock.later(scene.random.choice((0, 1, 1, 2)))
    scene.passed_on(ask_on=ask_on)
    scene.is_assigned()
    scene.is_noted()


def passed_on_lately(scene: Scene) -> None:
    """A body has it, and there is still time."""
    scene.comes_in()
    scene.clock.later(1)
    scene.passed_on(ask_on=scene.clock.last_day + timedelta(days=scene.random.randrange(2, 12)))
    scene.may_be_released()


def body_has_taken_it_on(scene: Scene) -> None:
    """The body named a day."""
    ahead = timedelta(days=scene.random.randrange(3, 25))
    _goes_out(scene, ask_on=scene.clock.last_day + timedelta(days=2))
    scene.clock.later(2)
    scene.body_accepts(expected_on=scene.clock.last_day + ahead)
    scene.may_be_released()


def is_due_today(scene: Scene) -> None:
    """Nobody has answered, and today is the day to ask."""
    _goes_out(scene, ask_on=scene.clock.last_day)
    scene.may_be_released()


def is_overdue(scene: Scene) -> None:
    """Nobody has answered, and the day to ask is past."""
    _goes_out(scene, ask_on=scene.clock.last_day - timedelta(days=scene.random.randrange(1, 7)))


def asked_once(scene: Scene) -> None:
    """Silence, then asked again."""
    _goes_out(scene)
    scene.clock.later(8)
    scene.asked_again(ask_on=scene.clock.last_day + timedelta(days=scene.random.randrange(8)))
    scene.may_be_released()


def asked_three_times(scene: Scene) -> None:
    """Three times silence; the house proposes what else could be done."""
    _goes_out(scene)
    for ask_on in (None, None, scene.clock.last_day):
        scene.clock.later(8)
        scene.asked_again(ask_on=ask_on)
    scene.may_be_released()


def body_has_answered(scene: Scene) -> None:
    """The answer lies on the desk."""
    _goes_out(scene)
    scene.clock.later(3)
    scene.bodies_answer()


def body_has_declined(scene: Scene) -> None:
    """The refusal lies on the desk."""
    _goes_out(scene)
    scene.clock.later(3)
    scene.bodies_decline()


def _answered(scene: Scene) -> None:
    _goes_out(scene)
    if scene.random.random() < 0.3:
        scene.clock.later(6)
        scene.asked_again()
    scene.clock.later(2)
    scene.body_accepts()
    scene.clock.later(scene.random.randrange(2, 6))
    scene.bodies_answer()
    scene.clock.later(1)


def fixed(scene: Scene) -> None:
    """A body answered, and somebody has seen that it is fixed."""
    _answered(scene)
    scene.is_closed(Result.FIXED, scene.random.choice(list(Witness)))
    scene.person_is_told()
    scene.may_be_released()


def fixed_by_the_office(scene: Scene) -> None:
    """The office did it itself."""
    scene.comes_in()
    scene.clock.later(1)
    scene.scope(Scope.OURS, scene.clock.in_work_days(5))
    scene.is_assigned()
    scene.clock.later(5)
    scene.is_closed(Result.FIXED, Witness.OFFICE)
    scene.person_is_told()
    scene.may_be_released()


def waits_for_a_letter(scene: Scene) -> None:
    """The office has done it; the person wants a letter, which has to be written."""
    scene.comes_in(by_letter=True)
    scene.clock.later(1)
    scene.scope(Scope.OURS, scene.clock.in_work_days(5))
    scene.is_closed(Result.FIXED, Witness.OFFICE)


def partly_fixed(scene: Scene) -> None:
    """A part of it is done."""
    _answered(scene)
    scene.is_closed(Result.PARTLY, Witness.OFFICE)
    scene.person_is_told()
    scene.may_be_released()


def not_possible(scene: Scene) -> None:
    """The body said no, with a reason."""
    _answered(scene)
    scene.is_closed(Result.NOT_POSSIBLE)
    scene.person_is_told()
    scene.may_be_released()


def never_answered(scene: Scene) -> None:
    """Asked three times, then closed honestly."""
    _goes_out(scene)
    for _time in range(3):
        scene.clock.later(9)
        scene.asked_again()
    scene.clock.later(9)
    scene.is_closed(Result.NO_ANSWER)
    scene.person_is_told()
    scene.may_be_released()


def right_address_given(scene: Scene) -> None:
    """None of the office's business, closed the same day with the right address."""
    scene.comes_in(is_ours=False)
    scene.clock.later(0)
    scene.scope(Scope.NOT_OURS)
    scene.person_is_told()


def taken_back(scene: Scene) -> None:
    """The person withdraws it by the status link."""
    scene.comes_in()
    now = scene.clock.later(1)
    viewer = link_viewer(scene.office.quarter.pk, LinkPurpose.TELLER_STATUS, scene.concern.pk)
    life.withdraw_concern(viewer=viewer, concern=scene.concern, version=None, now=now)


def taken_up_again(scene: Scene) -> None:
    """It was closed, and it came back."""
    _answered(scene)
    scene.is_closed(Result.FIXED, Witness.BODY)
    now = scene.clock.later(10)
    life.reopen_concern(
        viewer=scene.worker,
        concern=scene.concern,
        why="Es ist wieder so wie vorher, sagt die Person.",
        version=scene.version,
        now=now,
    )
    due_on = scene.clock.last_day + timedelta(days=3)
    scene.scope(Scope.OURS, due_on)
