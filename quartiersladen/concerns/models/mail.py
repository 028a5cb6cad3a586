"""What came by mail, and whose mail waits first."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from quartiersladen.concerns.models.concern import Concern
from quartiersladen.concerns.states import MailEffect
from quartiersladen.correspondence.models import InboundMail
from quartiersladen.quarters.models import Quarter

SENDER_LENGTH = 254  # characters


class BlockedSender(models.Model):
    """An address or a domain whose reports wait in the quarantine. None is ever refused."""

    quarter = models.ForeignKey(Quarter, models.CASCADE)
    #: "somebody@example.org", or "example.org" for every address and link of that domain.
    name = models.CharField(max_length=SENDER_LENGTH)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quarter", "name"], name="blocked_once_per_quarter")
        ]

    def __str__(self) -> str:
        return self.name


class CameByMail(models.Model):
    """What the concerns made of one mail that came in; the row makes it happen once."""

    mail = models.OneToOneField(InboundMail, models.CASCADE, related_name="concern_effect")
    what = models.CharField(max_length=9, choices=MailEffect)
    #: None: the draft was no concern and is deleted.
    concern = models.ForeignKey(Concern, models.SET_NULL, null=True, related_name="came_by_mail")
    #: Of a proposal: which referral it may answer.
    referral = models.ForeignKey(
        "Referral", models.SET_NULL, null=True, related_name="came_by_mail"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(what__in=MailEffect.values), name="mail_effect_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mail_id} {self.what}"
