"""Who may do what with correspondence. Who may read it is the dossier's rule."""

from django.db.models import Q

from quartiersladen.accounts.rules import Viewer
from quartiersladen.correspondence.models import InboundMail
from quartiersladen.dossiers.rules import may_look_inside, rows_inside


def may_keep_snippets(viewer: Viewer, quarter_id: int) -> bool:
    """Lead, moderator and administrator of the quarter write its text snippets."""
    return viewer.may_release_texts and viewer.quarter_id == quarter_id


def may_use_snippets(viewer: Viewer, quarter_id: int) -> bool:
    """Everybody at the desk may put one into what they write."""
    return viewer.may_enter and viewer.quarter_id == quarter_id


def may_read_mail(viewer: Viewer, mail: InboundMail) -> bool:
    """Lead and moderator read what came in; what belongs to a dossier, whoever may open that.

    So a helper reads the mails to assigned dossiers, and only named persons those to a confidential
    one.
    """
    if mail.quarter_id != viewer.quarter_id:
        return False
    if mail.dossier is None:
        return viewer.may_work
    return may_look_inside(viewer, mail.dossier)


def readable_mails(viewer: Viewer) -> Q:
    """Return the filter on InboundMail that matches exactly what may_read_mail lets through."""
    rows = rows_inside(viewer, "dossier__") & Q(dossier__isnull=False)
    if viewer.may_work:
        rows |= Q(dossier=None)
    return Q(quarter_id=viewer.quarter_id) & rows


def may_bring_mail(viewer: Viewer, quarter_id: int) -> bool:
    """Lead and moderator put a mail into the inbox as a file."""
    return viewer.may_work and viewer.quarter_id == quarter_id
