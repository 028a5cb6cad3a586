"""What a concern lets go of: the person's contact data, later the whole text.

State, theme, scope, result, dates, channel and the coarse place stay: the year's figures are made
of them. The journal keeps its skeleton: which step was when, without words.
"""

from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.concerns.models import (
    Concern,
    Invitation,
    Meeting,
    Question,
    Referral,
    Teller,
    Voice,
)
from quartiersladen.concerns.services.release import coarse
from quartiersladen.concerns.services.voices import forget_voices, known_voices
from quartiersladen.concerns.states import AnswerWay, PlacePrecision
from quartiersladen.correspondence.incoming.states import MailClass
from quartiersladen.correspondence.services.forgetting import forget_messages
from quartiersladen.correspondence.services.inbox import forget_mails, forget_senders
from quartiersladen.dossiers.models import Dossier, Entry, FollowUp
from quartiersladen.dossiers.services.dates import end_follow_up
from quartiersladen.dossiers.services.documents import release_documents
from quartiersladen.dossiers.services.dossier import set_audience
from quartiersladen.dossiers.services.forgetting import forget_lines, forget_texts
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import BY_HAND, Actor, Audience, FollowUpReason
from quartiersladen.outbox.services import OnItsWay, empty_mails
from quartiersladen.privacy.append_only import erasure_permit
from quartiersladen.privacy.free_text import MARK, blacken_matters
from quartiersladen.privacy.registry import Identity
from quartiersladen.quarters.models import Quarter

#: Lines of the journal in the words of a question and its answer, and tasks that note them.
QUESTION_LINES = frozenset({"question_text", "question_answer"})
QUESTION_TASKS = frozenset(
    {
        FollowUpReason.QUESTION,
        FollowUpReason.CALL,
        FollowUpReason.WRITE,
        FollowUpReason.PERSON_SAID,
    }
)
TO_TELLER = (LinkPurpose.TELLER_STATUS, LinkPurpose.TELLER_EMAIL)


def identity_of(*, teller: Teller) -> Identity:
    """Return by what the person of a concern is recognised."""
    return Identity(
        names=frozenset({teller.name} - {""}),
        emails=frozenset({teller.email} - {""}),
        phones=frozenset({teller.phone} - {""}),
        addresses=frozenset({teller.address} - {""}),
        matters=frozenset({teller.pk}),
    )


def mails_to_teller(*, concern_id: int) -> Q:
    """Return the filter for the mails that went to the person of a concern."""
    links = Q(links__status__subject_id=concern_id, links__status__purpose__in=TO_TELLER)
    return links | Q(message__dossier_id=concern_id, message__counterpart="teller")


def mails_of_teller(*, concern_id: int) -> Q:
    """Return the filter on InboundMail for what the person of a concern wrote to us."""
    return Q(dossier_id=concern_id, mail_class__in=[MailClass.NEW, MailClass.REPLY])


def drop_address(*, teller: Teller) -> None:
    """Take an e-mail address out of the search and the mails of this concern. Raises OnItsWay."""
    if teller.email:
        empty_mails(mails=mails_to_teller(concern_id=teller.pk))
        forget_senders(mails=mails_of_teller(concern_id=teller.pk))
        blacken_matters([teller.pk], [teller.email])


def forget_contact(
    *, teller: Teller, actor: Actor, by_id: int | None, deed: str, now: datetime
) -> Entry:
    """Delete the contact data of one concern, wherever it stands in it; part of a deed.

    The mails to the person are emptied, the words that point to them are blackened in every text
    of the dossier and in what the search knows.  deed: the journal line that says so.
    Raises OnItsWay.
    """
    identity = identity_of(teller=teller)
    words = identity.names | identity.emails | identity.phones | identity.addresses
    with erasure_permit():
        moved = Referral.objects.filter(moved_from=teller.pk).values_list("concern_id", flat=True)
        blacken_matters([teller.pk, *moved], words)
        empty_mails(mails=mails_to_teller(concern_id=teller.pk))
        forget_senders(mails=mails_of_teller(concern_id=teller.pk))
        way = AnswerWay.NONE if teller.way == AnswerWay.NONE else AnswerWay.LINK
        changes = {
            "name": "",
            "email": "",
            "phone": "",
            "address": "",
            "way": way,
            "may_pass_on": False,
            "email_confirmed_at": None,
            "email_given_at": None,
            "contact_gone_at": now,
        }
        Teller.objects.filter(pk=teller.pk).update(**changes)
        for name, value in changes.items():
            setattr(teller, name, value)
        dossier = Dossier.objects.select_related("quarter").get(pk=teller.pk)
        # Nobody knows any more whom to call.
        end_follow_up(dossier=dossier, reason=FollowUpReason.TELL, now=now)
        _ask_nobody(dossier, now)
        return record(
            dossier=dossier,
            deed=deed,
            actor=actor,
            by_id=by_id,
            now=now,
        )


def _ask_nobody(dossier: Dossier, now: datetime) -> None:
    """The person cannot be called or written to any more: somebody decides today how it goes on."""
    tasks = FollowUp.objects.filter(dossier=dossier, done_at=None, reason__in=sorted(BY_HAND))
    today = dossier.quarter.local_day(now)
    if tasks.update(reason=FollowUpReason.WORK, due_on=today, note=""):
        Concern.objects.filter(pk=dossier.pk).update(next_on=today)


