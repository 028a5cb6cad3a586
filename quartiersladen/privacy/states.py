"""Closed lists of the privacy module."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ConsentPurpose(TextChoices):
    """What somebody agrees to."""

    PASS_ON_CONTACT = "pass-on-contact", _("Contact data may be passed on to the responsible body")
    FOLLOW = "follow", _("Mails about what is new")


class ConsentStep(TextChoices):
    """A line of the ledger gives or takes back; before it is given it may have been asked for."""

    ASKED = "asked", _("asked for, not confirmed yet")
    GIVEN = "given", _("given")
    WITHDRAWN = "withdrawn", _("withdrawn")


#: Deeds of the trail that say who has read what; they go by the rule of access.
PERSON_READ, CONFIDENTIAL_READ = "person read", "confidential read"


class RetentionKind(TextChoices):
    """What a rule of retention lets go of."""

    CONTACT = "contact", _("Contact data of people who told us something")
    TEXT = "text", _("The whole text of a closed concern, with photos and letters")
    MAIL = "mail", _("Addresses and texts of sent mails")
    INBOX = "inbox", _("Mails that came in and that are dealt with")
    ACCESS = "access", _("Who has read which person's data")


class Fate(TextChoices):
    """What becomes of something when a person is erased."""

    GOES = "goes", _("goes")
    STAYS = "stays", _("stays")
