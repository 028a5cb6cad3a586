"""Closed lists of the privacy module."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ConsentPurpose(TextChoices):
    """What somebody agrees to."""

    PASS_ON_CONTACT = "pass-on-contact", _("Contact data may be passed on to the responsible body")


class ConsentStep(TextChoices):
    """A line of the ledger either gives or takes back."""

    GIVEN = "given", _("given")
    WITHDRAWN = "withdrawn", _("withdrawn")
