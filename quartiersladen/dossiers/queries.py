"""Reads of the dossiers module: viewer first, only what the viewer may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from quartiersladen.accounts.models import User
from quartiersladen.accounts.queries import colleagues, workers
from quartiersladen.accounts.rules import Viewer
from quartiersladen.dossiers import rules
from quartiersladen.dossiers.models import Document, Dossier, Entry, FollowUp, Named, Tag, Tagging
from quartiersladen.dossiers.states import Audience, ReadWhat
from quartiersladen.dossiers.tags import names_somebody
from quartiersladen.privacy.models import Trail
from quartiersladen.privacy.states import CONFIDENTIAL_READ

SHOWN = 100  # readings on the page


def dossiers_for(viewer: Viewer) -> QuerySet[Dossier]:
    """Return every dossier that the viewer may see, without order."""
    return Dossier.objects.filter(rules.visible_rows(viewer))


def dossiers_inside(viewer: Viewer) -> QuerySet[Dossier]:
    """Return every dossier whose page at the desk the viewer may open, without order."""
    return Dossier.objects.filter(rules.rows_inside(viewer))


def get_dossier_inside(viewer: Viewer, reference: str) -> Dossier:
    """Return one dossier for the desk. Raises Dossier.DoesNotExist when missing or hidden."""
    return dossiers_inside(viewer).select_related("assigned_to").get(reference=reference)


def journal(viewer: Viewer, dossier: Dossier) -> QuerySet[Entry]:
    """Return the lines that the viewer may read, oldest first."""
    return (
        Entry.objects.filter(rules.readable_entries(viewer, dossier))
        .select_related("by")
        .order_by("at", "pk")
    )


def open_follow_ups(viewer: Viewer, *, until: date) -> QuerySet[FollowUp]:
    """Return what is due up to and including `until`, the longest overdue first.

    The viewer's own come before those of colleagues on the same day. What lies in the quarantine
    is reminded of as a whole: held_too_long().
    """
    return (
        FollowUp.objects.filter(
            done_at=None,
            due_on__lte=until,
            dossier__held_at=None,
        )
        .filter(rules.rows_inside(viewer, "dossier__"))
        .select_related("dossier", "dossier__assigned_to")
        .order_by("due_on", F("dossier__assigned_to").asc(nulls_last=True), "pk")
    )


def due_for(viewer: Viewer, *, until: date) -> QuerySet[FollowUp]:
    """Return what is due and lies with the viewer or with nobody, the longest overdue first."""
    mine = Q(dossier__assigned_to_id=viewer.user_id) | Q(dossier__assigned_to_id=None)
    return open_follow_ups(viewer, until=until).filter(mine)


def held_too_long(viewer: Viewer, *, until: date) -> int:
    """Count what lies in the quarantine and should have been looked at by `until`."""
    held = dossiers_inside(viewer).filter(held_at__isnull=False)
    return FollowUp.objects.filter(done_at=None, due_on__lte=until, dossier__in=held).count()


def next_follow_up(dossier: Dossier) -> FollowUp | None:
    """Return the open follow-up; at most one, by constraint."""
    return FollowUp.objects.filter(dossier=dossier, done_at=None).first()


def latest_entries(viewer: Viewer, *, since: datetime, limit: int) -> list[Entry]:
    """Return what changed since then in the dossiers of the viewer, newest first."""
    here = rules.rows_inside(viewer, "dossier__")
    return list(
        Entry.objects.filter(here, at__gte=since, dossier__held_at=None)
        .select_related("dossier", "by")
        .order_by("-at", "-pk")[:limit]
    )


def get_document(viewer: Viewer, file_id: UUID) -> Document:
    """Return a document that the viewer may open. Raises Document.DoesNotExist otherwise."""
    here = Document.objects.filter(dossier__quarter_id=viewer.quarter_id)
    document = here.select_related("dossier", "file").get(file_id=file_id)
    if not rules.may_open_document(viewer, document):
        raise Document.DoesNotExist
    return document


def documents_of(viewer: Viewer, dossier: Dossier) -> list[Document]:
    """Return the files of a dossier that the viewer may open, in order."""
    rows = Document.objects.filter(rules.openable_documents(viewer, dossier))
    documents = list(rows.select_related("file").order_by("position", "pk"))
    for document in documents:
        document.dossier = dossier
    return documents


def get_photo_inside(viewer: Viewer, dossier: Dossier, document_id: int) -> Document:
    """Return a photo of a dossier for the desk. Raises Document.DoesNotExist otherwise."""
    photos = Document.objects.select_related("file").filter(file__media_type="image/jpeg")
    document = photos.get(pk=document_id, dossier=dossier)
    document.dossier = dossier
    if not rules.may_look_inside(viewer, dossier):
        raise Document.DoesNotExist
    return document


def public_documents_of(dossier: Dossier) -> list[Document]:
    """Return the released photos of a dossier that the caller was allowed to see."""
    rows = Document.objects.filter(dossier=dossier, is_released=True).select_related("file")
    return list(rows.order_by("position", "pk"))


def named_in(dossier: Dossier) -> frozenset[int]:
    """Return the keys of the persons who may see a confidential dossier."""
    return frozenset(dossier.named.values_list("user_id", flat=True))


def who_may_care(dossier: Dossier, today: date) -> QuerySet[User]:
    """Return who can look after a dossier today, by name; of a confidential one the named."""
    people = colleagues(dossier.quarter_id, today)
    return people.filter(pk__in=named_in(dossier)) if dossier.is_confidential else people


def journal_mark() -> str:
    """Return a mark for caches that changes with every deed and with every setting; one statement."""
    trail = Trail.objects.order_by("-pk").values("pk")[:1]
    newest = Entry.objects.order_by("-pk").values_list("pk", Subquery(trail)).first()
    return "-".join(str(part or 0) for part in newest or (0, 0))


def photos_of(dossier: Dossier) -> QuerySet[Document]:
    """Return all photos of a dossier whose desk page the caller was allowed to open."""
    return Document.objects.filter(dossier=dossier).order_by("position", "pk")


def tags_here(viewer: Viewer) -> list[Tag]:
    """Return the tags of the office by name; nothing for who does not work at the desk.

    A tag that stands only on confidential dossiers is known to those who see one of them.
    """
    if not viewer.may_enter:
        return []
    known = rules.rows_inside(viewer, "dossier__") | ~Q(dossier__audience=Audience.CONFIDENTIAL)
    here = Tag.objects.filter(Exists(Tagging.objects.filter(known, tag=OuterRef("pk"))))
    return list(here.filter(quarter_id=viewer.quarter_id).order_by("folded"))


def tags_of(dossier_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return the names of the tags by dossier, for dossiers that the viewer may look into."""
    rows = Tagging.objects.filter(dossier__in=list(dossier_ids)).order_by("tag__folded")
    found: dict[int, list[str]] = {}
    for dossier_id, name in rows.values_list("dossier_id", "tag__name"):
        found.setdefault(dossier_id, []).append(name)
    return found


