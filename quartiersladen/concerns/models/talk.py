"""Talks that are no concern."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from quartiersladen.concerns.states import TalkPlace
from quartiersladen.quarters.models import Quarter, Theme


class Talk(models.Model):
    """A talk that is no concern: counted by place, channel and theme, without persons."""

    quarter = models.ForeignKey(Quarter, models.PROTECT)
    on = models.DateField()
    place = models.CharField(max_length=6, choices=TalkPlace)
    theme = models.ForeignKey(Theme, models.PROTECT, null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(place__in=TalkPlace.values), name="talk_place_known"
            )
        ]
        indexes = [models.Index(fields=["quarter", "on"], name="talk_by_day")]

    def __str__(self) -> str:
        return f"{self.on} {self.place}"
