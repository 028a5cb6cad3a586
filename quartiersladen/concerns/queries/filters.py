"""Views of the desk's list that somebody kept, alone or for the team."""

from django.db.models import Q, QuerySet

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import SavedFilter


def saved_filters(viewer: Viewer) -> list[SavedFilter]:
    """Return the filters of the team and the viewer's own, in their order; one statement."""
    if not viewer.may_enter:
        return []
    rows = _filters_for(viewer)
    return list(rows.order_by("position", "folded", "pk"))


def get_saved_filter(viewer: Viewer, key: int) -> SavedFilter:
    """Return a filter that the viewer sees. Raises SavedFilter.DoesNotExist."""
    if not viewer.may_enter:
        raise SavedFilter.DoesNotExist
    return _filters_for(viewer).get(pk=key)


def _filters_for(viewer: Viewer) -> QuerySet[SavedFilter]:
    seen = Q(is_shared=True) | Q(user_id=viewer.user_id or 0)
    return SavedFilter.objects.filter(seen, quarter_id=viewer.quarter_id)
