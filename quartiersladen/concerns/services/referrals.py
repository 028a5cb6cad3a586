"""A concern goes to responsible bodies, is asked after, and they reply."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns import letters
from quartiersladen.concerns.letters import REFERRAL_LINK_DAYS, Letter
from quartiersladen.concerns.models import Concern, Referral
from quartiersladen.concerns.queries.tellers import may_pass_on_contact
from quartiersladen.concerns.rules import may_decide, may_reply, may_work_on
from quartiersladen.concerns.services.life import (
    NextDateMissing,
    follow_referrals,
    move,
    set_date_of_bodies,
    set_next_date,
)
from quartiersladen.concerns.services.tellers import write_to_teller
from quartiersladen.concerns.states import (
    CONCERN_MACHINE,
    REFERRAL_MACHINE,
    WAITING,
    ConcernState,
    ReferralState,
    Scope,
)
from quartiersladen.correspondence.services.messages import keep_message, send_mail
from quartiersladen.correspondence.states import Counterpart, Direction, Way
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.services.dates import check_next_date
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile, claim, touch
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor, Audience, FollowUpReason
from quartiersladen.kernel.errors import Conflict, Invalid, demand


class NoBody(Invalid):
    """Passing on needs somebody to pass on to."""

    sentence = _("Please choose at least one body.")


class NoMailAddress(Invalid):
    """A mail needs an address."""

    sentence = _("The directory has no e-mail address for this body. Please choose another way.")


class NoConsent(Invalid):
    """Contact data goes nowhere without the person's yes."""

    sentence = _("The person did not agree that contact data may be passed on.")


class AlreadyThere(Conflict):
    """The body has the concern and has not replied yet."""

    sentence = _("This body already has the concern. You can ask it again.")


class DayGone(Invalid):
    """Nothing will be done on a day that is over."""

    sentence = _("Please choose a day from today on.")


class NotAtThisBody(Invalid):
    """A contact person belongs to one body."""

    sentence = _("This person does not work at the body that has the concern.")


class ReplyMissing(Invalid):
    """A reply or a refusal needs words."""

    sentence = _("Please write a few words, so that the person understands it.")


@dataclass(frozen=True, slots=True)
class PassOn:
    """To whom a concern goes and how. with_contact: only with the teller's consent."""

    body: ResponsibleBody
    way: Way
    person: ContactPerson | None = None
    cover_note: str = ""
    with_contact: bool = False

    @property
    def address(self) -> str:
        """The e-mail address: the person's if there is one, else the body's."""
        return (self.person.email if self.person else "") or self.body.email


def _check(concern: Concern, item: PassOn) -> None:
    if item.way == Way.MAIL and not item.address:
        raise NoMailAddress(field="way")
    if item.with_contact and not may_pass_on_contact(concern):
        raise NoConsent(field="with_contact")
    waiting = Referral.objects.filter(concern=concern, body=item.body, state__in=WAITING)
    if waiting.exists():
        raise AlreadyThere


def _built(concern: Concern, item: PassOn, now: datetime) -> Referral:
    return Referral(
        concern=concern,
        body=item.body,
        person=item.person,
        way=item.way,
        sent_at=now,
        cover_note=item.cover_note.strip(),
        with_contact=item.with_contact,
        link_expires_on=concern.quarter.local_day(now) + timedelta(days=REFERRAL_LINK_DAYS),
    )


def preview(
    *, viewer: Viewer, concern: Concern, items: Sequence[PassOn], ask_on: date, now: datetime
) -> list[tuple[PassOn, Letter]]:
    """Return the exact words that would go to each body; nothing is stored.

    Raises what pass_on would raise.
    """
    demand(may_decide(viewer, concern))
    if not items:
        raise NoBody(field="bodies")
    check_next_date(dossier=concern.dossier, due_on=ask_on, now=now)
    CONCERN_MACHINE.target(ConcernState(concern.state), "forward", given={"body", "next_date"})
    letters_out = []
    for item in items:
        _check(concern, item)
        referral = _built(concern, item, now)
        letters_out.append((item, letters.referral(referral, concern.teller, ask_on=ask_on)))
    return letters_out


