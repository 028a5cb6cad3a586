"""What a mediation lets go of: the parties' names and contact data, later all of its texts.

Days, kinds and minutes of the steps, and how it ended, stay: they say nothing of a person.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services.forgetting import over_since
from quartiersladen.dossiers.models import Dossier
from quartiersladen.dossiers.services.dossier import touch
from quartiersladen.mediation.models import Mediation, Party, Step
from quartiersladen.mediation.services.lines import write_line
from quartiersladen.privacy.append_only import erasure_permit
from quartiersladen.privacy.free_text import MARK, blacken_matters
from quartiersladen.privacy.registry import Identity
from quartiersladen.quarters.models import Quarter


def identity_of(*, party: Party) -> Identity:
    """Return by what a party is recognised. The matter is not theirs: others told it."""
    if party.gone_at is not None:
        return Identity()
    return Identity(
        names=frozenset({party.name}),
        emails=frozenset({party.email} - {""}),
        phones=frozenset({party.phone} - {""}),
        addresses=frozenset({party.contact} - {""}),
    )


def forget_party(*, party: Party, now: datetime) -> None:
    """Delete what is known of one party, and blacken it in every text of the concern; part of a deed."""
    known = identity_of(party=party)
    words = known.names | known.emails | known.phones | known.addresses
    with erasure_permit():
        blacken_matters([party.mediation.concern_id], words)
    _empty(party, now)


def _empty(party: Party, now: datetime) -> None:
    changes = {
        "name": MARK,
        "email": "",
        "phone": "",
        "contact": "",
        "language": "",
        "needs_interpreter": False,
        "gone_at": now,
    }
    Party.objects.filter(pk=party.pk).update(**changes)
    for name, value in changes.items():
        setattr(party, name, value)


def parties_to_let_go(*, quarter: Quarter, before: datetime) -> Q:
    """Return the filter on Dossier: closed before a moment, a party still known."""
    known = Party.objects.filter(mediation__concern=OuterRef("pk"), gone_at=None)
    return over_since(quarter=quarter, before=before) & Q(Exists(known))


def texts_to_let_go(*, quarter: Quarter, before: datetime) -> Q:
    """Return the filter on Dossier: closed before a moment, texts of a mediation still there."""
    kept = Mediation.objects.filter(
        concern=OuterRef("pk"), texts_gone_at=None, concern__topic_months=None
    )
    return over_since(quarter=quarter, before=before) & Q(Exists(kept))


def _portion(rows: Q, limit: int) -> list[int]:
    """Lock some dossiers; one that another worker has, or that was opened again, is left out."""
    found = Dossier.objects.filter(rows).order_by("pk")
    locked = found.select_for_update(of=("self",), skip_locked=True)[:limit]
    return [dossier.pk for dossier in locked]


def _concerns(keys: list[int]) -> list[Concern]:
    rows = Concern.objects.filter(pk__in=keys).select_related("dossier", "quarter")
    return list(rows.order_by("pk"))


def let_parties_go(*, quarter: Quarter, before: datetime, limit: int, now: datetime) -> int:
    """Delete the parties' data on concerns closed before a moment. Returns on how many it was."""
    keys = _portion(parties_to_let_go(quarter=quarter, before=before), limit)
    count = 0
    for concern in _concerns(keys):
        count += _let_parties_of_go(concern, now)
    return count


def _let_parties_of_go(concern: Concern, now: datetime) -> bool:
    """Forget the parties unless another worker did so before the lock."""
    known = Party.objects.filter(mediation__concern=concern, gone_at=None)
    parties = list(known.select_related("mediation").order_by("pk"))
    for party in parties:
        party.mediation.concern = concern
        forget_party(party=party, now=now)
    if parties:
        touch(dossier=concern.dossier)  # an old form at the desk brings nothing back
        write_line(
            viewer=None, mediation=parties[-1].mediation, deed="mediation_parties_gone", now=now
        )
    return bool(parties)


def let_texts_go(*, quarter: Quarter, before: datetime, limit: int, now: datetime) -> int:
    """Delete agreement and notes on concerns closed before a moment. Returns on how many it was."""
    keys = _portion(texts_to_let_go(quarter=quarter, before=before), limit)
    count = 0
    for concern in _concerns(keys):
        count += let_texts_of_go(concern=concern, now=now)
    return count


def let_texts_of_go(*, concern: Concern, now: datetime) -> bool:
    """Delete the texts of one concern's mediations unless another worker did so before the lock."""
    mediations = list(Mediation.objects.filter(concern=concern, texts_gone_at=None).order_by("pk"))
    if not mediations:
        return False
    _let_parties_of_go(concern, now)
    touch(dossier=concern.dossier)
    for mediation in mediations:
        mediation.concern = concern
        Step.objects.filter(mediation=mediation).exclude(notes="").update(notes=MARK)
        changes = {
            name: MARK
            for name in ("agreement", "check_note", "end_note", "service")
            if getattr(mediation, name)
        }
        Mediation.objects.filter(pk=mediation.pk).update(**changes, texts_gone_at=now)
    write_line(viewer=None, mediation=mediations[-1], deed="mediation_texts_gone", now=now)
    return True
