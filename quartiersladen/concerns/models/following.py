"""Who wants to read what is new."""

from django.db import models
from django.db.models import Q

from quartiersladen.concerns.models.concern import Concern
from quartiersladen.concerns.states import Rhythm
from quartiersladen.quarters.models import District, Quarter, Theme


class Following(models.Model):
    """Somebody gets mails about what is new: of a theme, of a place, or of one concern.

    Nothing else is known of the person. Without theme, place and concern it is the whole quarter.
    """

    quarter = models.ForeignKey(Quarter, models.CASCADE, related_name="followings")
    email = models.EmailField()
    language = models.CharField(max_length=10, default="de")
    rhythm = models.CharField(max_length=7, choices=Rhythm, default=Rhythm.WEEKLY)
    theme = models.ForeignKey(Theme, models.CASCADE, null=True, related_name="+")
    district = models.ForeignKey(District, models.CASCADE, null=True, related_name="+")
    #: On a grid of about 100 m: it may be where the person lives.
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    metres = models.PositiveSmallIntegerField(null=True)
    concern = models.ForeignKey(Concern, models.CASCADE, null=True, related_name="followings")
    #: What is followed, in one word for the constraint: NULLs would all differ.
    subject = models.CharField(max_length=80)
    #: When it was last asked for; the link in that mail is good for 14 days.
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    link_generation = models.PositiveIntegerField(default=1)
    #: Up to which moment the person has been told; a conditional update of it decides who writes.
    told_until = models.DateTimeField()
    last_sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["quarter", "email", "subject"], name="following_once_per_address"
            ),
            models.CheckConstraint(
                condition=Q(rhythm__in=Rhythm.values), name="following_rhythm_known"
            ),
            models.CheckConstraint(
                condition=Q(rhythm=Rhythm.WEEKLY) | Q(concern__isnull=False),
                name="following_at_once_is_one_concern",
            ),
            models.CheckConstraint(
                condition=Q(concern=None)
                | Q(theme=None, district=None, latitude=None, longitude=None, metres=None),
                name="following_one_concern_is_all",
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None, metres=None)
                | Q(
                    district=None,
                    latitude__isnull=False,
                    longitude__isnull=False,
                    metres__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                    metres__gte=1,
                ),
                name="following_one_place",
            ),
        ]
        indexes = [
            models.Index(
                fields=["quarter", "told_until"],
                condition=Q(confirmed_at__isnull=False),
                name="following_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.quarter_id} {self.subject}"

    @property
    def consent_subject(self) -> str:
        """The name of this person in the consent ledger."""
        return f"concerns.following:{self.pk}"
