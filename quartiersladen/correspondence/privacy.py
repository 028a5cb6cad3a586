"""What the correspondence holds of people: what was written to them and about them."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quartiersladen.accounts.rules import Viewer
from quartiersladen.correspondence.models import Message
from quartiersladen.correspondence.queries import hidden_mails, kept_text
from quartiersladen.correspondence.services import forget_words_with_teller
from quartiersladen.correspondence.states import Counterpart
from quartiersladen.dossiers.models import Dossier
from quartiersladen.dossiers.queries import dossiers_inside
from quartiersladen.dossiers.rules import rows_inside
from quartiersladen.outbox.models import Mail
from quartiersladen.privacy.below.outbox import mails_to
from quartiersladen.privacy.registry import (
    Claims,
    Found,
    FreeText,
    Holder,
    Identity,
    Line,
    Order,
    Person,
    Section,
    keys_of,
    record,
)
from quartiersladen.privacy.states import Fate

MAIL = "outbox.mail"


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


def _mails(viewer: Viewer) -> QuerySet[Mail]:
    return Mail.objects.filter(shown(viewer), quarter_id=viewer.quarter_id)


class Correspondence(Holder):
    """Messages on dossiers, with the mails that carried them."""

    claims = Claims(
        personal={
            "correspondence.message.subject": "may name people; until the text rule",
            "correspondence.message.text": "words to and of the teller; until the text rule",
            "correspondence.message.by": "a colleague; as long as the account",
        },
        other={
            "correspondence.textsnippet.title": "words of the office for many people",
            "correspondence.textsnippet.text": "words of the office for many people",
        },
    )
    free_texts = (
        _text("subject"),
        _text("text"),
        _mail("subject"),
        _mail("text"),
        _mail("last_error"),
    )

    def find(self, viewer: Viewer, words: str) -> list[Found]:
        """Return the newest mail to exactly this address: somebody of whom nothing else is left."""
        if "@" not in words:
            return []
        newest = _mails(viewer).filter(to_address__iexact=words).order_by("-pk").first()
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
        mails = _mails(viewer).filter(pk__in=keys_of(MAIL, rows)).exclude(to_address="")
        found = dict(mails.values_list("pk", "to_address"))
        return Identity(
            rows=frozenset(f"{MAIL}:{key}" for key in found), emails=frozenset(found.values())
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
        ]

    def plan(self, person: Person) -> list[Line]:
        """Words with the person go, letters to bodies stay without their name."""
        rows = Message.objects.filter(dossier__in=person.identity.matters)
        return [
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
        """Delete the words with the person."""
        for dossier in Dossier.objects.filter(pk__in=person.identity.matters).order_by("pk"):
            forget_words_with_teller(dossier=dossier)


HOLDER = Correspondence()
