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


class Occasion(TextChoices):
    """For which words a text snippet is offered: what the concern becomes with them."""

    ANSWERED = "answered", _("Closing: the answer to the person")
    REASON = "reason", _("Closing: the public reason")
    NOT_OURS = "not_ours", _("Not ours: own words to the person")
    FORWARDED = "forwarded", _("Passing on: our words to the body")
    ASKED_AGAIN = "asked_again", _("Asking a body again")
    QUESTION = "question", _("Question back to the person")


#: Occasions on which a body is written to, always in German.
TO_BODIES = frozenset({Occasion.FORWARDED, Occasion.ASKED_AGAIN})
#: What a snippet may hold in braces, with what it becomes.
PLACEHOLDERS = {
    "number": _("number of the concern"),
    "theme": _("theme"),
    "place": _("place in words"),
    "day": _("day on which it was told"),
    "body": _("body or bodies that have it"),
    "next_day": _("next date"),
    "office": _("name of the quarter"),
    "phone": _("phone of the office"),
}