@transaction.atomic
def pass_on(
    *,
    viewer: Viewer,
    concern: Concern,
    items: Sequence[PassOn],
    ask_on: date | None,
    version: int,
    now: datetime,
) -> list[Referral]:
    """Give a concern to one or more bodies and set the day on which we ask again.

    Raises NotAllowed; NoBody, NoMailAddress, NoConsent, AlreadyThere; NextDateMissing,
    DateInThePast; TransitionRefused when closed; ChangedMeanwhile.
    """
    demand(may_decide(viewer, concern))
    if not items:
        raise NoBody(field="bodies")
    if ask_on is None:
        raise NextDateMissing(field="ask_on")
    claim(dossier=concern.dossier, version=version)
    for item in items:
        _check(concern, item)
    set_next_date(
        concern=concern,
        due_on=ask_on,
        reason=FollowUpReason.ASK_BODY,
        note=", ".join(item.body.name for item in items)[:200],
        now=now,
    )
    scope = Scope.PUBLIC_INTEREST if concern.scope == Scope.UNDECIDED else concern.scope
    move(
        concern=concern,
        action="forward",
        given={"body", "next_date"},
        now=now,
        scope=scope,
        first_answer_at=concern.first_answer_at or now,
    )
    referrals = [_send(viewer, concern, item, ask_on, now) for item in items]
    # One silent body elsewhere keeps the word "asked again".
    follow_referrals(concern=concern, now=now)
    bodies = [item.body.name for item in items]
    write_to_teller(
        concern=concern,
        build=lambda teller: letters.passed_on(concern, teller, bodies=bodies, ask_on=ask_on),
        by_id=viewer.user_id,
        now=now,
    )
    return referrals


def _send(viewer: Viewer, concern: Concern, item: PassOn, ask_on: date, now: datetime) -> Referral:
    referral = _built(concern, item, now)
    referral.save(force_insert=True)
    letter = letters.referral(referral, concern.teller, ask_on=ask_on)
    if item.way == Way.MAIL:
        send_mail(
            dossier=concern.dossier,
            counterpart=Counterpart.BODY,
            body=item.body,
            to=item.address,
            subject=letter.subject,
            text=letter.text,
            links=letter.links,
            language=letter.language,
            by_id=viewer.user_id,
            now=now,
        )
    else:
        keep_message(
            dossier=concern.dossier,
            direction=Direction.OUT,
            way=item.way,
            counterpart=Counterpart.BODY,
            body=item.body,
            text=item.cover_note or letter.text,
            by_id=viewer.user_id,
            now=now,
        )
    record(
        dossier=concern.dossier,
        deed="passed_on",
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        audience=Audience.PUBLIC,
        data={
            "body": item.body.name,
            "way": item.way,
            "with_contact": item.with_contact,
            "referral": referral.pk,
        },
        now=now,
    )
    return referral


@dataclass(frozen=True, slots=True)
class Ask:
    """How a body was asked again: the way, whom, and what was said or is to be written.

    person: from now on somebody else at the body; None keeps to whom it went.
    """

    way: Way
    whom: str = ""
    words: str = ""
    person: ContactPerson | None = None


