"""Tables of the privacy module. All but the rules are append-only by database trigger."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from quartiersladen.privacy.states import (
    CONFIDENTIAL_READ,
    ConsentPurpose,
    ConsentStep,
    RetentionKind,
)
from quartiersladen.quarters.models import Quarter


class Consent(models.Model):
    """One line of the consent ledger. The latest line of a subject and purpose counts."""

    quarter = models.ForeignKey(Quarter, models.PROTECT)
    #: Which row of which module it is about, for example "concerns.teller:17".
    subject = models.CharField(max_length=80)
    purpose = models.CharField(max_length=24, choices=ConsentPurpose)
    step = models.CharField(max_length=10, choices=ConsentStep)
    #: The words that the person agreed to, in the language they saw.
    wording = models.TextField()
    language = models.CharField(max_length=10)
    #: How it was given: web, phone, walk-in, ...
    channel = models.CharField(max_length=12)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=ConsentPurpose.values), name="consent_purpose_known"
            ),
            models.CheckConstraint(
                condition=Q(step__in=ConsentStep.values), name="consent_step_known"
            ),
        ]
        indexes = [models.Index(fields=["subject", "purpose", "-at"], name="consent_of_subject")]

    def __str__(self) -> str:
        return f"{self.subject} {self.purpose} {self.step}"


class Trail(models.Model):
    """One write below the dossiers: who changed which setting, text or member."""

    quarter = models.ForeignKey(Quarter, models.PROTECT)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    deed = models.CharField(max_length=60)
    #: What it was done to, for example "website.page:imprint".
    subject = models.CharField(max_length=120)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["quarter", "-at"], name="trail_of_quarter"),
            models.Index(
                fields=["subject", "-at"],
                condition=Q(deed=CONFIDENTIAL_READ),
                name="trail_of_confidential",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.deed} {self.subject}"


class RetentionRule(models.Model):
    """How long one kind of record is kept in one quarter, and whether the rule is at work.

    A rule without a row is the default one and has not found anything yet. The first time it finds
    something it only announces it; see `retention` for what follows.
    """

    quarter = models.ForeignKey(Quarter, models.CASCADE, related_name="retention_rules")
    kind = models.CharField(max_length=8, choices=RetentionKind)
    #: Counted from the closing, the sending, the reading; what exactly says the module.
    days = models.PositiveIntegerField()
    announced_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["quarter", "kind"], name="retention_rule_once_per_quarter"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=RetentionKind.values), name="retention_rule_kind_known"
            ),
            models.CheckConstraint(condition=Q(days__gte=1), name="retention_rule_days_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quarter_id} {self.kind}: {self.days}"


class RetentionProof(models.Model):
    """Proof that a rule was carried out: how many rows of which kind went on which day.

    One line per portion, written in the portion's transaction, so that it is true also when a run
    was cut off; a run that found nothing leaves a line with 0. No line names a person.
    """

    quarter = models.ForeignKey(Quarter, models.PROTECT)
    kind = models.CharField(max_length=8, choices=RetentionKind)
    #: The rule as it was: days.
    days = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    #: The day in the quarter, by which the lines of one run are summed up.
    day = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=RetentionKind.values), name="retention_proof_kind_known"
            ),
            models.UniqueConstraint(
                fields=["quarter", "kind", "day"],
                condition=Q(count=0),
                name="retention_proof_one_zero_a_day",
            ),
        ]
        indexes = [models.Index(fields=["quarter", "-day"], name="retention_proof_by_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}: {self.count}"
