"""Reads of the correspondence module."""

from django.db.models import QuerySet

from quartiersladen.accounts.rules import Viewer
from quartiersladen.correspondence.models import Message
from quartiersladen.dossiers.models import Dossier
from quartiersladen.dossiers.rules import may_look_inside


def messages_of(viewer: Viewer, dossier: Dossier) -> QuerySet[Message]:
    """Return the correspondence of a dossier for the desk, oldest first; nothing for others."""
    if not may_look_inside(viewer, dossier):
        return Message.objects.none()
    return (
        Message.objects.filter(dossier=dossier)
        .select_related("body", "by", "mail")
        .order_by("at", "pk")
    )
