"""Where many concerns come from at once."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from quartiersladen.concerns.states import ActionKind
from quartiersladen.quarters.models import Quarter, Theme


class Action(models.Model):
    """Where many concerns come from at once: a postcard action, an office hour, a walk."""

    quarter = models.ForeignKey(Quarter, models.PROTECT, related_name="actions")
    kind = models.CharField(max_length=11, choices=ActionKind)
    name = models.CharField(max_length=120)
    on = models.DateField()
    place = models.CharField(max_length=120, blank=True)
    #: What a line is about that says nothing else.
    theme = models.ForeignKey(Theme, models.PROTECT, null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    created_at = models.DateTimeField()
    #: Key of the form it was begun with: a double click makes one.
    submission_key = models.UUIDField(unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ActionKind.values), name="action_kind_known"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="action_has_name"),
        ]
        indexes = [models.Index(fields=["quarter", "-on"], name="action_by_day")]

    def __str__(self) -> str:
        return self.name
