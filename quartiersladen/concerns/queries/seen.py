"""Which concerns a viewer may see; every other read begins here."""

from django.db.models import QuerySet

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern
from quartiersladen.dossiers.rules import rows_inside, visible_rows

DOSSIER = "dossier__"  # the path from a concern


def concerns_inside(viewer: Viewer) -> QuerySet[Concern]:
    """Return the concerns whose page at the desk the viewer may open, without order."""
    return Concern.objects.filter(rows_inside(viewer, DOSSIER, quarter="quarter_id"))


def concerns_for(viewer: Viewer) -> QuerySet[Concern]:
    """Return the concerns that the viewer may see, without order."""
    return Concern.objects.filter(visible_rows(viewer, DOSSIER, quarter="quarter_id"))
