"""What the office does not do, who helps instead, and how often that was shown."""

from django.db import models
from django.db.models import Q

from quartiersladen.concerns.states import HitOutcome, RuleMode
from quartiersladen.kernel.text import Localized, localized
from quartiersladen.quarters.models import Quarter, Theme


class RightAddress(models.Model):
    """Who helps with what the office does not do: a flat, a building site, the police."""

    quarter = models.ForeignKey(Quarter, models.CASCADE, related_name="right_addresses")
    #: Language code -> what it is about, for example "You are looking for a flat".
    name = models.JSONField()
    #: Language code -> name, address, phone and hours of who helps; plain lines.
    text = models.JSONField()
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return localized(self.name, "de")

    def name_in(self, language: str) -> Localized:
        """Return what it is about in `language` or the nearest one there is."""
        return localized(self.name, language)

    def text_in(self, language: str) -> Localized:
        """Return the address in `language` or the nearest one there is."""
        return localized(self.text, language)


class ScopeRule(models.Model):
    """What the office does not do, by words and themes, with who does: shown before sending."""

    quarter = models.ForeignKey(Quarter, models.CASCADE, related_name="scope_rules")
    #: Language code -> what it is about, for example "Searching for a flat".
    title = models.JSONField()
    #: Beginnings of words in any language, as they are typed; compared as kernel.text.fold does.
    words = models.JSONField(default=list, blank=True)
    #: Only for these themes; for every theme if there are none.
    themes = models.ManyToManyField(Theme, blank=True)
    #: Language code -> why it is not ours and who is responsible.
    text = models.JSONField(default=dict, blank=True)
    right_address = models.ForeignKey(RightAddress, models.PROTECT, null=True)
    mode = models.CharField(max_length=4, choices=RuleMode, default=RuleMode.HINT)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(mode__in=RuleMode.values), name="scope_rule_mode_known"
            )
        ]

    def __str__(self) -> str:
        return localized(self.title, "de")

    @property
    def is_stop(self) -> bool:
        """Whether it sends only as a hint of public interest."""
        return self.mode == RuleMode.STOP

    def title_in(self, language: str) -> Localized:
        """Return what it is about in `language` or the nearest one there is."""
        return localized(self.title, language)

    def text_in(self, language: str) -> Localized:
        """Return the words of the office in `language` or the nearest one there is."""
        return localized(self.text, language)


class ScopeHit(models.Model):
    """A rule of scope was shown before sending, and what came of it. No person and no text."""

    rule = models.ForeignKey(ScopeRule, models.CASCADE, related_name="hits")
    on = models.DateField()
    outcome = models.CharField(max_length=11, choices=HitOutcome, default=HitOutcome.LEFT)
    #: Key of the form, so that one form counts once; forgotten after a day.
    form_key = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=HitOutcome.values), name="scope_hit_outcome_known"
            ),
            models.UniqueConstraint(fields=["form_key", "rule"], name="scope_hit_once_per_form"),
        ]
        indexes = [models.Index(fields=["rule", "on"], name="scope_hit_by_day")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.on} {self.outcome}"