def forget_questions(*, dossier: Dossier) -> None:
    """Delete what the person was asked back and what they answered; part of an erasure.

    That there was a question, when, and whether it was answered, stays.
    """
    Question.objects.filter(concern=dossier.pk).update(text=MARK)
    Question.objects.filter(concern=dossier.pk).exclude(answer="").update(answer=MARK)
    forget_lines(dossier=dossier, deeds=QUESTION_LINES)
    tasks = FollowUp.objects.filter(dossier=dossier, reason__in=QUESTION_TASKS)
    tasks.update(note="")


def contact_to_let_go(*, quarter: Quarter, before: datetime) -> Q:
    """Return the filter on Dossier: closed before a moment, contact data still there."""
    known = Q()
    for name in ("name", "email", "phone", "address"):
        known |= ~Q(**{f"concern__teller__{name}": ""})
    voices = Voice.objects.filter(known_voices(), concern=OuterRef("pk"))
    return over_since(quarter=quarter, before=before) & (known | Q(Exists(voices)))


def over_since(*, quarter: Quarter, before: datetime) -> Q:
    """Return the filter on Dossier: a concern closed before a moment.

    A joined one counts with the concern that leads it, which answers for it.
    """
    led = Q(concern__leader=None) | Q(concern__leader__closed_at__lt=before)
    return Q(quarter=quarter, closed_at__lt=before) & led


def text_to_let_go(*, quarter: Quarter, before: datetime) -> Q:
    """Return the filter on Dossier: a concern closed before a moment, its text still there."""
    # An important topic is still asked about.
    kept = Q(concern__isnull=False, concern__text_gone_at=None, concern__topic_months=None)
    return over_since(quarter=quarter, before=before) & kept


def _portion(rows: Q, limit: int) -> list[int]:
    """Lock some dossiers; one that another worker has, or that was opened again, is left out."""
    found = Dossier.objects.filter(rows).order_by("pk")
    locked = found.select_for_update(of=("self",), skip_locked=True)[:limit]
    return [dossier.pk for dossier in locked]


def let_contact_go(*, quarter: Quarter, before: datetime, limit: int, now: datetime) -> int:
    """Delete the contact data of concerns closed before a moment. Returns how many it were.

    One to whose person a mail is on its way is left for the next run.
    """
    keys = _portion(contact_to_let_go(quarter=quarter, before=before), limit)
    count = 0
    for teller in Teller.objects.filter(pk__in=keys).order_by("pk"):
        with suppress(OnItsWay), transaction.atomic():
            count += _let_one_go(teller, now)
    return count


def _let_one_go(teller: Teller, now: datetime) -> bool:
    """Forget the people unless another worker, or they themselves, did so before the lock."""
    voices = forget_voices(rows=Q(concern=teller.pk) & known_voices())
    if not teller.has_contact:
        return bool(voices)
    forget_contact(teller=teller, actor=Actor.SYSTEM, by_id=None, deed="contact_gone", now=now)
    return True


def let_text_go(*, quarter: Quarter, before: datetime, limit: int, now: datetime) -> int:
    """Delete every text of concerns closed before a moment. Returns how many it were.

    One that has a mail on its way is left for the next run.
    """
    keys = _portion(text_to_let_go(quarter=quarter, before=before), limit)
    # Read behind the lock: what another worker did meanwhile is done.
    concerns = Concern.objects.filter(pk__in=keys, text_gone_at=None)
    count = 0
    for concern in concerns.select_related("dossier", "teller").order_by("pk"):
        with suppress(OnItsWay), transaction.atomic():
            _forget_text(concern, now)
            count += 1
    return count


def _forget_text(concern: Concern, now: datetime) -> None:
    teller, dossier = concern.teller, concern.dossier
    _let_one_go(teller, now)
    release_documents(dossier=dossier, released_ids=set())
    set_audience(dossier=dossier, audience=Audience.OFFICE)
    forget_messages(dossier=dossier)
    forget_mails(mails=Q(dossier=dossier), now=now)
    forget_texts(dossier=dossier)
    empty_mails(mails=mails_to_teller(concern_id=concern.pk))
    # What went over to an important topic belongs to what is still asked about.
    went_over = Q(moved_from=concern, concern__topic_months=None)
    referrals = Referral.objects.filter(Q(concern=concern) | went_over)
    referrals.update(cover_note="", link_generation=F("link_generation") + 1)
    referrals.exclude(reply="").update(reply=MARK)
    forget_questions(dossier=dossier)
    _forget_meetings(concern)
    Teller.objects.filter(pk=teller.pk).update(link_generation=F("link_generation") + 1)
    latitude, longitude = concern.latitude, concern.longitude
    Concern.objects.filter(pk=concern.pk).update(
        text=MARK,
        place_text="",
        latitude=None if latitude is None else coarse(degrees=latitude),
        longitude=None if longitude is None else coarse(degrees=longitude),
        answer="",
        reason="",
        is_released=False,
        public_title="",
        public_text="",
        place_precision=PlacePrecision.NONE,
        public_latitude=None,
        public_longitude=None,
        public_district=None,
        public_words="",
        submission_key=None,
        text_gone_at=now,
    )
    record(dossier=dossier, deed="text_gone", actor=Actor.SYSTEM, now=now)


def _forget_meetings(concern: Concern) -> None:
    """Delete what was written of meetings; that there was one, when and with whom, stays."""
    meetings = Meeting.objects.filter(concern=concern)
    meetings.update(purpose=MARK, place="", others="", for_person="", for_public="")
    meetings.exclude(agreed="").update(agreed=MARK)
    invitations = Invitation.objects.filter(meeting__concern=concern)
    invitations.update(words="")
    invitations.exclude(promise="").update(promise=MARK)
