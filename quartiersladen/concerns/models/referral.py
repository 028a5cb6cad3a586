"""A concern in the hands of a body."""

from django.db import models
from django.db.models import Q

from quartiersladen.concerns.models.concern import Concern
from quartiersladen.concerns.states import ReferralState
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.models import ContactPerson, ResponsibleBody


class Referral(models.Model):
    """A concern in the hands of one responsible body."""

    concern = models.ForeignKey(Concern, models.CASCADE, related_name="referrals")
    body = models.ForeignKey(ResponsibleBody, models.PROTECT, related_name="referrals")
    person = models.ForeignKey(ContactPerson, models.PROTECT, null=True)
    way = models.CharField(max_length=5, choices=Way)
    state = models.CharField(max_length=8, choices=ReferralState, default=ReferralState.SENT)
    sent_at = models.DateTimeField()
    #: The office's own words to the body.
    cover_note = models.TextField(blank=True)
    with_contact = models.BooleanField(default=False)
    asks = models.PositiveSmallIntegerField(default=0)
    last_asked_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    #: What the body said: the answer, or why it declined.
    reply = models.TextField(blank=True)
    #: By when the body wants to have done it.
    expected_on = models.DateField(null=True)
    #: Raising it revokes the one-case link.
    link_generation = models.PositiveIntegerField(default=1)
    link_expires_on = models.DateField()
    #: The concern with which it went out, if a joint case has taken it over since.
    moved_from = models.ForeignKey(
        Concern, models.PROTECT, null=True, related_name="referrals_moved"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ReferralState.values), name="referral_state_known"
            ),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="referral_way_known"),
            models.CheckConstraint(
                condition=~Q(state__in=[ReferralState.DECLINED, ReferralState.ANSWERED])
                | (Q(settled_at__isnull=False) & ~Q(reply="")),
                name="referral_settled_has_reply",
            ),
            models.UniqueConstraint(
                fields=["concern", "body"],
                condition=Q(state__in=["sent", "accepted", "silent"]),
                name="referral_one_waiting_per_body",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-settled_at", "-id"],
                condition=Q(settled_at__isnull=False),
                name="referral_settled",
            )
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.body_id} {self.state}"
