"""The person's own hand on their data: take back a consent, correct or delete contact data.

Through the status link, without an account; the office does the same for somebody on the phone.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern, Teller
from quartiersladen.concerns.queries.blocked import is_blocked
from quartiersladen.concerns.queries.referrals import bodies_with_contact
from quartiersladen.concerns.rules import may_act_as_teller, may_see_teller
from quartiersladen.concerns.services.forgetting import (
    drop_address,
    forget_contact,
    identity_of,
)
from quartiersladen.concerns.services.life import set_next_date
from quartiersladen.concerns.services.tellers import ask_to_confirm
from quartiersladen.concerns.states import AnswerWay, Channel
from quartiersladen.correspondence.services.forgetting import blacken_mails_to_bodies
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.services.dates import plan_follow_up
from quartiersladen.dossiers.services.dossier import touch
from quartiersladen.dossiers.services.forgetting import clean_search_later
from quartiersladen.dossiers.services.journal import add_search_words, record
from quartiersladen.dossiers.states import Actor, FollowUpReason
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.privacy.free_text import blacken_matters, clean_indexes
from quartiersladen.privacy.services import record_consent
from quartiersladen.privacy.states import ConsentPurpose, ConsentStep

#: Way of answering -> the column without which it leads nowhere.
NEEDED = {AnswerWay.MAIL: "email", AnswerWay.PHONE: "phone", AnswerWay.POST: "address"}


class NothingToTakeBack(Conflict):
    """There is no consent, or it was taken back before."""

    sentence = gettext_lazy("There is no consent that could be taken back.")


class TextGone(Conflict):
    """The whole text was deleted; nobody can be answered about it any more."""

    sentence = gettext_lazy("This concern has been deleted by rule. Please tell us anew.")


class WayMissing(Invalid):
    """An answer needs somewhere to go."""

    sentence = gettext_lazy("For this way of answering we need the address or number.")


@dataclass(frozen=True, slots=True)
class Contact:
    """What the person wants us to know of them."""

    way: AnswerWay
    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""


#: The columns of Teller that belong to the person; the others are the office's and the ledger's.
OWN = ["name", "email", "phone", "address", "way", "contact_gone_at"]
CONFIRMATION = ["email_confirmed_at", "email_given_at"]


def _teller_now(concern: Concern) -> Teller:
    """Raise the version and return the person as they stand then, whatever the page had read."""
    touch(dossier=concern.dossier)
    concern.teller = Teller.objects.get(pk=concern.pk)
    return concern.teller


def _may(viewer: Viewer, concern: Concern) -> bool:
    return may_act_as_teller(viewer, concern) or may_see_teller(viewer, concern)


@transaction.atomic
def take_back_consent(
    *, viewer: Viewer, concern: Concern, channel: Channel, wording: str, now: datetime
) -> Entry:
    """Take back that contact data may be passed on: a new line of the ledger, from now on.

    Mails to bodies that wait lose the contact data, and none that is sent again holds it. Bodies
    that have it already keep their mail: the office gets the task to ask them to delete it.
    wording: what the person pressed or said.
    Raises NotAllowed unless teller or somebody who may see the contact data; NothingToTakeBack.
    """
    demand(_may(viewer, concern))
    teller = _teller_now(concern)
    if not Teller.objects.filter(pk=teller.pk, may_pass_on=True).update(may_pass_on=False):
        raise NothingToTakeBack
    teller.may_pass_on = False
    record_consent(
        quarter=concern.quarter,
        subject=teller.subject,
        purpose=ConsentPurpose.PASS_ON_CONTACT,
        step=ConsentStep.WITHDRAWN,
        wording=wording,
        language=concern.dossier.language,
        channel=channel,
        taken_by_id=viewer.user_id,
        now=now,
    )
    identity = identity_of(teller=teller)
    words = identity.names | identity.emails | identity.phones | identity.addresses
    clean_search_later()
    blacken_mails_to_bodies(dossier=concern.dossier, words=words)
    _ask_bodies_to_delete(concern, now)
    return record(
        dossier=concern.dossier,
        deed="consent_withdrawn",
        actor=Actor.OFFICE if viewer.is_member else Actor.TELLER,
        by_id=viewer.user_id,
        data={"channel": channel},
        now=now,
    )


def _ask_bodies_to_delete(concern: Concern, now: datetime) -> None:
    bodies = ", ".join(referral.body.name for referral in bodies_with_contact(concern))
    if not bodies:
        return
    with translation.override("de"):
        note = _("Consent taken back. Ask to delete the contact data: %(bodies)s")
    words = (note % {"bodies": bodies})[:200]
    today = concern.quarter.local_day(now)
    if concern.is_open:
        set_next_date(
            concern=concern, due_on=today, reason=FollowUpReason.WORK, note=words, now=now
        )
    else:
        plan_follow_up(
            dossier=concern.dossier,
            due_on=today,
            reason=FollowUpReason.WORK,
            note=words,
            now=now,
        )


@transaction.atomic
def change_contact(*, viewer: Viewer, concern: Concern, contact: Contact, now: datetime) -> Entry:
    """The person corrects their contact data. What they take out goes everywhere.

    A new e-mail address has to be confirmed, as at the beginning; a blocked one gets no mail.
    Raises NotAllowed unless the viewer holds the status link; WayMissing; TextGone; OnItsWay.
    """
    demand(may_act_as_teller(viewer, concern))
    needed = NEEDED.get(contact.way)
    if needed and not getattr(contact, needed):
        raise WayMissing(field=needed)
    teller = _teller_now(concern)
    concern.refresh_from_db(fields=["state", "text_gone_at"])
    if concern.text_gone_at is not None:
        raise TextGone
    is_new_address = contact.email.lower() != teller.email.lower()
    _let_old_values_go(teller, contact, is_new_address=is_new_address)
    teller.name, teller.phone, teller.address = contact.name, contact.phone, contact.address
    teller.email, teller.way, teller.contact_gone_at = contact.email, contact.way, None
    if is_new_address:
        teller.email_confirmed_at = None
        teller.email_given_at = now if contact.email else None
    teller.save(update_fields=OWN + CONFIRMATION if is_new_address else OWN)
    add_search_words(
        dossier=concern.dossier, words=f"{contact.name} {contact.email} {contact.phone}"
    )
    clean_search_later()
    if is_new_address and not is_blocked(concern.quarter, contact.email):
        ask_to_confirm(concern=concern, teller=teller, now=now)
    return record(dossier=concern.dossier, deed="contact_changed", actor=Actor.TELLER, now=now)


def _let_old_values_go(teller: Teller, contact: Contact, *, is_new_address: bool) -> None:
    pairs = (
        (teller.name, contact.name),
        (teller.phone, contact.phone),
        (teller.address, contact.address),
    )
    if is_new_address:
        drop_address(teller=teller)
    blacken_matters([teller.pk], [old for old, new in pairs if old and not new])
    clean_indexes([teller.pk], [old for old, new in pairs if old and old != new])


@transaction.atomic
def delete_contact(*, viewer: Viewer, concern: Concern, now: datetime) -> Entry:
    """The person lets us forget who they are; the concern stays, and so does its status page.

    Raises NotAllowed unless the viewer holds the status link; OnItsWay.
    """
    demand(may_act_as_teller(viewer, concern))
    if _teller_now(concern).may_pass_on:
        with translation.override(concern.dossier.language):
            wording = _("I want my contact data to be deleted.")
        take_back_consent(
            viewer=viewer, concern=concern, channel=Channel.WEB, wording=wording, now=now
        )
    clean_search_later()
    return forget_contact(
        teller=concern.teller, actor=Actor.TELLER, by_id=None, deed="contact_deleted", now=now
    )
