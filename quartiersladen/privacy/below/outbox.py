"""What the outbox holds of people: to whom each mail went, and its text."""

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
    Found,
    Holder,
    Identity,
    Line,
    Order,
    Person,
    Rule,
    Section,
    keys_of,
    record,
)
from quartiersladen.privacy.states import Fate, RetentionKind
from quartiersladen.quarters.models import Quarter

MAIL = "outbox.mail"
DAYS = 180
TO_TELLER = (LinkPurpose.TELLER_STATUS, LinkPurpose.TELLER_EMAIL)
FINISHED = (MailState.SENT, MailState.FAILED, MailState.CANCELLED)


def _mails_to(person: Person) -> Q:
    to = Q(pk__in=[])
    for email in person.identity.emails:
        to |= Q(to_address__iexact=email)
    matters = list(person.identity.matters)
    if matters:
        to |= Q(links__status__subject_id__in=matters, links__status__purpose__in=TO_TELLER)
    return Q(quarter=person.quarter) & to & ~Q(to_address="")


def _old(quarter: Quarter | None, before: datetime) -> Q:
    return Q(quarter=quarter, state__in=FINISHED, created_at__lt=before) & ~Q(to_address="")


def _due(quarter: Quarter | None, before: datetime) -> Due:
    rows = Mail.objects.filter(_old(quarter, before)).order_by("created_at")
    oldest = rows.first()
    days = [date_format(oldest.created_at, "SHORT_DATE_FORMAT")] if oldest else []
    return Due(rows.count(), days)


def _let_go(quarter: Quarter | None, before: datetime, _now: datetime, limit: int) -> int:
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
            "outbox.mail.headers": "identifiers of earlier mails, made by chance",
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

    def find(self, viewer: Viewer, words: str) -> list[Found]:
        """Return the newest mail to exactly this address: somebody of whom nothing else is left."""
        if "@" not in words:
            return []
        mails = Mail.objects.filter(
            quarter_id=viewer.quarter_id, to_address__iexact=words, is_account=False
        )
        newest = mails.order_by("-pk").first()
        if newest is None:
            return []
        return [
            Found(
                key=f"{MAIL}:{newest.pk}",
                name=newest.to_address,
                detail=newest.subject,
                where=_("Got mail from us"),
            )
        ]

    def recognise(self, viewer: Viewer, rows: frozenset[str]) -> Identity:
        """Return the addresses of the chosen mails."""
        mails = Mail.objects.filter(
            pk__in=keys_of(MAIL, rows), quarter_id=viewer.quarter_id, is_account=False
        )
        emails = set(mails.exclude(to_address="").values_list("to_address", flat=True))
        return Identity(emails=frozenset(emails))

    def sections(self, viewer: Viewer, person: Person) -> list[Section]:  # noqa: ARG002 -- all who may look up may read mails
        """Return what was sent to the person's addresses."""
        mails = Mail.objects.filter(_mails_to(person), is_account=False).order_by("created_at")
        return [
            Section(
                "mails",
                _("Mails to the person"),
                [
                    record(
                        date_format(
                            person.quarter.local_day(mail.created_at), "SHORT_DATE_FORMAT"
                        ),
                        ("to", _("To"), mail.to_address),
                        ("subject", _("Subject"), mail.subject),
                        ("state", _("State"), mail.get_state_display()),
                    )
                    for mail in mails
                ],
            )
        ]

    def plan(self, person: Person) -> list[Line]:
        """Addresses and texts go."""
        return [
            Line(
                _("Address, subject and text of mails to the person"),
                Mail.objects.filter(_mails_to(person)).count(),
                Fate.GOES,
                _("That a mail was sent, and when, stays in the books."),
            )
        ]

    def begin(self, person: Person, now: datetime) -> None:  # noqa: ARG002 -- no clock needed
        """Refuse while a mail is on its way: its end would write the address once more."""
        if Mail.objects.filter(_mails_to(person), state=MailState.SENDING).exists():
            raise OnItsWay

    def erase(self, person: Person, order: Order, now: datetime) -> None:  # noqa: ARG002 -- the same for all
        """Empty the mails."""
        empty_mails(mails=_mails_to(person))


HOLDER = Outbox()
