"""Whose reports wait in the quarantine."""

from django.db.models import CharField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Concat, Lower

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import BlockedSender
from quartiersladen.kernel.spam import sender_names
from quartiersladen.kernel.text import is_key
from quartiersladen.quarters.models import Quarter


def blocked_senders(viewer: Viewer) -> list[BlockedSender]:
    """Return the list of blocked senders; nothing for who does not work with it."""
    if not viewer.may_work:
        return []
    rows = BlockedSender.objects.filter(quarter_id=viewer.quarter_id).select_related("by")
    return list(rows.order_by("name"))


def is_blocked(quarter: Quarter, email: str) -> bool:
    """Whether the office has blocked an address or its domain."""
    names = sender_names(email, "")
    return BlockedSender.objects.filter(quarter=quarter, name__in=names).exists()


def blocked_mails() -> Exists:
    """Return whether the office has blocked the sender of an InboundMail, as is_blocked says it."""
    senders = BlockedSender.objects.filter(quarter=OuterRef("quarter"))
    return Exists(
        senders.alias(
            address=Lower(OuterRef("sender_address"), output_field=CharField()),
            of_domain=Concat(Value("@"), "name"),
            of_domain_below=Concat(Value("."), "name"),
        ).filter(
            Q(name=F("address"))
            | Q(address__endswith=F("of_domain"))
            | Q(address__endswith=F("of_domain_below")) & ~Q(name__contains="@")
        )
    )


def get_blocked_sender(viewer: Viewer, key: str) -> BlockedSender:
    """Return one name of the list. Raises BlockedSender.DoesNotExist."""
    if not viewer.may_work or not is_key(key):
        raise BlockedSender.DoesNotExist
    return BlockedSender.objects.select_related("quarter").get(
        pk=int(key), quarter_id=viewer.quarter_id
    )
