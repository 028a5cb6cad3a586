"""What the correspondence holds of people: what was written to them and about them."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quartiersladen.accounts.rules import Viewer
from quartiersladen.correspondence.incoming.states import InboundState, MailClass
from quartiersladen.correspondence.models import InboundMail, Message
from quartiersladen.correspondence.queries import hidden_mails, kept_text
from quartiersladen.correspondence.rules import readable_mails
from quartiersladen.correspondence.services.forgetting import forget_words_with_teller
from quartiersladen.correspondence.services.inbox import forget_mails
from quartiersladen.correspondence.states import Counterpart
from quartiersladen.dossiers.models import Dossier
from quartiersladen.dossiers.queries import dossiers_inside
from quartiersladen.dossiers.rules import rows_inside
from quartiersladen.outbox.models import Mail
from quartiersladen.privacy.below.outbox import mails_to
from quartiersladen.privacy.registry import (
    Claims,
    Due,
    Found,
    FreeText,
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

MAIL, INBOUND = "outbox.mail", "correspondence.inboundmail"
DAYS = 90


def inside(viewer: Viewer) -> Q:
    """Return the filter for messages of dossiers whose page the viewer may open."""
    return rows_inside(viewer, "dossier__")


def _text(field: str) -> FreeText:
    return FreeText(
        model="correspondence.Message",
        field=field,
        title=gettext_lazy("Correspondence"),
        quarter="dossier__quarter_id",
        matter="dossier_id",
        name="dossier__reference",
        visible=inside,
    )


def shown(viewer: Viewer) -> Q:
    """Return the filter for mails that the viewer may read.

    None of the sign-in, and of no dossier whose page is closed to them.
    """
    return ~hidden_mails(viewer) & Q(is_account=False)


def _mail(field: str) -> FreeText:
    """Return a column of the outbox; only here it is known to which dossier a mail belongs."""
    return FreeText(
        model="outbox.Mail",
        field=field,
        title=gettext_lazy("Outbox"),
        quarter="quarter_id",
        matter="message__dossier_id",
        name="pk",
        visible=shown,
    )


def _inbound(field: str) -> FreeText:
    return FreeText(
        model="correspondence.InboundMail",
        field=field,
        title=gettext_lazy("Mail that came in"),
        quarter="quarter_id",
        matter="dossier_id",
        name="pk",
        visible=readable_mails,
    )


def mails_from(person: Person) -> Q:
    """Return the filter on the mails that the person wrote to us."""
    rows = Q(pk__in=person.keys_of(INBOUND)) | Q(
        dossier__in=person.identity.matters, mail_class__in=[MailClass.NEW, MailClass.REPLY]
    )
    for email in person.identity.emails:
        rows |= Q(sender_address__iexact=email)
    return Q(quarter=person.quarter, gone_at=None) & rows


def _old(quarter: Quarter, before: datetime) -> Q:
    """What nobody has to look at any more: what waits stays, however old."""
    settled = ~Q(state=InboundState.WAITING)
    return Q(quarter=quarter, received_at__lt=before, gone_at=None) & settled


def _due(quarter: Quarter, before: datetime, _viewer: Viewer | None) -> Due:
    rows = InboundMail.objects.filter(_old(quarter, before)).order_by("received_at")
    oldest = rows.first()
    days = [date_format(oldest.received_at, "SHORT_DATE_FORMAT")] if oldest else []
    return Due(rows.count(), days)


def _let_go(quarter: Quarter, before: datetime, now: datetime, limit: int) -> int:
    old = _old(quarter, before)
    keys = list(
        InboundMail.objects.filter(old).order_by("pk").values_list("pk", flat=True)[:limit]
    )
    # Once more the condition: another worker may have had the same idea.
    return forget_mails(mails=old & Q(pk__in=keys), now=now)


def _mails(viewer: Viewer) -> QuerySet[Mail]:
    return Mail.objects.filter(shown(viewer), quarter_id=viewer.quarter_id)


def _written(viewer: Viewer) -> QuerySet[InboundMail]:
    rows = InboundMail.objects.filter(readable_mails(viewer), gone_at=None)
    return rows.exclude(sender_address="")


class Correspondence(Holder):
    """Messages on dossiers, with the mails that carried them."""

    claims = Claims(
        personal={
            "correspondence.message.subject": "may name people; until the text rule",
            "correspondence.message.text": "words to and of the teller; until the text rule",
            "correspondence.message.by": "a colleague; as long as the account",
            "correspondence.inboundmail.sender_address": "who wrote; until the inbox rule",
            "correspondence.inboundmail.sender_name": "who wrote; until the inbox rule",
            "correspondence.inboundmail.subject": "may name people; until the inbox rule",
            "correspondence.inboundmail.text": "what people wrote; until the inbox rule",
            "correspondence.inboundmail.quoted": "what they quote; until the inbox rule",
            "correspondence.inboundmail.attachments": "names of files; until the inbox rule",
            "correspondence.inboundmail.raw_name": "where the mail itself lies; goes with it",
            "correspondence.inboundmail.reason": "a colleague's words; until the inbox rule",
            "correspondence.inboundmail.uploaded_by": "a colleague; as long as the account",
            "correspondence.inboundmail.settled_by": "a colleague; as long as the account",
            "correspondence.mailbox.last_error": "the server's words; gone when it can be read",
        },
        other={
            "correspondence.textsnippet.title": "words of the office for many people",
            "correspondence.textsnippet.text": "words of the office for many people",
            "correspondence.inboundmail.mail_key": "made by chance, or a checksum",
            "correspondence.inboundmail.fingerprint": "a checksum, to know a copy again",
            "correspondence.mailbox.key": "keyed hash of a mailbox's address",
        },
    )
    free_texts = (
        _text("subject"),
        _text("text"),
        _mail("subject"),
        _mail("text"),
        _mail("last_error"),
        _inbound("subject"),
        _inbound("text"),
        _inbound("quoted"),
        _inbound("reason"),
    )
    rules = (
        Rule(
            kind=RetentionKind.INBOX,
            days=DAYS,
            since=gettext_lazy("after it came in, once it is dealt with"),
            due=_due,
            let_go=_let_go,
        ),
    )

    def find(self, viewer: Viewer, words: str) -> list[Found]:
        """Return the newest mail to exactly this address: somebody of whom nothing else is left."""
        if "@" not in words:
            return []
        found = []
        newest = _mails(viewer).filter(to_address__iexact=words).order_by("-pk").first()
        if newest is not None:
            found.append(
                Found(
                    key=f"{MAIL}:{newest.pk}",
                    name=newest.to_address,
                    detail=newest.subject,
                    where=_("Got mail from us"),
                )
            )
        wrote = _written(viewer).filter(sender_address__iexact=words).order_by("-pk").first()
        if wrote is not None:
            found.append(
                Found(
                    key=f"{INBOUND}:{wrote.pk}",
                    name=wrote.sender_name or wrote.sender_address,
                    detail=wrote.subject,
                    where=_("Wrote to us by mail"),
                )
            )
        return found

    def recognise(self, viewer: Viewer, rows: frozenset[str]) -> Identity:
        """Return the addresses of the chosen mails."""
        mails = _mails(viewer).filter(pk__in=keys_of(MAIL, rows)).exclude(to_address="")
        found = dict(mails.values_list("pk", "to_address"))
        wrote = list(_written(viewer).filter(pk__in=keys_of(INBOUND, rows)))
        return Identity(
            rows=frozenset(
                [*(f"{MAIL}:{key}" for key in found), *(f"{INBOUND}:{one.pk}" for one in wrote)]
            ),
            emails=frozenset([*found.values(), *(one.sender_address for one in wrote)]),
            names=frozenset(one.sender_name for one in wrote if one.sender_name),
        )

    def sections(self, viewer: Viewer, person: Person) -> list[Section]:
        """Return what was written to the person, what they said, and the mails to them."""
        dossiers = dossiers_inside(viewer).filter(pk__in=person.identity.matters)
        rows = Message.objects.filter(dossier__in=dossiers, counterpart=Counterpart.TELLER)
        return [
            Section(
                "correspondence",
                _("Correspondence with the person"),
                [
                    record(
                        f"{message.dossier.reference}, "
                        + date_format(person.quarter.local_day(message.at), "SHORT_DATE_FORMAT"),
                        ("direction", _("Direction"), message.get_direction_display()),
                        ("way", _("How"), message.get_way_display()),
                        ("subject", _("Subject"), message.subject),
                        ("text", _("Text"), kept_text(message)),
                    )
                    for message in rows.select_related("dossier").order_by("at", "pk")
                ],
            ),
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
                    for mail in _mails(viewer).filter(mails_to(person)).order_by("created_at")
                ],
            ),
            Section(
                "inbox",
                _("Mails of the person"),
                [
                    record(
                        date_format(
                            person.quarter.local_day(mail.received_at), "SHORT_DATE_FORMAT"
                        ),
                        ("from", _("From"), mail.sender_address),
                        ("name", _("Name"), mail.sender_name),
                        ("subject", _("Subject"), mail.subject),
                        ("text", _("Text"), mail.text),
                        ("files", _("Files"), ", ".join(one["name"] for one in mail.attachments)),
                    )
                    for mail in _written(viewer)
                    .filter(mails_from(person))
                    .order_by("received_at", "pk")
                ],
            ),
        ]

    def plan(self, person: Person) -> list[Line]:
        """Words with the person go, letters to bodies stay without their name."""
        rows = Message.objects.filter(dossier__in=person.identity.matters)
        return [
            Line(
                _("Mails of the person, with their files"),
                InboundMail.objects.filter(mails_from(person)).count(),
                Fate.GOES,
                _("That a mail came in, and when, stays."),
            ),
            Line(
                _("Letters to the person and what they said"),
                rows.filter(counterpart=Counterpart.TELLER).count(),
                Fate.GOES,
                _("They are about the person. That something was sent, and when, stays."),
            ),
            Line(
                _("Letters to and from bodies"),
                rows.filter(counterpart=Counterpart.BODY).count(),
                Fate.STAYS,
                _("They prove what the office did. Name, address and number are blackened."),
            ),
        ]

    def erase(self, person: Person, order: Order, now: datetime) -> None:  # noqa: ARG002 -- the same for all
        """Delete the words with the person, and their mails."""
        forget_mails(mails=mails_from(person), now=now)
        for dossier in Dossier.objects.filter(pk__in=person.identity.matters).order_by("pk"):
            forget_words_with_teller(dossier=dossier)


HOLDER = Correspondence()
