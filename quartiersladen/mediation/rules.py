"""Who sees a mediation: who is named on its confidential concern, and nobody else."""

from django.db.models import Q

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.rules import may_decide
from quartiersladen.dossiers.rules import NOTHING, rows_inside
from quartiersladen.dossiers.states import Audience
from quartiersladen.mediation.models import Mediation


def may_begin(viewer: Viewer, concern: Concern) -> bool:
    """Lead and moderator, on what they may open: a confidential one only if they are named."""
    return may_decide(viewer, concern)


def may_mediate(viewer: Viewer, mediation: Mediation) -> bool:
    """Read it and do all of its deeds: lead and moderators who are named on the concern."""
    concern = mediation.concern
    return concern.dossier.is_confidential and may_decide(viewer, concern)


def mediated_rows(viewer: Viewer, path: str = "") -> Q:
    """Return the filter on mediations for which may_mediate is true.

    path: from the row to its mediation, "" for mediations themselves, "mediation__" for a party.
    """
    if not viewer.may_work:
        return NOTHING
    to_dossier = f"{path}concern__dossier__"
    confidential = Q(**{f"{to_dossier}audience": Audience.CONFIDENTIAL})
    return rows_inside(viewer, to_dossier) & confidential