def tags_naming(*, quarter_id: int, names: Iterable[str]) -> list[int]:
    """Return the keys of the tags in which a person is named."""
    return [
        tag.pk
        for tag in Tag.objects.filter(quarter_id=quarter_id)
        if any(names_somebody(name, tag.folded) for name in names)
    ]


@dataclass(frozen=True, slots=True)
class Reading:
    """Who opened what of a confidential dossier, and when."""

    at: datetime
    who: str
    what: ReadWhat


def without_carer(viewer: Viewer, today: date) -> QuerySet[Dossier]:
    """Return the confidential dossiers that nobody sees any more; nothing unless the lead asks.

    Of these the lead may know the number and the day, and nothing else.
    """
    rows = Dossier.objects.select_related("quarter").order_by("created_at", "pk")
    if not rules.may_take_care(viewer):
        return rows.none()
    here = rows.filter(pk__in=rules.confidential_of(viewer.quarter_id).values("pk"))
    working = Named.objects.filter(
        dossier=OuterRef("pk"), user__in=workers(viewer.quarter_id, today).values("pk")
    )
    return here.exclude(Exists(working))


def get_without_carer(viewer: Viewer, reference: str, today: date) -> Dossier:
    """Return one of them. Raises Dossier.DoesNotExist when somebody cares, or there is none."""
    return without_carer(viewer, today).get(reference=reference)


def readings_of(viewer: Viewer, dossier: Dossier) -> list[Reading]:
    """Return who opened a confidential dossier, the latest first; nothing for who is not named."""
    if not dossier.is_confidential or not rules.may_name(viewer, dossier):
        return []
    lines = reading_lines(dossier).select_related("by")[:SHOWN]
    return [
        Reading(line.at, line.by.name if line.by else "", ReadWhat(line.data["what"]))
        for line in lines
    ]


def reading_lines(dossier: Dossier) -> QuerySet[Trail]:
    """Return the lines of the trail about openings of a dossier, the latest first."""
    rows = Trail.objects.filter(deed=CONFIDENTIAL_READ, subject=reading_subject(dossier))
    return rows.order_by("-at", "-pk")


def reading_subject(dossier: Dossier) -> str:
    """Return the name of a dossier in the trail."""
    # The key and not the number: who keeps the trail need not know which matters are confidential.
    return f"dossiers.dossier:{dossier.pk}"
