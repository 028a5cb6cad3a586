"""Reads of the correspondence module."""

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from quartiersladen.accounts.rules import Viewer
from quartiersladen.correspondence.models import Message
from quartiersladen.dossiers.models import Dossier
from quartiersladen.dossiers.rules import may_look_inside, rows_inside


def messages_of(viewer: Viewer, dossier: Dossier) -> QuerySet[Message]:
    """Return the correspondence of a dossier for the desk, oldest first; nothing for others."""
    if not may_look_inside(viewer, dossier):
        return Message.objects.none()
    return (
        Message.objects.filter(dossier=dossier)
        .select_related("body", "by", "mail")
        .order_by("at", "pk")
    )


def hidden_mails(viewer: Viewer) -> Q:
    """Return the filter on mails of dossiers whose page at the desk the viewer may not open.

    The mail that confirms an address is no correspondence: its status link says what it is about.
    """
    kept = Message.objects.filter(mail=OuterRef("pk")).exclude(rows_inside(viewer, "dossier__"))
    subject = KeyTextTransform("subject_id", KeyTransform("status", OuterRef("links")))
    linked = Dossier.objects.alias(linked=Cast(subject, BigIntegerField())).filter(pk=F("linked"))
    return Q(Exists(kept)) | Q(Exists(linked.exclude(rows_inside(viewer))))
