"""Who told a concern, kept apart from it."""

from django.db import models
from django.db.models import Q

from quartiersladen.concerns.models.concern import Concern
from quartiersladen.concerns.states import AnswerWay


class Teller(models.Model):
    """Who told it, as far as they wanted: personal data, deleted some time after closing."""

    concern = models.OneToOneField(Concern, models.CASCADE, primary_key=True)
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=300, blank=True)
    way = models.CharField(max_length=5, choices=AnswerWay, default=AnswerWay.LINK)
    #: Copy of the ledger's latest line, so that a list need not ask it.
    may_pass_on = models.BooleanField(default=False)
    email_confirmed_at = models.DateTimeField(null=True)
    #: Raising it revokes every status link that was ever given out.
    link_generation = models.PositiveIntegerField(default=1)
    told_orally_on = models.DateField(null=True)
    #: When the person last gave an address of their own; None: together with the concern.
    email_given_at = models.DateTimeField(null=True)
    #: When contact data was deleted: by rule, by the person or by the office for them.
    contact_gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(way__in=AnswerWay.values), name="teller_way_known"),
            models.CheckConstraint(
                condition=~Q(way=AnswerWay.MAIL) | ~Q(email=""), name="teller_mail_has_address"
            ),
        ]

    def __str__(self) -> str:
        return str(self.concern_id)

    @property
    def subject(self) -> str:
        """The name of this person in the consent ledger."""
        return f"concerns.teller:{self.pk}"

    @property
    def has_contact(self) -> bool:
        """Whether anything of the person is known."""
        return bool(self.name or self.email or self.phone or self.address)
