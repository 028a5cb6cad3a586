"""Roles. The table of rights stands in docs/privacy.md; rules.py carries it out."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a member may do in one quarter."""

    LEAD = "lead", _("Lead")
    MODERATOR = "moderator", _("Moderator")
    HELPER = "helper", _("Helper, intern")
    CLIENT = "client", _("Client (city)")
    ADMINISTRATOR = "administrator", _("Administrator")


class ViewerKind(TextChoices):
    """From where somebody looks."""

    PUBLIC = "public", _("The public")
    LINK = "link", _("Holder of a link")
    MEMBER = "member", _("Member")


class LinkPurpose(TextChoices):
    """What a signed link is for. Part of the signature: a link never opens another door."""

    TELLER_STATUS = "teller-status", _("The teller's status page")
    TELLER_EMAIL = "teller-email", _("Confirmation of an address")
    VOICE = "voice", _("A voice: confirm it, take it back")
    REFERRAL = "referral", _("One-case page of a responsible body")
    FOLLOW_CONFIRM = "follow-confirm", _("Confirmation that somebody wants to follow")
    FOLLOW_LEAVE = "follow-leave", _("Leaving what somebody follows")
