"""What a module hangs on the dossiers of another one: a mediation on a concern.

The module that owns the dossier does not know the others, which lie above it. The settings list
the parts (DOSSIER_PARTS); the dossier's page shows their links, its journal asks them for words,
and a confidential dossier stays closed as long as one of them says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from quartiersladen.accounts.rules import Viewer
from quartiersladen.dossiers.models import Dossier, Entry
from quartiersladen.kernel.errors import Conflict


class StaysConfidential(Conflict):
    """A part of the dossier is for named persons only, so the whole stays so."""


@dataclass(frozen=True, slots=True)
class PartLink:
    """A way from the dossier's page to a part of it. said: where the part stands, "" for nothing."""

    label: str | Promise
    path: str
    said: str | Promise = ""


class Part:
    """What one module hangs on dossiers of others. The defaults hang nothing."""

    def link(self, viewer: Viewer, dossier: Dossier) -> PartLink | None:  # noqa: ARG002 -- hangs nothing
        """Return the link on the dossier's page; at most one statement."""
        return None

    def words_of(self, entry: Entry) -> str:  # noqa: ARG002 -- hangs nothing
        """Return what a line of the journal says at the desk, "" for a deed of somebody else."""
        return ""

    def keeps_closed(self, dossier: Dossier) -> str | Promise:  # noqa: ARG002 -- hangs nothing
        """Return why a confidential dossier cannot be opened to the office, "" if it can."""
        return ""


@cache
def parts() -> tuple[Part, ...]:
    """Return what the modules hang on dossiers."""
    return tuple(import_string(path) for path in settings.DOSSIER_PARTS)


def links_to_parts(viewer: Viewer, dossier: Dossier) -> Sequence[PartLink]:
    """Return the links for the page of a dossier that the viewer may open."""
    found = (part.link(viewer, dossier) for part in parts())
    return [link for link in found if link is not None]


def words_of_parts(entry: Entry) -> str:
    """Return what a line says whose deed the owner of the dossier does not know."""
    return next((words for part in parts() if (words := part.words_of(entry))), "")


def demand_no_part_closed(dossier: Dossier) -> None:
    """Raise StaysConfidential with the reason of the part that keeps the dossier closed."""
    for part in parts():
        if reason := part.keeps_closed(dossier):
            raise StaysConfidential(reason)
