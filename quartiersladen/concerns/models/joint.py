"""Concerns that belong together."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from quartiersladen.concerns.models.concern import Concern
from quartiersladen.concerns.states import ConcernState


class Joining(models.Model):
    """A concern was joined to a leading one: what it takes to part them again."""

    concern = models.ForeignKey(Concern, models.CASCADE, related_name="joinings")
    leader = models.ForeignKey(Concern, models.CASCADE, related_name="joinings_led")
    joined_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    #: Where the concern stood, and the next date it had.
    state_before = models.CharField(max_length=12, choices=ConcernState)
    next_on_before = models.DateField()
    #: Keys of the referrals that went over to the leading concern, and of those that were revoked.
    moved = models.JSONField(default=list)
    revoked = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["concern"], condition=Q(undone_at=None), name="joining_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(concern=models.F("leader")), name="joining_not_to_itself"
            ),
            models.CheckConstraint(
                condition=Q(state_before__in=ConcernState.values), name="joining_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.leader_id}"
