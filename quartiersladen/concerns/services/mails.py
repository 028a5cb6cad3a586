"""What came by mail: a draft, words of the person, a proposed answer of a body, a failed delivery.

A task takes each mail once, in the row CameByMail. Nothing that comes in by mail changes the state
of a concern or writes to anybody: the sender of a mail can be forged. The office decides.
"""

import logging
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.gathered import question_by_mail
from quartiersladen.concerns.models import CameByMail, Concern, Question, Referral
from quartiersladen.concerns.models.concern import TEXT_LENGTH
from quartiersladen.concerns.queries.mails import came_by_mail
from quartiersladen.concerns.rules import (
    is_draft,
    may_become_concern,
    may_decide,
    may_work_on,
    takes_replies,
)
from quartiersladen.concerns.services import quarantine
from quartiersladen.concerns.services.intake import (
    LABEL_LENGTH,
    MOST_PHOTOS,
    Intake,
    Report,
    keep_photos,
    report_concern,
)
from quartiersladen.concerns.services.questions import answer_question
from quartiersladen.concerns.services.referrals import answer_referral, decline_referral
from quartiersladen.concerns.states import (
    WAITING,
    AnswerWay,
    Channel,
    ConcernKind,
    MailEffect,
    PlaceKind,
)
from quartiersladen.correspondence.incoming.states import InboundState, MailClass
from quartiersladen.correspondence.models import InboundMail, Message
from quartiersladen.correspondence.queries import attachment_of
from quartiersladen.correspondence.services.inbox import belongs_to, settle
from quartiersladen.correspondence.services.messages import keep_message
from quartiersladen.correspondence.states import Counterpart, Direction, Way
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.dossiers.models import Document, Entry
from quartiersladen.dossiers.services.documents import add_document
from quartiersladen.dossiers.services.dossier import touch
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor, Audience, Kind
from quartiersladen.files.models import StoredFile
from quartiersladen.files.services import store_content
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.kernel.language import language_of
from quartiersladen.outbox.addresses import BadAddress, reachable_address
from quartiersladen.privacy.services import leave_trail
from quartiersladen.quarters.models import Quarter

PORTION = 50
#: Mails of one number from one namespace: a task that runs twice finds the same concern.
NAMESPACE = UUID("7d1c7f0a-6b0b-5b59-9d53-6a6a2f1c8b11")
NUMBER = re.compile(r"\b(20\d\d-\d{4,6})\b")
PREFIX = re.compile(r"^(?:\s*(?:Re|AW|Antw|Fwd?|WG)\s*:)+", re.IGNORECASE)
NO_TEXT = _("(The mail holds no text.)")
NAME_LENGTH = 120
CUT = " …"


class NoDraft(Conflict):
    """The mail has become something else, or nothing yet."""

    sentence = _("There is no draft of this mail. Please load the page again.")


class NoProposal(Conflict):
    """The body or the person has replied already, or the mail answers nothing."""

    sentence = _("This mail answers nothing that is still open.")


class StaysWhereItIs(Conflict):
    """A mail that was dealt with, or is a draft, does not become a draft again."""

    sentence = _("This mail cannot become a concern of its own any more.")


# --- The task -------------------------------------------------------------------------------------
def take_mails(*, now: datetime, has_time: Callable[[], bool] = lambda: True) -> int:
    """Take every mail that nobody has taken yet; call outside a transaction.

    One that cannot be taken is logged, holds up no other and is tried again.  Returns how many.
    """
    count, failed = 0, set[int]()
    while has_time():
        mails = list(_waiting().exclude(pk__in=failed)[:PORTION])
        if not mails:
            break
        for mail in mails:
            if not has_time():
                break
            try:
                _take(mail, now)
                count += 1
            except Exception:
                logging.getLogger(__name__).exception("mail %s cannot be taken", mail.pk)
                failed.add(mail.pk)
    return count


def take_mail(*, mail: InboundMail, now: datetime) -> None:
    """Take one mail at once, unless that was done; call outside a transaction."""
    found = _waiting().filter(pk=mail.pk).first()
    if found is not None:
        _take(found, now)


def _waiting() -> QuerySet[InboundMail]:
    answers = [MailClass.REPLY, MailClass.BODY_REPLY, MailClass.BOUNCE]
    mine = Q(mail_class=MailClass.NEW, state=InboundState.WAITING) | Q(
        mail_class__in=answers, dossier__kind=Kind.CONCERN
    )
    rows = InboundMail.objects.filter(mine, concern_effect=None, gone_at=None)
    return rows.select_related("quarter", "dossier", "body", "about").order_by("stored_at", "pk")


