"""Who may see a dossier and its parts. The predicate and the row filter stand side by side.

This is the one place that decides: page, feed, search, file, export and mail ask here.
"""

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from quartiersladen.accounts.rules import Viewer
from quartiersladen.accounts.states import LinkPurpose, Role
from quartiersladen.dossiers.models import Document, Dossier, Entry
from quartiersladen.dossiers.states import Audience

WITH_TELLER = frozenset({Audience.PUBLIC, Audience.TELLER})
NOTHING = Q(pk__in=[])
#: Written out: every page of the desk asks it several times, and composing it takes longer.
HIDDEN = (
    "SELECT id FROM dossiers_dossier WHERE quarter_id = %s AND audience = %s "
    "AND id NOT IN (SELECT dossier_id FROM dossiers_named WHERE user_id = %s)"
)


def may_view(viewer: Viewer, dossier: Dossier) -> bool:
    """Say whether the viewer may see that this dossier exists.

    Confidential ones are for named persons among lead and moderators; released ones for
    everybody; the rest for lead and moderator, for helpers when it is assigned to them, and for
    the teller through their link.
    """
    if dossier.quarter_id != viewer.quarter_id:
        return False
    if dossier.audience == Audience.CONFIDENTIAL:
        return viewer.may_work and dossier.named.filter(user_id=viewer.user_id or 0).exists()
    if dossier.audience == Audience.PUBLIC or viewer.may_work:
        return True
    if viewer.role == Role.HELPER:
        return dossier.assigned_to_id == viewer.user_id
    return dossier.audience in WITH_TELLER and _holds_teller_link(viewer, dossier)


def _holds_teller_link(viewer: Viewer, dossier: Dossier) -> bool:
    return (
        viewer.link_purpose == LinkPurpose.TELLER_STATUS and viewer.link_subject_id == dossier.pk
    )


def visible_rows(viewer: Viewer, path: str = "", *, quarter: str = "") -> Q:
    """Return the filter that matches exactly the rows for which may_view is true.

    path: from the row to its dossier, "" for dossiers themselves, "dossier__" for a concern. A
    list that joins its dossiers can walk its own index; one that asks for `dossier__in` cannot.
    quarter: the row's own field with the key of its quarter, which is that of its dossier; then
    the desk counts rows without looking at their dossiers.
    """
    here = Q(**{quarter or f"{path}quarter_id": viewer.quarter_id})
    if viewer.may_work:
        # Few are hidden: leaving them out costs less than asking each dossier who may see it.
        return here & ~_at(path, pk__in=_hidden_from(viewer))
    rows = _at(path, audience=Audience.PUBLIC)
    if viewer.role == Role.HELPER:
        rows |= ~_at(path, audience=Audience.CONFIDENTIAL) & _at(
            path, assigned_to_id=viewer.user_id
        )
    elif viewer.link_purpose == LinkPurpose.TELLER_STATUS:
        rows |= _at(path, pk=viewer.link_subject_id, audience__in=[a.value for a in WITH_TELLER])
    return here & rows


def _hidden_from(viewer: Viewer) -> RawSQL:
    """Return the keys of confidential dossiers on which the viewer is not named."""
    return RawSQL(HIDDEN, (viewer.quarter_id, Audience.CONFIDENTIAL.value, viewer.user_id or 0))  # noqa: S611 -- a constant


def countable_rows(quarter_id: int, path: str = "") -> Q:
    """Return the filter for dossiers of which anybody may know that they exist, not what is in them.

    For sums that are told to everybody, and for who sent something in. Confidential ones count
    nowhere, nor does what waits in the quarantine. path: as in visible_rows.
    """
    rows = ~_at(path, audience=Audience.CONFIDENTIAL)
    return _at(path, quarter_id=quarter_id, held_at=None) & rows


def _at(path: str, **conditions: object) -> Q:
    return Q(**{f"{path}{name}": value for name, value in conditions.items()})


def confidential_of(quarter_id: int) -> QuerySet[Dossier]:
    """Return the confidential dossiers of a quarter, only to be left out or counted as a whole.

    Figures and files that leave the desk do without them, whoever makes them.
    """
    return Dossier.objects.filter(quarter_id=quarter_id, audience=Audience.CONFIDENTIAL)


def may_learn_confidential(viewer: Viewer, dossier: Dossier) -> bool:
    """Say whether the person's link may say that it is treated confidentially, and nothing else."""
    is_here = dossier.quarter_id == viewer.quarter_id
    return is_here and dossier.is_confidential and _holds_teller_link(viewer, dossier)


def may_name(viewer: Viewer, dossier: Dossier) -> bool:
    """Say whether the viewer may say who sees a confidential dossier: who is named themselves."""
    return viewer.may_work and may_look_inside(viewer, dossier)


def may_take_care(viewer: Viewer) -> bool:
    """Say whether the viewer may name somebody where nobody who is named works here any more."""
    return viewer.role == Role.LEAD


def may_look_inside(viewer: Viewer, dossier: Dossier) -> bool:
    """Say whether the viewer may see the desk's page: journal, teller, correspondence."""
    if not viewer.may_enter or not may_view(viewer, dossier):
        return False
    return viewer.role != Role.HELPER or dossier.assigned_to_id == viewer.user_id


def rows_inside(viewer: Viewer, path: str = "", *, quarter: str = "") -> Q:
    """Return the filter for which may_look_inside is true. path, quarter: as in visible_rows."""
    if not viewer.may_enter:
        return NOTHING
    rows = visible_rows(viewer, path, quarter=quarter)
    if viewer.role == Role.HELPER:
        rows &= _at(path, assigned_to_id=viewer.user_id)
    return rows


def may_change(viewer: Viewer, dossier: Dossier) -> bool:
    """Say whether the viewer may do the office's deeds on this dossier."""
    return may_look_inside(viewer, dossier)


def may_read_entry(viewer: Viewer, dossier: Dossier, entry: Entry) -> bool:
    """Say whether a journal line may be shown."""
    if may_look_inside(viewer, dossier):
        return True
    if not may_view(viewer, dossier):
        return False
    if entry.audience == Audience.TELLER:
        return _holds_teller_link(viewer, dossier)
    return entry.audience == Audience.PUBLIC


def readable_entries(viewer: Viewer, dossier: Dossier) -> Q:
    """Return the filter on Entry that matches exactly the lines that may be shown."""
    if may_look_inside(viewer, dossier):
        return Q(dossier=dossier)
    if not may_view(viewer, dossier):
        return NOTHING
    audiences = [Audience.PUBLIC]
    if _holds_teller_link(viewer, dossier):
        audiences.append(Audience.TELLER)
    return Q(dossier=dossier, audience__in=audiences)


def openable_documents(viewer: Viewer, dossier: Dossier) -> Q:
    """Return the filter on Document that matches exactly the files that may be opened."""
    if may_look_inside(viewer, dossier):
        return Q(dossier=dossier)
    if not may_view(viewer, dossier):
        return NOTHING
    rows = NOTHING
    if _holds_teller_link(viewer, dossier):
        rows |= Q(is_of_teller=True)
    if dossier.audience == Audience.PUBLIC:
        rows |= Q(is_released=True)
    return Q(dossier=dossier) & rows


def may_open_document(viewer: Viewer, document: Document) -> bool:
    """Say whether the viewer may open a file of a dossier."""
    dossier = document.dossier
    if may_look_inside(viewer, dossier):
        return True
    if not may_view(viewer, dossier):
        return False
    if document.is_of_teller and _holds_teller_link(viewer, dossier):
        return True
    return document.is_released and dossier.audience == Audience.PUBLIC
