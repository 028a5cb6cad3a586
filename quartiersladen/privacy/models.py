"""Tables of the privacy module. Both are append-only by database trigger."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from quartiersladen.privacy.states import ConsentPurpose, ConsentStep
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
        indexes = [models.Index(fields=["quarter", "-at"], name="trail_of_quarter")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.deed} {self.subject}"