def _take(mail: InboundMail, now: datetime) -> None:
    found = _by_number(mail) if mail.mail_class == MailClass.NEW else _by_dossier(mail)
    if found is None:
        _make_draft(mail, now)
        return
    concern, referral = found
    keeps_nothing = mail.mail_class == MailClass.BOUNCE or concern.text_gone_at is not None
    files = [] if keeps_nothing else _stored_photos(mail, now)
    with transaction.atomic():
        effect, is_new = CameByMail.objects.get_or_create(
            mail=mail, defaults={"what": MailEffect.WORDS, "concern": concern}
        )
        if not is_new:
            return
        if mail.mail_class == MailClass.BOUNCE:
            effect.what = MailEffect.BOUNCE
            _note_bounce(mail, concern, now)
        else:
            _attach(concern, files, is_of_teller=mail.body is None and referral is None)
            _keep_words(mail, concern, referral, now)
            if referral is not None and referral.state in WAITING and takes_replies(concern):
                effect.what, effect.referral = MailEffect.PROPOSAL, referral
        effect.save()


def _by_dossier(mail: InboundMail) -> tuple[Concern, Referral | None]:
    concern = _concerns(mail.quarter).get(pk=mail.dossier_id)
    if mail.body is None or mail.mail_class == MailClass.BOUNCE:
        return concern, None
    referral = _nearest(concern, Q(body=mail.body))
    return (referral.concern, referral) if referral else (concern, None)


def _concerns(quarter: Quarter) -> QuerySet[Concern]:
    return Concern.objects.filter(quarter=quarter).select_related(
        "dossier", "dossier__quarter", "quarter", "teller"
    )


def _nearest(concern: Concern, of_body: Q) -> Referral | None:
    """Return the one that still waits, else the latest; also of the concern that leads a joint case.

    What was joined may have gone over to it, or was revoked because the body has that one already.
    """
    matters = Q(concern=concern) | Q(moved_from=concern)
    if concern.leader_id is not None:
        matters |= Q(concern=concern.leader_id)
    referrals = Referral.objects.filter(matters, of_body).select_related(
        "body", "concern__dossier__quarter", "concern__quarter", "concern__teller"
    )
    return max(referrals, key=_nearness, default=None)


def _nearness(referral: Referral) -> tuple[bool, bool, int]:
    is_live = takes_replies(referral.concern)
    return is_live and referral.state in WAITING, is_live, referral.pk


def _by_number(mail: InboundMail) -> tuple[Concern, Referral | None] | None:
    """Find the concern whose number the subject names, if the sender has to do with it.

    A number alone proves nothing: anybody can guess one.
    """
    number, address = NUMBER.search(mail.subject), mail.sender_address
    if number is None or not address:
        return None
    concern = _concerns(mail.quarter).filter(dossier__reference=number[1]).first()
    if concern is None:
        return None
    teller = concern.teller
    if teller.email_confirmed_at and teller.email.lower() == address.lower():
        return concern, None
    of_body = Q(body__email__iexact=address) | Q(
        body__in=ContactPerson.objects.filter(email__iexact=address).values("body")
    )
    referral = _nearest(concern, of_body)
    return (referral.concern, referral) if referral is not None else None


def _keep_words(
    mail: InboundMail, concern: Concern, referral: Referral | None, now: datetime
) -> None:
    """Keep what was written as a message on the dossier, with a line in the journal."""
    body = mail.body or (referral.body if referral else None)
    # Where the rule of retention has been, new words would stay for ever; the inbox has its own.
    message = _message(mail, concern, body) if concern.text_gone_at is None else None
    belongs_to(
        mail=mail,
        mail_class=MailClass.BODY_REPLY if body else MailClass.REPLY,
        dossier=concern.dossier,
        body=body,
        message=message,
    )
    touch(dossier=concern.dossier)
    record(
        dossier=concern.dossier,
        deed="body_wrote" if body else "person_wrote",
        actor=Actor.BODY if body else Actor.TELLER,
        actor_name=body.name if body else "",
        audience=Audience.OFFICE,
        data={"body": body.name if body else "", "mail": mail.pk},
        now=now,
    )


def _message(mail: InboundMail, concern: Concern, body: ResponsibleBody | None) -> Message:
    return keep_message(
        dossier=concern.dossier,
        direction=Direction.IN,
        way=Way.MAIL,
        counterpart=Counterpart.BODY if body else Counterpart.TELLER,
        body=body,
        subject=mail.subject,
        text=mail.text or str(NO_TEXT),
        by_id=None,
        now=mail.received_at,
    )


def _note_bounce(mail: InboundMail, concern: Concern, now: datetime) -> None:
    """Leave a word for the office; the outbox's books know it already."""
    message = Message.objects.filter(mail=mail.about).select_related("body").first()
    body = message.body if message else None
    touch(dossier=concern.dossier)
    record(
        dossier=concern.dossier,
        deed="mail_returned",
        actor=Actor.SYSTEM,
        audience=Audience.OFFICE,
        data={"delivery": mail.delivery, "body": body.name if body else ""},
        now=now,
    )


