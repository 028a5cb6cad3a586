"""What dossiers hold of people: titles, the journal, notes of follow-ups, files, the search."""

from datetime import datetime

from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quartiersladen.accounts.rules import Viewer
from quartiersladen.dossiers.models import Document, Dossier, Entry
from quartiersladen.dossiers.queries import dossiers_inside, tags_naming
from quartiersladen.dossiers.rules import confidential_of, rows_inside
from quartiersladen.dossiers.services.confidential import log_reading
from quartiersladen.dossiers.services.documents import remove_documents
from quartiersladen.dossiers.services.dossier import touch
from quartiersladen.dossiers.services.forgetting import clean_search_later
from quartiersladen.dossiers.services.journal import record as record_line
from quartiersladen.dossiers.services.tags import forget_tags_naming
from quartiersladen.dossiers.states import Actor, ReadWhat
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
    """Return the filter for rows of dossiers whose page the viewer may open."""
    return rows_inside(viewer, "dossier__")


def _text(model: str, field: str, title: object) -> FreeText:
    return FreeText(
        model=f"dossiers.{model}",
        field=field,
        title=str(title),
        quarter="dossier__quarter_id",
        matter="dossier_id",
        name="dossier__reference",
        visible=inside,
    )


class Dossiers(Holder):
    """The words of a dossier and its files."""

    claims = Claims(
        personal={
            "dossiers.dossier.title": "first line of what was told; until the text rule",
            "dossiers.dossier.search_text": "words of teller and journal; goes with each of them",
            "dossiers.dossier.assigned_to": "a colleague; as long as the account",
            "dossiers.named.user": "a colleague; as long as the account",
            "dossiers.entry.by": "a colleague; as long as the account",
            "dossiers.entry.text": "notes may name people; until the text rule",
            "dossiers.entry.data": "the reason of a closing may name people; until the text rule",
            "dossiers.followup.note": "may name people; until the text rule",
            "dossiers.document.caption": "may name people; until the text rule, with the file",
            "dossiers.tag.name": "a word of the office, may name people; goes when one is erased",
            "dossiers.tag.folded": "the same, folded",
            "dossiers.digest.user": "a colleague; as long as the account",
        },
        other={
            "dossiers.dossier.reference": "year and running number",
            "dossiers.dossier.language": "a language, not a person",
            "dossiers.entry.actor_name": "name of a body, never of a teller",
            "dossiers.entry.deed": "key of a deed",
        },
    )
    free_texts = (
        FreeText(
            model="dossiers.Dossier",
            field="title",
            title=gettext_lazy("Title"),
            quarter="quarter_id",
            matter="pk",
            name="reference",
            visible=rows_inside,
        ),
        _text("Entry", "text", gettext_lazy("Journal")),
        _text("Entry", "data", gettext_lazy("Journal, facts")),
        _text("FollowUp", "note", gettext_lazy("Note of a follow-up")),
        _text("Document", "caption", gettext_lazy("Caption of a file")),
        FreeText(
            model="dossiers.Dossier",
            field="search_text",
            title=gettext_lazy("Search"),
            quarter="quarter_id",
            matter="pk",
            is_index=True,
        ),
    )

    def sections(self, viewer: Viewer, person: Person) -> list[Section]:
        """Return the files that the person sent."""
        rows = Document.objects.filter(
            dossier__in=dossiers_inside(viewer).filter(pk__in=person.identity.matters),
            is_of_teller=True,
        )
        photos = rows.select_related("dossier", "file").order_by("dossier", "position", "pk")
        return [
            Section(
                "photos",
                _("Photos the person sent: please give them along from the concern"),
                [
                    record(
                        f"{photo.dossier.reference}, "
                        + _("Photo %(n)s") % {"n": photo.position + 1},
                        (
                            "sent_on",
                            _("Sent on"),
                            date_format(
                                person.quarter.local_day(photo.file.created_at),
                                "SHORT_DATE_FORMAT",
                            ),
                        ),
                        ("is_public", _("Public"), _("yes") if photo.is_released else _("no")),
                    )
                    for photo in photos
                ],
            )
        ]

    def note_reading(self, viewer: Viewer, person: Person, now: datetime) -> None:
        """Write down the reading of confidential dossiers among those of the person."""
        theirs = dossiers_inside(viewer).filter(pk__in=person.identity.matters)
        secret = theirs.filter(pk__in=confidential_of(viewer.quarter_id).values("pk"))
        for dossier in secret.select_related("quarter").order_by("pk"):
            log_reading(viewer=viewer, dossier=dossier, what=ReadWhat.PERSON, now=now)

    def plan(self, person: Person) -> list[Line]:
        """Photos go if the office wants it; the journal stays without the words."""
        matters = person.identity.matters
        photos = Document.objects.filter(dossier__in=matters, is_of_teller=True)
        named = tags_naming(quarter_id=person.quarter.pk, names=person.identity.names)
        tags = Line(
            _("Tags with the name"), len(named), Fate.GOES, _("They are only our own words.")
        )
        return [
            *([tags] if named else []),
            Line(
                _("Photos the person sent"),
                photos.count(),
                Fate.GOES,
                _("They may show people or where somebody lives. You can decide below."),
            ),
            Line(
                _("Lines of the journal"),
                Entry.objects.filter(dossier__in=matters).count(),
                Fate.STAYS,
                _("They prove what the office did. Name, address and number are blackened."),
            ),
        ]

    def begin(self, person: Person, now: datetime) -> None:  # noqa: ARG002 -- no clock needed
        """Lock the dossiers, and let an open form at the desk notice."""
        for key in sorted(person.identity.matters):
            Dossier.objects.filter(pk=key).update(version=F("version") + 1)

    def erase(self, person: Person, order: Order, now: datetime) -> None:
        """Delete the photos and tags with the name, say in other dossiers that a text was blackened, and let the index forget what it no longer points to."""
        if order.with_photos:
            for dossier in Dossier.objects.filter(pk__in=person.identity.matters):
                remove_documents(dossier=dossier, of_teller_only=True)
        forget_tags_naming(quarter_id=person.quarter.pk, names=person.identity.names)
        for dossier in Dossier.objects.filter(pk__in=order.touched).order_by("pk"):
            touch(dossier=dossier)
            record_line(
                dossier=dossier, deed="text_blackened", actor=Actor.OFFICE, by_id=None, now=now
            )
        clean_search_later()


HOLDER = Dossiers()
