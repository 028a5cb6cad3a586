"""Mails to people who follow or said "me too" that came back: whom nothing reaches is not written to.

These mails belong to no dossier, so nobody in the office would see it. One that names a wrong address
ends it at once; others may have a passing reason, and end it after three mails that came back.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from quartiersladen.concerns.models import CameByMail, Following, Voice
from quartiersladen.concerns.services.following import end_following, mails_of
from quartiersladen.concerns.services.voices import drop_address, mails_to_voices
from quartiersladen.concerns.states import MailEffect
from quartiersladen.correspondence.incoming.states import NOT_ARRIVED, Delivery, MailClass
from quartiersladen.correspondence.models import InboundMail
from quartiersladen.outbox.models import Mail

PORTION = 200  # in one run
MOST_RETURNS = 3
KINDS = ("follow", "follow-confirm", "voice")


def take_returned(*, now: datetime) -> int:
    """Look once at every mail of this kind that came back. Returns how many addresses went."""
    return sum(_take(mail, now) for mail in _waiting()[:PORTION])


def _waiting() -> QuerySet[InboundMail]:
    rows = InboundMail.objects.filter(
        mail_class=MailClass.BOUNCE,
        delivery__in=NOT_ARRIVED,
        dossier=None,
        about__kind__in=KINDS,
        concern_effect=None,
    )
    return rows.select_related("about").order_by("stored_at", "pk")


@transaction.atomic
def _take(mail: InboundMail, now: datetime) -> bool:
    _effect, is_new = CameByMail.objects.get_or_create(
        mail=mail, defaults={"what": MailEffect.BOUNCE}
    )
    about = mail.about
    if not is_new or about is None or not about.to_address:
        return False
    is_wrong = mail.delivery == Delivery.WRONG_ADDRESS
    if about.kind == "voice":
        return _of_voice(about, is_wrong=is_wrong)
    return _of_following(about, is_wrong=is_wrong, now=now)


def _of_following(about: Mail, *, is_wrong: bool, now: datetime) -> bool:
    """End what somebody follows; one who has another address by now is somebody else."""
    link = about.links.get("leave") or about.links.get("confirm") or {}
    rows = Following.objects.filter(pk=link.get("subject_id", 0), email__iexact=about.to_address)
    following = rows.select_related("quarter").first()
    if following is None or not (is_wrong or _is_enough(mails_of(following_id=following.pk))):
        return False
    with translation.override(following.language):
        why = _("E-mails to this address did not arrive.")
    return end_following(following=following, why=why, now=now)


def _of_voice(about: Mail, *, is_wrong: bool) -> bool:
    """Delete the address of a voice, which still counts."""
    key = about.links.get("voice", {}).get("subject_id", 0)
    voice = Voice.objects.filter(pk=key, email__iexact=about.to_address).first()
    if voice is None or not (is_wrong or _is_enough(mails_to_voices(keys=[voice.pk]))):
        return False
    return drop_address(voice=voice)


def _is_enough(mails: Q) -> bool:
    """Whether so many mails came back; two notices about the same one count once."""
    back = InboundMail.objects.filter(
        mail_class=MailClass.BOUNCE,
        delivery__in=NOT_ARRIVED,
        about__in=Mail.objects.filter(mails).values("pk"),
    )
    return back.order_by().values("about").distinct().count() >= MOST_RETURNS
