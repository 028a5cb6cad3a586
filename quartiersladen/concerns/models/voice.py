"""Who says the same."""

from django.db import models
from django.db.models import Q

from quartiersladen.concerns.models.concern import Concern


class Voice(models.Model):
    """Somebody says "me too" to a released concern. Told apart by a cookie, never by a network."""

    concern = models.ForeignKey(Concern, models.CASCADE, related_name="voices")
    #: SHA-256 of a random number in the person's browser.
    cookie_hash = models.CharField(max_length=64)
    #: Where the answer shall go, if they want it; deleted when nobody confirms it.
    email = models.EmailField(blank=True)
    email_confirmed_at = models.DateTimeField(null=True)
    language = models.CharField(max_length=10)
    created_at = models.DateTimeField()
    email_given_at = models.DateTimeField(null=True)
    #: When the present answer was sent to them.
    told_at = models.DateTimeField(null=True)
    #: Raising it revokes the link in the mails.
    link_generation = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["concern", "cookie_hash"], name="voice_once_per_browser"
            ),
            models.UniqueConstraint(
                fields=["concern", "email"],
                condition=~Q(email=""),
                name="voice_once_per_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.created_at:%Y-%m-%d}"
