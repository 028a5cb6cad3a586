""" "Me too": somebody else has the same concern, without an account and without a case of their own."""

from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns import letters
from quartiersladen.concerns.letters import CONFIRM_HOURS
from quartiersladen.concerns.models import Concern, Teller, Voice
from quartiersladen.concerns.queries.voices import joint_voices
from quartiersladen.concerns.rules import may_act_as_voice, may_add_voice
from quartiersladen.concerns.states import AnswerWay, ConcernState
from quartiersladen.kernel.errors import Conflict, demand
from quartiersladen.kernel.jobs import enqueue
from quartiersladen.kernel.throttle import times_this_hour
from quartiersladen.outbox.services import OnItsWay, empty_mails, queue_mail
from quartiersladen.outbox.states import MailState

TELL = "quartiersladen.concerns.tasks.tell_voices"
MOST_AN_HOUR = 3  # mails to one address; further ones are swallowed
PORTION = 200  # mails in one transaction
#: Stands in the place of the browser's mark once nobody needs to know any more who it was.
GONE = "gone-"


class AddressOfVoiceGone(Conflict):
    """The address was not confirmed in time, or the person took it back."""

    sentence = _(
        "This address was not confirmed in time, so we have deleted it. Your voice still counts."
    )


def hash_of(*, cookie: str) -> str:
    """Return by what a browser is recognised."""
    return sha256(cookie.encode()).hexdigest()


def add_voice(
    *, concern: Concern, cookie: str, email: str, language: str, now: datetime
) -> Voice | None:
    """Count a voice for a released open concern; the same browser counts once.

    email: where the answer shall go, "" for none; it gets one mail, in which it is confirmed. What is
    known already is not said: None stands for a browser or an address that was there before.
    Raises NotAllowed when the concern takes no voices.
    """
    demand(may_add_voice(concern))
    try:
        return _add(concern, hash_of(cookie=cookie), email, language, now)
    except IntegrityError:
        return None


@transaction.atomic
def _add(concern: Concern, mark: str, email: str, language: str, now: datetime) -> Voice | None:
    known = Voice.objects.filter(concern=concern, cookie_hash=mark).first()
    if known is None:
        voice = Voice.objects.create(
            concern=concern,
            cookie_hash=mark,
            email=email,
            language=language,
            created_at=now,
            email_given_at=now if email else None,
        )
    elif email and not known.email:
        # Pressed once, and now they want to know how it ends.
        known.email, known.language, known.email_given_at = email, language, now
        known.save(update_fields=["email", "language", "email_given_at"])
        voice = known
    else:
        return None
    # Who types the address of somebody else into many concerns fills no letter box with it.
    if email and times_this_hour("voice", f"{concern.quarter_id} {email}") <= MOST_AN_HOUR:
        _write(voice, letters.voice_confirmation(voice), now)
    return voice


def _write(voice: Voice, letter: letters.Letter, now: datetime) -> None:
    queue_mail(
        quarter=voice.concern.quarter,
        kind="voice",
        to=voice.email,
        subject=letter.subject,
        text=letter.text,
        links=letter.links,
        language=letter.language,
        now=now,
    )


@transaction.atomic
def confirm_voice(*, viewer: Viewer, voice: Voice, now: datetime) -> Voice:
    """The person says that the address is theirs; pressing the button again changes nothing.

    Is there an answer already, it is mailed to them now.
    Raises NotAllowed unless the viewer holds the link; AddressOfVoiceGone.
    """
    demand(may_act_as_voice(viewer, voice))
    waiting = Voice.objects.filter(pk=voice.pk, email_confirmed_at=None).exclude(email="")
    if waiting.update(email_confirmed_at=now):
        voice.email_confirmed_at = now
        _tell_if_answered(voice)
    elif not Voice.objects.filter(pk=voice.pk).exclude(email="").exists():
        raise AddressOfVoiceGone
    return voice


def _tell_if_answered(voice: Voice) -> None:
    leads = voice.concern.leader_id or voice.concern_id
    if Concern.objects.filter(pk=leads, state=ConcernState.ANSWERED).exists():
        enqueue(TELL, leads)


@transaction.atomic
def take_back_voice(*, viewer: Viewer, voice: Voice) -> None:
    """The person takes the voice back; it is gone, with its address and the mails to it.

    Raises NotAllowed unless the viewer holds the link; OnItsWay.
    """
    demand(may_act_as_voice(viewer, voice))
    remove_voices(rows=Q(pk=voice.pk))


def mails_to_voices(*, keys: list[int]) -> Q:
    """Return the filter for the mails that went to these voices."""
    return Q(kind="voice", links__voice__subject_id__in=keys)


