"""To whom concerns of a kind usually go."""

from django.db import models
from django.db.models import Q

from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.quarters.models import District, Quarter, Theme

RULE_NAME_LENGTH = 80  # characters
RULE_NOTE_LENGTH = 300  # characters


class RoutingRule(models.Model):
    """To whom concerns of a kind usually go, by words, themes and district: only a suggestion."""

    quarter = models.ForeignKey(Quarter, models.CASCADE, related_name="routing_rules")
    #: What the office calls it; the reason of a suggestion names it.
    name = models.CharField(max_length=RULE_NAME_LENGTH)
    #: Beginnings of words in any language, as they are typed; compared as kernel.text.fold does.
    words = models.JSONField(default=list, blank=True)
    #: Only for these themes; for every theme if there are none.
    themes = models.ManyToManyField(Theme, blank=True)
    #: Only there. A rule for a district that is gone goes with it, or it would fit everywhere.
    district = models.ForeignKey(District, models.CASCADE, null=True, related_name="+")
    body = models.ForeignKey(ResponsibleBody, models.PROTECT, related_name="routing_rules")
    person = models.ForeignKey(ContactPerson, models.PROTECT, null=True, related_name="+")
    #: The office's own words, shown with the suggestion.
    note = models.CharField(max_length=RULE_NOTE_LENGTH, blank=True)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    #: Key of the form it was added with: a double click makes one.
    submission_key = models.UUIDField(unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="routing_rule_has_name"),
        ]

    def __str__(self) -> str:
        return self.name
