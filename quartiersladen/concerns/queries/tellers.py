"""Who told a concern: what they agreed to, and what the house holds of them."""

from typing import Any

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.queries.referrals import bodies_with_contact
from quartiersladen.concerns.rules import may_act_as_teller
from quartiersladen.concerns.states import MeetingState
from quartiersladen.correspondence.queries import kept_text
from quartiersladen.correspondence.states import Counterpart
from quartiersladen.dossiers.queries import documents_of
from quartiersladen.privacy.models import Consent
from quartiersladen.privacy.queries import has_agreed
from quartiersladen.privacy.states import ConsentPurpose


def may_pass_on_contact(concern: Concern) -> bool:
    """Say whether bodies may get to know who told it.

    The ledger decides; the teller's row is a copy, and it may have been read before a withdrawal.
    """
    agreed = has_agreed(concern.teller.subject, ConsentPurpose.PASS_ON_CONTACT)
    return concern.teller.may_pass_on and agreed


def consents_of(viewer: Viewer, concern: Concern) -> list[Consent]:
    """Return the lines of the ledger about the person of a concern, oldest first."""
    if not may_act_as_teller(viewer, concern):
        return []
    return list(Consent.objects.filter(subject=concern.teller.subject).order_by("at", "pk"))


def own_data(viewer: Viewer, concern: Concern) -> dict[str, Any]:
    """Return what the house holds of the person behind a status link, for a file."""
    teller = concern.teller
    written = concern.dossier.messages.filter(counterpart=Counterpart.TELLER)
    return {
        "number": concern.dossier.reference,
        "office": concern.quarter.name,
        "contact": {
            "name": teller.name,
            "email": teller.email,
            "email_confirmed_at": teller.email_confirmed_at,
            "phone": teller.phone,
            "address": teller.address,
            "answer_by": teller.way,
            "may_be_passed_on": teller.may_pass_on,
        },
        "told": {
            "on": concern.told_on,
            "by": concern.channel,
            "language": concern.dossier.language,
            "theme": str(concern.theme) if concern.theme else "",
            "text": concern.text,
            "place": concern.place_text,
            "latitude": concern.latitude,
            "longitude": concern.longitude,
            "photos": [str(d.file_id) for d in documents_of(viewer, concern.dossier)],
        },
        "state": concern.state,
        "answer": concern.answer,
        "consents": [
            {"step": c.step, "wording": c.wording, "by": c.channel, "at": c.at}
            for c in consents_of(viewer, concern)
        ],
        "questions": [
            {
                "asked_at": q.asked_at,
                "question": q.text,
                "answered_at": q.answered_at,
                "answer": q.answer,
            }
            for q in concern.questions.order_by("asked_at", "pk")
        ],
        "meetings": [
            {"on": m.on, "words": m.for_person}
            for m in concern.meetings.filter(state=MeetingState.HELD)
            .exclude(for_person="")
            .order_by("on", "pk")
        ],
        "contact_passed_on_to": [
            {"body": r.body.name, "at": r.sent_at} for r in bodies_with_contact(concern)
        ],
        "written": [
            {"at": m.at, "direction": m.direction, "by": m.way, "text": kept_text(m)}
            for m in written.order_by("at", "pk")
        ],
    }
