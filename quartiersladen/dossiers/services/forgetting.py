"""What goes by rule or by wish."""

from collections.abc import Collection

from quartiersladen.dossiers.models import Dossier, Entry, FollowUp, Tagging
from quartiersladen.dossiers.services.documents import remove_documents
from quartiersladen.kernel.jobs import enqueue
from quartiersladen.kernel.text import fold

CLEAN_INDEX = "quartiersladen.dossiers.tasks.clean_index"
#: Stands for the title of a dossier whose texts are deleted.
NO_TITLE = "[entfernt]"
#: Facts of a deed in the words of a person; the others are closed lists, days and names of bodies.
TYPED_FACTS = frozenset({"reason"})


def clean_search_later() -> None:
    """Let the index forget for good the words that this deed deletes, once it is committed."""
    enqueue(CLEAN_INDEX)


def forget_texts(*, dossier: Dossier) -> None:
    """Delete every text of a dossier; reference, dates and the skeleton of the journal stay.

    Call inside the erasure's permit. Attached files go with their bytes.
    """
    Entry.objects.filter(dossier=dossier).exclude(text="").update(text="")
    for entry in Entry.objects.filter(dossier=dossier).exclude(data={}):
        kept = {name: fact for name, fact in entry.data.items() if name not in TYPED_FACTS}
        if kept != entry.data:
            Entry.objects.filter(pk=entry.pk).update(data=kept)
    FollowUp.objects.filter(dossier=dossier).exclude(note="").update(note="")
    Tagging.objects.filter(dossier=dossier).delete()
    remove_documents(dossier=dossier)
    Dossier.objects.filter(pk=dossier.pk).update(
        title=NO_TITLE, search_text=fold(dossier.reference)
    )


def forget_lines(*, dossier: Dossier, deeds: Collection[str]) -> None:
    """Delete the texts of the lines of some deeds, in the journal and in what the search knows.

    Call inside the erasure's permit; that the deeds were done, and when, stays.
    """
    lines = Entry.objects.filter(dossier=dossier, deed__in=deeds).exclude(text="")
    known = Dossier.objects.values_list("search_text", flat=True).get(pk=dossier.pk)
    for text in lines.values_list("text", flat=True):
        known = known.replace(fold(text), "")
    lines.update(text="")
    Dossier.objects.filter(pk=dossier.pk).update(search_text=known)


def delete_dossier(*, dossier: Dossier) -> int:
    """Delete a dossier with journal, dates, files and letters as if it had never been.

    Call inside the erasure's permit, after the module's own row is gone.  Returns how many files
    it had.
    """
    files = remove_documents(dossier=dossier)
    Entry.objects.filter(dossier=dossier).delete()
    FollowUp.objects.filter(dossier=dossier).delete()
    dossier.delete()
    return files
