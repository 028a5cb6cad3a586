"""What a concern's page shows of its mediation: the link, and the words of the journal."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from quartiersladen.accounts.rules import Viewer
from quartiersladen.dossiers.models import Dossier, Entry
from quartiersladen.dossiers.parts import Part, PartLink
from quartiersladen.dossiers.states import Kind
from quartiersladen.mediation.models import Mediation
from quartiersladen.mediation.queries import state_of
from quartiersladen.mediation.states import Assent, Holding, MediationState, StepKind

Facts = Mapping[str, Any]


def _day(value: str) -> str:
    return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")


def _of_party(words: str | Promise) -> Callable[[Facts], str]:
    return lambda facts: str(words) % {"n": facts["number"]}


def _answered(words: str | Promise) -> Callable[[Facts], str]:
    return lambda facts: str(words) % {"n": facts["number"], "day": _day(facts["on"])}


def _of_step(words: str | Promise) -> Callable[[Facts], str]:
    return lambda facts: (
        str(words) % {"kind": StepKind(facts["kind"]).label, "day": _day(facts["on"])}
    )


def _done(facts: Facts) -> str:
    minutes = int(facts["minutes"])
    return ngettext(
        "Mediation: %(kind)s on %(day)s, %(n)s minute",
        "Mediation: %(kind)s on %(day)s, %(n)s minutes",
        minutes,
    ) % {"kind": StepKind(facts["kind"]).label, "day": _day(facts["on"]), "n": minutes}


def _agreement(facts: Facts) -> str:
    if not facts["check_on"]:
        return _("Mediation: agreement written down")
    return _("Mediation: agreement written down; we ask on %(day)s whether it holds") % {
        "day": _day(facts["check_on"])
    }


def _consent(facts: Facts) -> str:
    return _("Mediation: party %(n)s and the agreement: %(how)s on %(day)s") % {
        "n": facts["number"],
        "how": Assent(facts["consent"]).label,
        "day": _day(facts["on"]),
    }


WORDS: dict[str, Callable[[Facts], str]] = {
    "mediation_begun": lambda facts: (
        _("Mediation begun on %(day)s; from now on this is confidential")
        % {"day": _day(facts["on"])}
    ),
    "mediation_party_added": _of_party(gettext_lazy("Mediation: party %(n)s entered")),
    "mediation_party_changed": _of_party(gettext_lazy("Mediation: party %(n)s corrected")),
    "mediation_party_agreed": _answered(
        gettext_lazy("Mediation: party %(n)s takes part since %(day)s")
    ),
    "mediation_party_declined": _answered(
        gettext_lazy("Mediation: party %(n)s said on %(day)s that it does not take part")
    ),
    "mediation_party_erased": _of_party(
        gettext_lazy("Mediation: data of party %(n)s deleted, because they asked for it")
    ),
    "mediation_step_planned": _of_step(gettext_lazy("Mediation: %(kind)s planned for %(day)s")),
    "mediation_step_done": _done,
    "mediation_step_called_off": _of_step(
        gettext_lazy("Mediation: %(kind)s on %(day)s did not take place")
    ),
    "mediation_step_corrected": _of_step(gettext_lazy("Mediation: %(kind)s on %(day)s corrected")),
    "mediation_agreement": _agreement,
    "mediation_consent": _consent,
    "mediation_checked": lambda facts: (
        _("Mediation: does the agreement hold? %(holding)s")
        % {"holding": Holding(facts["holding"]).label}
    ),
    "mediation_ended": lambda facts: (
        _("Mediation: %(state)s") % {"state": MediationState(facts["state"]).label}
    ),
    "mediation_parties_gone": lambda _facts: _(
        "Mediation: data of the parties deleted by the rule of retention"
    ),
    "mediation_texts_gone": lambda _facts: _(
        "Mediation: agreement and notes deleted by the rule of retention"
    ),
}


class MediationPart(Part):
    """A mediation on a concern."""

    def link(self, viewer: Viewer, dossier: Dossier) -> PartLink | None:
        """Return the way to the mediation, or to beginning one on an open concern."""
        if dossier.kind != Kind.CONCERN or not viewer.may_work or dossier.held_at:
            return None
        path = reverse("mediation:page", args=[dossier.reference])
        mediation = state_of(viewer, dossier)
        if mediation is not None:
            said = MediationState(mediation.state).label
            return PartLink(gettext_lazy("Conflict mediation"), path, said)
        if dossier.closed_at:
            return None
        return PartLink(gettext_lazy("Do people quarrel? Begin a mediation"), path)

    def words_of(self, entry: Entry) -> str:
        """Return what a line about a mediation says."""
        build = WORDS.get(entry.deed)
        return build(entry.data) if build else ""

    def keeps_closed(self, dossier: Dossier) -> str | Promise:
        """A concern with a mediation stays confidential as long as it is kept."""
        if not Mediation.objects.filter(concern=dossier.pk).exists():
            return ""
        return gettext_lazy(
            "There is a mediation on this concern: who takes part in it relies on that only the"
            " named read about it. It stays confidential."
        )


PART = MediationPart()
