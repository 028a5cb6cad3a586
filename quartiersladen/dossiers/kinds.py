"""How each kind of dossier is named and reached. One line per kind; read by desk and search."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from quartiersladen.dossiers.states import Kind


@dataclass(frozen=True, slots=True)
class KindOfDossier:
    """label: for people.  icon: name in the icon set.  office_url: takes the reference."""

    label: str | Promise
    icon: str
    office_url: str

    def office_path(self, reference: str) -> str:
        """Return the path of the dossier's page at the desk."""
        return reverse(self.office_url, args=[reference])


KINDS = {
    Kind.CONCERN: KindOfDossier(Kind.CONCERN.label, "chat-bubble", "concerns:office_detail"),
}
