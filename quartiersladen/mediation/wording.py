"""Words that the end of a mediation proposes for the answer: neutral, and in the person's language."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from quartiersladen.concerns.states import Result, Witness
from quartiersladen.mediation.models import Mediation
from quartiersladen.mediation.states import MediationState

_TALKED = _("We have talked with the people who are part of it.")


@dataclass(frozen=True, slots=True)
class Proposal:
    """How the concern may be closed. The names are those of the fields of the closing deed."""

    result: Result
    answer: str
    reason: str = ""
    witness: str = ""


_M = MediationState
_ENDS: dict[MediationState, tuple[Result, str | Promise]] = {
    _M.AGREED: (Result.FIXED, _("They have found an agreement.")),
    _M.PARTLY: (Result.PARTLY, _("They have found an agreement on a part of it.")),
    _M.NONE: (Result.NOT_POSSIBLE, _("There is no agreement.")),
    _M.BROKEN_OFF: (Result.NOT_POSSIBLE, _("There is no agreement.")),
    _M.PASSED_ON: (Result.NOT_OUR_TASK, _("A professional service goes on with it.")),
}


def proposal_after(mediation: Mediation, language: str) -> Proposal | None:
    """Return what may close the concern; None while the mediation is under way."""
    if mediation.is_open:
        return None
    result, how = _ENDS[MediationState(mediation.state)]
    with translation.override(language):
        talked, ended = str(_TALKED), str(how)
    if result in {Result.FIXED, Result.PARTLY}:
        return Proposal(result, f"{talked} {ended}", witness=Witness.RESIDENT)
    return Proposal(result, talked, reason=ended)