# --- Drafts ---------------------------------------------------------------------------------------
def _make_draft(mail: InboundMail, now: datetime) -> None:
    key = uuid5(NAMESPACE, str(mail.pk))
    files = _stored_photos(mail, now)
    if files:
        keep_photos(
            quarter=mail.quarter,
            key=key,
            photos=[(file, f"{number}"[:LABEL_LENGTH]) for number, file in enumerate(files, 1)],
            now=now,
        )
    with transaction.atomic():
        effect, is_new = CameByMail.objects.get_or_create(
            mail=mail, defaults={"what": MailEffect.DRAFT}
        )
        if not is_new:
            return
        effect.concern = report_concern(
            quarter=mail.quarter,
            report=_report(mail),
            intake=Intake(
                channel=Channel.MAIL,
                told_on=mail.quarter.local_day(mail.received_at),
                is_draft=True,
            ),
            submission_key=key,
            now=now,
        )
        effect.save()
        belongs_to(mail=mail, mail_class=MailClass.NEW, dossier=effect.concern.dossier)


def _report(mail: InboundMail) -> Report:
    text, email = _text(mail), _address(mail)
    told_in = language_of(text)
    return Report(
        text=text,
        kind=ConcernKind.PROBLEM,
        theme=None,
        language=told_in if told_in in mail.quarter.languages else "de",
        place_kind=PlaceKind.NONE,
        way=AnswerWay.MAIL if email else AnswerWay.NONE,
        name=mail.sender_name[:NAME_LENGTH],
        email=email,
    )


def _text(mail: InboundMail) -> str:
    """Return subject and words; of a long mail the rest stays in the inbox."""
    subject, words = PREFIX.sub("", mail.subject).strip(), mail.text.strip()
    parts = ["" if words.startswith(subject) else subject, words]
    text = "\n\n".join(part for part in parts if part) or str(NO_TEXT)
    return _cut(text)


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_LENGTH else text[: TEXT_LENGTH - len(CUT)] + CUT


def _address(mail: InboundMail) -> str:
    """Return to where we can write, "" for an address that most servers do not take."""
    try:
        return reachable_address(mail.sender_address)
    except BadAddress:
        return ""


# --- Photos ---------------------------------------------------------------------------------------
def _photos(mail: InboundMail) -> Iterator[bytes]:
    pictures = [one for one in mail.attachments if one["media_type"].startswith("image/")]
    for one in pictures[:MOST_PHOTOS]:
        yield attachment_of(mail, one["number"])


def _stored_photos(mail: InboundMail, now: datetime) -> list[StoredFile]:
    """Keep the pictures that we can read, written anew; call outside a transaction."""
    files = []
    for content in _photos(mail):
        try:
            photo = store_content(quarter=mail.quarter, content=content, now=now)
        except Invalid:
            # It stays in the list of the mail's files; the office sees its name.
            continue
        files.append(photo)
    return files


def _attach(concern: Concern, files: list[StoredFile], *, is_of_teller: bool) -> None:
    first = Document.objects.filter(dossier=concern.dossier).count()
    for position, file in enumerate(files, start=first):
        add_document(
            dossier=concern.dossier, file=file, is_of_teller=is_of_teller, position=position
        )


# --- Deeds at the desk ----------------------------------------------------------------------------
def _effect(viewer: Viewer, mail: InboundMail, what: MailEffect) -> CameByMail | None:
    found = came_by_mail(viewer, mail)
    return found if found is not None and found.what == what else None


@transaction.atomic
def take_in(*, viewer: Viewer, mail: InboundMail, now: datetime) -> Concern:
    """The draft is a concern: it comes among the new ones, and its receipt goes out.

    Raises NotAllowed; NoDraft; SettledMeanwhile; TransitionRefused; ChangedMeanwhile.
    """
    effect = _effect(viewer, mail, MailEffect.DRAFT)
    concern = effect.concern if effect else None
    if concern is None:
        raise NoDraft
    demand(may_decide(viewer, concern))
    settle(mail=mail, action="take", viewer=viewer, now=now)
    quarantine.let_in(viewer=viewer, concern=concern, deed="draft_taken", now=now)
    return concern