@transaction.atomic
def ask_again(
    *,
    viewer: Viewer,
    referral: Referral,
    ask: Ask,
    ask_on: date | None,
    version: int,
    now: datetime,
) -> Entry:
    """Ask a silent body again and set the next date; by mail it sends a reminder with the link.

    Raises NotAllowed; NoMailAddress, NotAtThisBody; NextDateMissing, DateInThePast;
    TransitionRefused when the body has replied or the concern is closed; ChangedMeanwhile.
    """
    concern = referral.concern
    demand(may_work_on(viewer, concern))
    _demand_open(concern)
    address = _address_to_ask(referral, ask)
    claim(dossier=concern.dossier, version=version)
    person = ask.person or referral.person
    _move_referral(
        referral, "ask_again", set(), asks=referral.asks + 1, last_asked_at=now, person=person
    )
    set_date_of_bodies(
        concern=concern,
        due_on=ask_on,
        reason=FollowUpReason.ASK_BODY,
        note=referral.body.name[:200],
        now=now,
    )
    follow_referrals(concern=concern, now=now)
    if ask.way == Way.MAIL:
        _remind(viewer, referral, ask, address, now)
    else:
        keep_message(
            dossier=concern.dossier,
            direction=Direction.OUT,
            way=ask.way,
            counterpart=Counterpart.BODY,
            body=referral.body,
            text=ask.words,
            by_id=viewer.user_id,
            now=now,
        )
    record(
        dossier=concern.dossier,
        deed="ask_note",
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        text=" · ".join(part for part in (_whom(ask), ask.words.strip()) if part),
        data={"body": referral.body.name, "way": ask.way},
        now=now,
    )
    return record(
        dossier=concern.dossier,
        deed="asked_again",
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        audience=Audience.PUBLIC,
        data={"body": referral.body.name, "way": ask.way, "times": referral.asks},
        now=now,
    )


def preview_ask(*, viewer: Viewer, referral: Referral, ask: Ask) -> Letter | None:
    """Return the exact reminder that would go to the body; None unless it goes by mail.

    Raises NotAllowed; NoMailAddress, NotAtThisBody; TransitionRefused.
    """
    demand(may_work_on(viewer, referral.concern))
    _demand_open(referral.concern)
    _address_to_ask(referral, ask)
    REFERRAL_MACHINE.target(ReferralState(referral.state), "ask_again")
    if ask.way != Way.MAIL:
        return None
    asked = copy(referral)
    asked.asks += 1
    return letters.reminder(asked, words=ask.words)


def _demand_open(concern: Concern) -> None:
    if not concern.is_open:
        CONCERN_MACHINE.target(ConcernState(concern.state), "ask_again", given={"next_date"})


def _whom(ask: Ask) -> str:
    return ask.whom.strip() or (str(ask.person) if ask.person else "")


def _address_to_ask(referral: Referral, ask: Ask) -> str:
    """Return where a reminder goes, "" if nowhere and no mail is wanted."""
    if ask.person is not None and ask.person.body_id != referral.body_id:
        raise NotAtThisBody(field="person")
    person = ask.person or referral.person
    address = (person.email if person else "") or referral.body.email
    if ask.way == Way.MAIL and not address:
        raise NoMailAddress(field="way")
    return address


def _remind(viewer: Viewer, referral: Referral, ask: Ask, address: str, now: datetime) -> None:
    letter = letters.reminder(referral, words=ask.words)
    send_mail(
        dossier=referral.concern.dossier,
        counterpart=Counterpart.BODY,
        body=referral.body,
        to=address,
        subject=letter.subject,
        text=letter.text,
        links=letter.links,
        language=letter.language,
        by_id=viewer.user_id,
        now=now,
    )


def _move_referral(referral: Referral, action: str, given: set[str], **changes: object) -> None:
    before = ReferralState(referral.state)
    changes["state"] = REFERRAL_MACHINE.target(before, action, given=given)
    if not Referral.objects.filter(pk=referral.pk, state=before).update(**changes):
        raise ChangedMeanwhile
    for name, value in changes.items():
        setattr(referral, name, value)


def _start_reply(viewer: Viewer, referral: Referral, version: int | None) -> Actor:
    """Check who replies and make the desk notice. version: None through the one-case link."""
    demand(may_reply(viewer, referral))
    if version is None:
        touch(dossier=referral.concern.dossier)
    else:
        claim(dossier=referral.concern.dossier, version=version)
    return Actor.OFFICE if viewer.is_member else Actor.BODY


