"""Closed lists of the correspondence module."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Direction(TextChoices):
    """Seen from the office."""

    OUT = "out", _("sent")
    IN = "in", _("received")


class Way(TextChoices):
    """How words travel."""

    MAIL = "mail", _("E-mail")
    PHONE = "phone", _("Phone")
    POST = "post", _("Letter")
    TALK = "talk", _("In person")
    LINK = "link", _("One-case page")


class Counterpart(TextChoices):
    """To whom or from whom."""

    TELLER = "teller", _("The person who told us")
    BODY = "body", _("Responsible body")
