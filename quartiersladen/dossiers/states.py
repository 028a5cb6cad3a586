"""Closed lists of the dossiers module."""

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What a dossier is. Each module adds its own kind here and a line in kinds.py."""

    CONCERN = "concern", _("Concern")


class Audience(TextChoices):
    """The widest circle that may see a dossier or a journal entry."""

    PUBLIC = "public", _("Everybody")
    TELLER = "teller", _("The person who told us, and the office")
    OFFICE = "office", _("The office")
    CONFIDENTIAL = "confidential", _("Named persons only")


def title_in_lists(words: str, audience: str) -> str:
    """Return words of a dossier for lists, which are seen in passing; confidential ones say nothing."""
    return gettext("Confidential") if audience == Audience.CONFIDENTIAL else words


class ReadWhat(TextChoices):
    """What of a confidential dossier somebody opened."""

    PAGE = "page", _("The page")
    FILE = "file", _("A photo or file")
    MAIL = "mail", _("A mail")
    PAPER = "paper", _("A letter or sheet to print")
    PERSON = "person", _("All that we hold of the person")


class Actor(TextChoices):
    """Who did what a journal entry tells."""

    OFFICE = "office", _("Office")
    TELLER = "teller", _("The person who told us")
    BODY = "body", _("Responsible body")
    SYSTEM = "system", _("Quartiersladen")


class FollowUpReason(TextChoices):
    """Why a date was set."""

    FIRST_LOOK = "first-look", _("Look at it")
    WORK = "work", _("Carry on")
    ASK_BODY = "ask-body", _("Ask the body again")
    BODY_REPLIED = "body-replied", _("The body has replied")
    TELL = "tell", _("Tell the person")
    QUESTION = "question", _("Wait for the person's answer")
    CALL = "call", _("Call the person and ask")
    WRITE = "write", _("Write to the person and ask")
    PERSON_SAID = "person-said", _("The person has answered")
    TOPIC = "topic", _("Important topic: ask again")


#: Somebody here has to do it, or the person is never asked.
BY_HAND = frozenset({FollowUpReason.CALL, FollowUpReason.WRITE})