def remove_voices(*, rows: Q) -> int:
    """Delete voices with everything that points to their people. Raises OnItsWay."""
    keys = list(Voice.objects.filter(rows).values_list("pk", flat=True))
    empty_mails(mails=mails_to_voices(keys=keys))
    Voice.objects.filter(pk__in=keys).delete()
    return len(keys)


def forget_voices(*, rows: Q) -> int:
    """Forget who the voices were; that they were there stays, as a number. Raises OnItsWay."""
    keys = list(Voice.objects.filter(rows).values_list("pk", flat=True))
    empty_mails(mails=mails_to_voices(keys=keys))
    for key in keys:
        Voice.objects.filter(pk=key).update(
            email="",
            email_confirmed_at=None,
            cookie_hash=f"{GONE}{key}",
            link_generation=F("link_generation") + 1,
        )
    return len(keys)


def known_voices() -> Q:
    """Return the filter on voices of which a browser or an address is known still."""
    return ~Q(cookie_hash__startswith=GONE)


@transaction.atomic
def drop_unconfirmed_voices(*, now: datetime) -> int:
    """Delete addresses that nobody confirmed within 72 hours; the voices still count."""
    since = now - timedelta(hours=CONFIRM_HOURS)
    old = Voice.objects.filter(email_confirmed_at=None, email_given_at__lt=since)
    count = 0
    for voice in old.exclude(email=""):
        with suppress(OnItsWay), transaction.atomic():
            empty_mails(mails=mails_to_voices(keys=[voice.pk]))
            still = Voice.objects.filter(pk=voice.pk, email_confirmed_at=None)
            count += still.update(email="", email_given_at=None)
    return count


@transaction.atomic
def drop_address(*, voice: Voice) -> bool:
    """Delete the address of a voice, also in its mails; the voice still counts.

    Returns whether it was still there.  A mail that is on its way at this moment keeps it until the
    rule for mails.
    """
    known = Voice.objects.filter(pk=voice.pk, email=voice.email)
    if not known.update(email="", email_given_at=None, email_confirmed_at=None):
        return False
    with suppress(OnItsWay), transaction.atomic():
        empty_mails(mails=mails_to_voices(keys=[voice.pk]) & ~Q(state=MailState.SENDING))
    return True


def tell_voices_later(*, concern: Concern) -> None:
    """Let the worker write to the voices of a concern that has just ended, and of those it leads."""
    if Voice.objects.filter(joint_voices(concern.pk)).exclude(email="").exists():
        enqueue(TELL, concern.pk)


def tell_voices(*, concern_id: int, now: datetime) -> int:
    """Mail the answer to the confirmed voices of a concern, each address once. Returns how many.

    May run twice: who was told is not told again. Who told it themselves gets their own mail only.
    """
    count = 0
    while told := _tell_portion(concern_id, now):
        count += told
    return count


@transaction.atomic
def _tell_portion(concern_id: int, now: datetime) -> int:
    ended = Concern.objects.filter(pk=concern_id, state=ConcernState.ANSWERED)
    concern = ended.select_related("dossier", "quarter").first()
    if concern is None:
        return 0
    circle = joint_voices(concern_id)
    confirmed = Voice.objects.filter(circle, told_at=None, email_confirmed_at__isnull=False)
    waiting = confirmed.exclude(email="").select_related("concern").order_by("pk")[:PORTION]
    addresses = {email.lower() for email in _told_anyway(concern_id)}
    count = 0
    for voice in waiting:
        # Claimed before it is written: two workers never write twice.
        claimed = Voice.objects.filter(pk=voice.pk, told_at=None).update(told_at=now)
        count += claimed
        if claimed and voice.email.lower() not in addresses:
            addresses.add(voice.email.lower())
            voice.concern.quarter = concern.quarter
            _write(voice, letters.voice_answered(voice, concern), now)
    return count


def _told_anyway(concern_id: int) -> list[str]:
    """Return the addresses that have got the answer: of who told it, and of voices before."""
    tellers = Teller.objects.filter(
        Q(concern=concern_id) | Q(concern__leader=concern_id),
        way=AnswerWay.MAIL,
        email_confirmed_at__isnull=False,
    )
    circle = joint_voices(concern_id)
    voices = Voice.objects.filter(circle, told_at__isnull=False).exclude(email="")
    return [*tellers.values_list("email", flat=True), *voices.values_list("email", flat=True)]


def expect_another_answer(*, concern: Concern) -> None:
    """It is taken up again: the next answer goes to the voices, too; part of that deed."""
    circle = joint_voices(concern.pk)
    Voice.objects.filter(circle).exclude(told_at=None).update(told_at=None)
