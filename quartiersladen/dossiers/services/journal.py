"""The journal takes lines, and the search finds their words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.dossiers import rules
from quartiersladen.dossiers.models import Dossier, Entry
from quartiersladen.dossiers.states import Actor, Audience
from quartiersladen.kernel.errors import Invalid, demand
from quartiersladen.kernel.text import fold


def record(  # noqa: PLR0913 -- one line of the journal; all are named
    *,
    dossier: Dossier,
    deed: str,
    actor: Actor,
    by_id: int | None = None,
    actor_name: str = "",
    text: str = "",
    audience: Audience = Audience.OFFICE,
    data: Mapping[str, Any] | None = None,
    now: datetime,
) -> Entry:
    """Write one journal line and let the search find its text."""
    entry = Entry.objects.create(
        dossier=dossier,
        at=now,
        actor=actor,
        by_id=by_id,
        actor_name=actor_name,
        deed=deed,
        text=text,
        audience=audience,
        data=dict(data or {}),
    )
    if text:
        add_search_words(dossier=dossier, words=text)
    return entry


def add_search_words(*, dossier: Dossier, words: str) -> None:
    """Let the desk search find the dossier by these words, too."""
    added = Value(" " + fold(words))
    Dossier.objects.filter(pk=dossier.pk).update(search_text=Concat(F("search_text"), added))


@transaction.atomic
def note(*, viewer: Viewer, dossier: Dossier, text: str, now: datetime) -> Entry:
    """Write an internal note. Two people may do so at once: notes only add.

    Raises NotAllowed unless the viewer may change the dossier; Invalid for an empty text.
    """
    demand(rules.may_change(viewer, dossier))
    if not text.strip():
        raise Invalid(_("Please write the note."), field="text")
    return record(
        dossier=dossier,
        deed="note",
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        text=text.strip(),
        now=now,
    )