@transaction.atomic
def accept_referral(
    *,
    viewer: Viewer,
    referral: Referral,
    expected_on: date | None,
    version: int | None = None,
    now: datetime,
) -> Entry:
    """The body takes it on, perhaps with a date; a later date moves ours behind it.

    Raises NotAllowed; DayGone; TransitionRefused when it has replied before; ChangedMeanwhile.
    """
    if expected_on and expected_on < referral.concern.quarter.local_day(now):
        raise DayGone(field="expected_on")
    actor = _start_reply(viewer, referral, version)
    _move_referral(referral, "accept", set(), expected_on=expected_on)
    concern = referral.concern
    if expected_on and concern.is_open and concern.next_on and expected_on > concern.next_on:
        set_date_of_bodies(
            concern=concern,
            due_on=expected_on,
            reason=FollowUpReason.ASK_BODY,
            note=referral.body.name[:200],
            now=now,
        )
    follow_referrals(concern=concern, now=now)
    data = {"body": referral.body.name}
    if expected_on:
        data["expected_on"] = expected_on.isoformat()
    return _reply_entry(viewer, referral, actor, "body_accepted", "", data, now)


@transaction.atomic
def decline_referral(
    *,
    viewer: Viewer,
    referral: Referral,
    reason: str,
    version: int | None = None,
    is_by_mail: bool = False,
    now: datetime,
) -> Entry:
    """The body says that it is not responsible; the concern lies on the desk again.

    is_by_mail: it wrote itself, and its words are kept on the dossier already.
    Raises NotAllowed; ReplyMissing; TransitionRefused; ChangedMeanwhile.
    """
    said = _Said(reason, version, is_by_mail=is_by_mail)
    return _settle(viewer, referral, "decline", "body_declined", said, now)


@transaction.atomic
def answer_referral(
    *,
    viewer: Viewer,
    referral: Referral,
    text: str,
    version: int | None = None,
    is_by_mail: bool = False,
    now: datetime,
) -> Entry:
    """The body answers; when all have replied the concern lies on the desk again.

    is_by_mail: it wrote itself, and its words are kept on the dossier already.
    Raises NotAllowed; ReplyMissing; TransitionRefused; ChangedMeanwhile.
    """
    said = _Said(text, version, is_by_mail=is_by_mail)
    return _settle(viewer, referral, "answer", "body_answered", said, now)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a body said. version: None through the one-case link and by mail."""

    words: str
    version: int | None
    is_by_mail: bool


def _settle(
    viewer: Viewer, referral: Referral, action: str, deed: str, said: _Said, now: datetime
) -> Entry:
    words = said.words.strip()
    if not words:
        raise ReplyMissing(field="reply")
    actor = _start_reply(viewer, referral, said.version)
    _move_referral(referral, action, {"reason", "text"}, reply=words, settled_at=now)
    if said.is_by_mail:
        actor = Actor.BODY
    else:
        keep_message(
            dossier=referral.concern.dossier,
            direction=Direction.IN,
            way=Way.LINK if actor == Actor.BODY else Way.PHONE,
            counterpart=Counterpart.BODY,
            body=referral.body,
            text=words,
            by_id=viewer.user_id,
            now=now,
        )
    follow_referrals(concern=referral.concern, now=now)
    _reply_entry(
        viewer,
        referral,
        actor,
        f"{deed}_text",
        words,
        {"body": referral.body.name},
        now,
        audience=Audience.OFFICE,
    )
    return _reply_entry(viewer, referral, actor, deed, "", {"body": referral.body.name}, now)


def _reply_entry(  # noqa: PLR0913 -- one place that builds the line for all replies
    viewer: Viewer,
    referral: Referral,
    actor: Actor,
    deed: str,
    text: str,
    data: dict[str, str],
    now: datetime,
    *,
    audience: Audience = Audience.PUBLIC,
) -> Entry:
    return record(
        dossier=referral.concern.dossier,
        deed=deed,
        actor=actor,
        by_id=viewer.user_id,
        actor_name=referral.body.name,
        text=text,
        audience=audience,
        data=data,
        now=now,
    )
