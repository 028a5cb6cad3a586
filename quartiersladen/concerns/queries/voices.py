"""Who said "me too": counted, never named."""

from django.db.models import Count, Q

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern, Voice
from quartiersladen.concerns.queries.public import get_released
from quartiersladen.concerns.rules import may_add_voice

FEWEST_VOICES = 3  # are shown to everybody


def get_open_to_voices(viewer: Viewer, reference: str) -> Concern:
    """Return a concern to which "me too" can be said; for a joined one the one that leads it.

    Raises Concern.DoesNotExist when it is missing, hidden or closed.
    """
    concern = get_released(viewer, reference)
    if concern.leader:
        concern = get_released(viewer, concern.leader.dossier.reference)
    if not may_add_voice(concern):
        raise Concern.DoesNotExist
    return concern


def joint_voices(leader_id: int) -> Q:
    """Return the filter on voices of a concern and of those that it leads."""
    circle = Concern.objects.filter(Q(pk=leader_id) | Q(leader=leader_id))
    return Q(concern__in=circle.values("pk"))


def voice_count(concern: Concern) -> int:
    """Count who said the same: voices, a browser once, and those who told it themselves."""
    voices = Voice.objects.filter(joint_voices(concern.pk)).order_by()
    said: int = voices.aggregate(n=Count("cookie_hash", distinct=True))["n"]
    return said + Concern.objects.filter(leader=concern).count()


def public_voice_count(concern: Concern) -> int:
    """Return the count for everybody; 0 below three, where a number could tell who it was."""
    count = voice_count(concern)
    return count if count >= FEWEST_VOICES else 0
