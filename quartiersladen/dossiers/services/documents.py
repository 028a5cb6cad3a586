"""Files that belong to a dossier; private until released."""

from datetime import datetime

from quartiersladen.dossiers.models import Document, Dossier
from quartiersladen.files.models import StoredFile
from quartiersladen.files.services import remove_file


def add_document(
    *, dossier: Dossier, file: StoredFile, is_of_teller: bool, position: int
) -> Document:
    """Attach a stored file; private until released."""
    return Document.objects.create(
        dossier=dossier, file=file, is_of_teller=is_of_teller, position=position
    )


def exchange_file(*, document: Document, file: StoredFile, now: datetime) -> None:
    """Let a document show another file; the earlier one goes with its bytes. Part of a deed."""
    earlier = document.file
    document.file, document.blackened_at = file, now
    document.save(update_fields=["file", "blackened_at"])
    remove_file(file=earlier)


def release_documents(*, dossier: Dossier, released_ids: set[int]) -> list[int]:
    """Make exactly these documents of the dossier public, the others private.

    Returns their numbers as the desk shows them, from 1.
    """
    documents = Document.objects.filter(dossier=dossier)
    documents.filter(pk__in=released_ids).update(is_released=True)
    documents.exclude(pk__in=released_ids).update(is_released=False)
    shown = documents.filter(is_released=True).order_by("position")
    return [position + 1 for position in shown.values_list("position", flat=True)]


def remove_documents(*, dossier: Dossier, of_teller_only: bool = False) -> int:
    """Delete the files of a dossier for good. Returns how many it were."""
    rows = Document.objects.filter(dossier=dossier)
    if of_teller_only:
        rows = rows.filter(is_of_teller=True)
    documents = list(rows.select_related("file"))
    for document in documents:
        document.delete()
        remove_file(file=document.file)
    return len(documents)
