"""Black areas in a photo, so that nobody can be recognised, before it is shown to others."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.rules import may_decide
from quartiersladen.dossiers.models import Document, Entry
from quartiersladen.dossiers.services.documents import exchange_file
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile, claim
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor
from quartiersladen.files.photos import Area
from quartiersladen.files.services import Written, forget_photo, keep_photo, write_blackened
from quartiersladen.kernel.errors import Invalid, Refusal, demand


class NothingChosen(Invalid):
    """A photo is only written anew when something of it becomes black."""

    sentence = _("Please say first what is to become black.")


def blacken_photo(
    *,
    viewer: Viewer,
    concern: Concern,
    document: Document,
    areas: Sequence[Area],
    version: int,
    now: datetime,
) -> Entry:
    """Put a copy in which these areas are black in the place of a photo; the earlier one is gone.

    The new bytes are written first and under a new key, then one transaction exchanges the rows,
    and after it the earlier bytes go. A crash in between leaves the photo as it was, or bytes that
    no address leads to and that the nightly sweep takes.
    Raises NotAllowed; NothingChosen; ChangedMeanwhile.
    """
    demand(may_decide(viewer, concern))
    if not areas:
        raise NothingChosen(field="fields_named")
    if concern.dossier.version != version:
        raise ChangedMeanwhile  # before the work; what counts is the claim below
    try:
        written = write_blackened(file=document.file, areas=areas, now=now)
    except FileNotFoundError as exc:
        raise ChangedMeanwhile from exc  # a colleague has just exchanged it
    try:
        return _exchange(viewer, concern, document, written, len(areas), version, now)
    except Refusal:
        forget_photo(written=written)
        raise


@transaction.atomic
def _exchange(
    viewer: Viewer,
    concern: Concern,
    document: Document,
    written: Written,
    areas: int,
    version: int,
    now: datetime,
) -> Entry:
    claim(dossier=concern.dossier, version=version)
    file = keep_photo(quarter=concern.quarter, written=written, now=now)
    exchange_file(document=document, file=file, now=now)
    return record(
        dossier=concern.dossier,
        deed="photo_blackened",
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        data={"photo": document.position + 1, "areas": areas},
        now=now,
    )
