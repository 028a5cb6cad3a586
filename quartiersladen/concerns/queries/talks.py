"""Talks that are no concern, as they were counted."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Count, QuerySet

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Talk
from quartiersladen.kernel.text import is_key


def talks_on(viewer: Viewer, day: date) -> QuerySet[Talk]:
    """Return the talks of a day that the viewer counted, newest first."""
    return (
        Talk.objects.filter(quarter_id=viewer.quarter_id, on=day, by_id=viewer.user_id)
        .select_related("theme")
        .order_by("-created_at", "-pk")
    )


def talk_counts(viewer: Viewer, *, since: date) -> list[Mapping[str, object]]:
    """Return how many talks were counted per place since a day; nothing for outsiders."""
    if not viewer.may_enter:
        return []
    return list(
        Talk.objects.filter(quarter_id=viewer.quarter_id, on__gte=since)
        .values("place")
        .annotate(count=Count("pk"))
        .order_by("place")
    )


def get_own_talk(viewer: Viewer, key: str) -> Talk:
    """Return a talk that the viewer counted. Raises Talk.DoesNotExist."""
    if not is_key(key):
        raise Talk.DoesNotExist
    return Talk.objects.select_related("quarter").get(
        pk=int(key), quarter_id=viewer.quarter_id, by_id=viewer.user_id
    )
