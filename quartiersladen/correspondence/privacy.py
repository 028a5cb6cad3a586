"""What the correspondence holds of people: what was written to them and about them."""

from datetime import datetime

from django.db.models import Q
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
from quartiersladen.privacy.registry import (
    Claims,
    FreeText,
    Holder,
    Line,
    Order,
    Person,
    Section,
    record,
)
from quartiersladen.privacy.states import Fate


def inside(viewer: Viewer) -> Q:
    """Return the filter for messages of dossiers whose page the viewer may open."""
    return rows_inside(viewer, "dossier__")


def shown_mails(viewer: Viewer) -> Q:
    """Return the filter for mails that the viewer may read in the outbox; never of the sign-in."""
    return Q(is_account=False) & ~hidden_mails(viewer)


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


def _mail(field: str) -> FreeText:
    """Return a column of the outbox; only here it is known to which dossier a mail belongs."""
    return FreeText(
        model="outbox.Mail",
        field=field,
        title=gettext_lazy("Outbox"),
        quarter="quarter_id",
        matter="message__dossier_id",
        name="pk",
        visible=shown_mails,
    )


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

    def sections(self, viewer: Viewer, person: Person) -> list[Section]:
        """Return what was written to the person and what they said."""
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
            )
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
