"""What the outbox holds of people: to whom each mail went, and its text.

Who may see which mail is known above, with the dossier it belongs to: the correspondence finds
mails and hands them out.
"""

from datetime import datetime

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quartiersladen.accounts.rules import Viewer
from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.services import OnItsWay, empty_mails
from quartiersladen.outbox.states import MailState
from quartiersladen.privacy.registry import (
    Claims,
    Due,
    Holder,
    Line,
    Order,
    Person,
    Rule,
)
from quartiersladen.privacy.states import Fate, RetentionKind
from quartiersladen.quarters.models import Quarter

DAYS = 180
TO_TELLER = (LinkPurpose.TELLER_STATUS, LinkPurpose.TELLER_EMAIL)
FINISHED = (MailState.SENT, MailState.FAILED, MailState.CANCELLED)


def mails_to(person: Person) -> Q:
    """Return the filter on the mails that went to the person, with an address in them still."""
    to = Q(pk__in=[])
    for email in person.identity.emails:
        to |= Q(to_address__iexact=email)
    matters = list(person.identity.matters)
    if matters:
        to |= Q(links__status__subject_id__in=matters, links__status__purpose__in=TO_TELLER)
    return Q(quarter=person.quarter) & to & ~Q(to_address="")


def _old(quarter: Quarter, before: datetime) -> Q:
    return Q(quarter=quarter, state__in=FINISHED, created_at__lt=before) & ~Q(to_address="")


def _due(quarter: Quarter, before: datetime, _viewer: Viewer | None) -> Due:
    rows = Mail.objects.filter(_old(quarter, before)).order_by("created_at")
    oldest = rows.first()
    days = [date_format(oldest.created_at, "SHORT_DATE_FORMAT")] if oldest else []
    return Due(rows.count(), days)


def _let_go(quarter: Quarter, before: datetime, _now: datetime, limit: int) -> int:
    old = _old(quarter, before)
    keys = list(Mail.objects.filter(old).order_by("pk").values_list("pk", flat=True)[:limit])
    # Once more the condition: another worker may have had the same idea.
    return empty_mails(mails=old & Q(pk__in=keys))


class Outbox(Holder):
    """Mails in the books."""

    claims = Claims(
        personal={
            "outbox.mail.to_address": "whoever got it; until the mail rule, tellers earlier",
            "outbox.mail.subject": "says the thing, may hold a name; until the mail rule",
            "outbox.mail.text": "may hold contact data; until the mail rule, tellers earlier",
            "outbox.mail.last_error": "the server's words may name the address; as the mail",
            "outbox.mail.links": "which concern a link opens; as the mail",
            "outbox.outage.last_error": "the server's words may name an address; gone when it works",
        },
        other={
            "outbox.outage.server_key": "keyed hash of a server's address",
            "outbox.mail.kind": "what it is for",
            "outbox.mail.language": "a language, not a person",
            "outbox.mail.headers": "identifiers of earlier mails and of lists",
            "outbox.mail.message_id": "made by chance",
        },
    )
    rules = (
        Rule(
            kind=RetentionKind.MAIL,
            days=DAYS,
            since=gettext_lazy("after the mail was written"),
            due=_due,
            let_go=_let_go,
        ),
    )

    def plan(self, person: Person) -> list[Line]:
        """Addresses and texts go."""
        return [
            Line(
                _("Address, subject and text of mails to the person"),
                Mail.objects.filter(mails_to(person)).count(),
                Fate.GOES,
                _("That a mail was sent, and when, stays in the books."),
            )
        ]

    def begin(self, person: Person, now: datetime) -> None:  # noqa: ARG002 -- no clock needed
        """Refuse while a mail is on its way: its end would write the address once more."""
        if Mail.objects.filter(mails_to(person), state=MailState.SENDING).exists():
            raise OnItsWay

    def erase(self, person: Person, order: Order, now: datetime) -> None:  # noqa: ARG002 -- the same for all
        """Empty the mails."""
        empty_mails(mails=mails_to(person))


HOLDER = Outbox()