@transaction.atomic
def put_aside(
    *, viewer: Viewer, mail: InboundMail, reason: str, block: bool = False, now: datetime
) -> None:
    """It is no concern, or no answer: nothing comes of it. A draft goes, the mail stays.

    block: its sender's mails and reports are shown as blocked from now on.
    Raises NotAllowed; ReasonMissing; SettledMeanwhile; TransitionRefused; ChangedMeanwhile.
    """
    effect = came_by_mail(viewer, mail)
    concern = effect.concern if effect else None
    demand(may_decide(viewer, concern) if concern else viewer.may_work)
    settle(mail=mail, action="put_aside", viewer=viewer, reason=reason, now=now)
    if concern and is_draft(effect):
        belongs_to(mail=mail, mail_class=MailClass.NEW, dossier=None)
        reference = concern.dossier.reference
        quarantine.delete_draft(concern=concern)
        _leave_trail(viewer, mail, "draft deleted", f"dossiers.dossier:{reference}", now)
    elif concern:
        words = mail.reason if concern.text_gone_at is None else ""
        _office_entry(viewer, concern, mail, "mail_put_aside", now, text=words)
    else:
        subject = f"correspondence.inboundmail:{mail.pk}"
        _leave_trail(viewer, mail, "mail put aside", subject, now)
    if block and mail.sender_address:
        quarantine.block_sender(
            viewer=viewer, quarter=mail.quarter, name=mail.sender_address, now=now
        )


def _leave_trail(
    viewer: Viewer, mail: InboundMail, deed: str, subject: str, now: datetime
) -> None:
    leave_trail(
        quarter=mail.quarter,
        by_id=viewer.user_id,
        deed=deed,
        subject=subject,
        data={},
        now=now,
    )


def _office_entry(
    viewer: Viewer, concern: Concern, mail: InboundMail, deed: str, now: datetime, text: str = ""
) -> Entry:
    return record(
        dossier=concern.dossier,
        deed=deed,
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        text=text,
        data={"mail": mail.pk},
        now=now,
    )


@transaction.atomic
def finish(*, viewer: Viewer, mail: InboundMail, now: datetime) -> None:
    """Somebody has read it and does what is to be done on the concern itself.

    Raises NotAllowed; NoDraft while it is a draft, which has to be decided; SettledMeanwhile.
    """
    effect = came_by_mail(viewer, mail)
    concern = effect.concern if effect else None
    demand(may_work_on(viewer, concern) if concern else viewer.may_work)
    if is_draft(effect):
        raise NoDraft
    settle(mail=mail, action="take", viewer=viewer, now=now)
    if concern:
        _office_entry(viewer, concern, mail, "mail_read", now)
    else:
        _leave_trail(viewer, mail, "mail read", f"correspondence.inboundmail:{mail.pk}", now)


@transaction.atomic
def accept_proposal(
    *, viewer: Viewer, mail: InboundMail, is_refusal: bool = False, now: datetime
) -> Entry:
    """The body's mail is its answer, or its refusal: its words become the referral's reply.

    Raises NotAllowed; NoProposal; SettledMeanwhile; TransitionRefused when it has replied
    meanwhile; ChangedMeanwhile.
    """
    effect = _effect(viewer, mail, MailEffect.PROPOSAL)
    referral = effect.referral if effect else None
    if referral is None or not takes_replies(referral.concern):
        raise NoProposal
    demand(may_decide(viewer, referral.concern))
    settle(mail=mail, action="take", viewer=viewer, now=now)
    words = mail.text.strip() or str(NO_TEXT)
    if is_refusal:
        return decline_referral(
            viewer=viewer, referral=referral, reason=words, is_by_mail=True, now=now
        )
    return answer_referral(viewer=viewer, referral=referral, text=words, is_by_mail=True, now=now)


@transaction.atomic
def accept_answer(*, viewer: Viewer, mail: InboundMail, now: datetime) -> Question:
    """The person's mail answers what we asked: its words become the answer.

    Raises NoProposal; SettledMeanwhile; AlreadyAnswered; NotNeeded.
    """
    question = question_by_mail(viewer, mail, came_by_mail(viewer, mail))
    if question is None:
        raise NoProposal
    settle(mail=mail, action="take", viewer=viewer, now=now)
    return answer_question(
        viewer=viewer,
        question=question,
        text=_cut(mail.text.strip() or str(NO_TEXT)),
        way=Way.MAIL,
        is_by_mail=True,
        now=now,
    )


def take_up(*, viewer: Viewer, mail: InboundMail, now: datetime) -> Concern:
    """It is a matter of its own after all, whatever it was taken for: it becomes a draft.

    What was kept of it on another dossier stays there.  Call outside a transaction.
    Raises NotAllowed; StaysWhereItIs; SettledMeanwhile.
    """
    demand(viewer.may_work)
    effect = came_by_mail(viewer, mail)
    if not may_become_concern(mail, effect):
        raise StaysWhereItIs
    with transaction.atomic():
        settle(mail=mail, action="take_up", viewer=viewer, now=now)
        CameByMail.objects.filter(mail=mail).delete()
        belongs_to(mail=mail, mail_class=MailClass.NEW, dossier=None)
        _leave_trail(viewer, mail, "mail taken up", f"correspondence.inboundmail:{mail.pk}", now)
    _make_draft(mail, now)
    return Concern.objects.select_related("dossier").get(came_by_mail__mail=mail)
