"""Life of a mediation, of its parties and steps, as tables. Words are what the desk reads."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from quartiersladen.kernel.states import Machine, Transition


class MediationState(TextChoices):
    """Where a mediation stands; all but the first are ways in which it ended."""

    OPEN = "open", pgettext_lazy("mediation", "under way")
    AGREED = "agreed", pgettext_lazy("mediation", "ended with an agreement")
    PARTLY = "partly", pgettext_lazy("mediation", "agreed in part")
    NONE = "none", pgettext_lazy("mediation", "ended without an agreement")
    BROKEN_OFF = "broken_off", pgettext_lazy("mediation", "broken off by a party")
    PASSED_ON = "passed_on", pgettext_lazy("mediation", "passed on to a professional service")


_M = MediationState
_UNDER_WAY = frozenset({_M.OPEN})
#: Ends after which there is an agreement that may hold or not.
WITH_AGREEMENT = frozenset({_M.AGREED, _M.PARTLY})

MEDIATION_MACHINE: Machine[MediationState] = Machine(
    [
        Transition("agree", _UNDER_WAY, _M.AGREED, frozenset({"agreement", "parties"})),
        Transition("agree_partly", _UNDER_WAY, _M.PARTLY, frozenset({"agreement", "parties"})),
        Transition("end_without", _UNDER_WAY, _M.NONE),
        Transition("break_off", _UNDER_WAY, _M.BROKEN_OFF, frozenset({"party"})),
        Transition("pass_on", _UNDER_WAY, _M.PASSED_ON, frozenset({"service"})),
    ]
)
#: The edge that leads to each end.
EDGES = {edge.target: edge.action for edge in MEDIATION_MACHINE.transitions}


class Side(TextChoices):
    """On which side of the quarrel a party stands."""

    A = "a", _("Side A")
    B = "b", _("Side B")
    C = "c", _("Side C")
    D = "d", _("Side D")
    BETWEEN = "between", _("On no side: affected or supporting")


class PartyState(TextChoices):
    """What a party says to taking part."""

    ASKED = "asked", pgettext_lazy("party", "not answered yet")
    AGREED = "agreed", pgettext_lazy("party", "takes part")
    DECLINED = "declined", pgettext_lazy("party", "does not want to")


_P = PartyState
PARTY_MACHINE: Machine[PartyState] = Machine(
    [
        Transition("agree", frozenset({_P.ASKED, _P.DECLINED}), _P.AGREED, frozenset({"day"})),
        Transition("decline", frozenset({_P.ASKED, _P.AGREED}), _P.DECLINED, frozenset({"day"})),
    ]
)
#: The edge that leads to each answer.
ANSWERS = {edge.target: edge.action for edge in PARTY_MACHINE.transitions}


class StepKind(TextChoices):
    """What a step of a mediation is."""

    FIRST = "first", _("First talk")
    SEPARATE = "separate", _("Separate talk")
    JOINT = "joint", _("Joint talk")
    SHUTTLE = "shuttle", _("Going to and fro between the sides")
    CALL = "call", _("Phone call")
    FOLLOW_UP = "follow_up", _("Follow-up talk")
    OTHER = "other", _("Something else")


class StepState(TextChoices):
    """Whether a step has taken place."""

    PLANNED = "planned", pgettext_lazy("step", "planned")
    DONE = "done", pgettext_lazy("step", "done")
    CALLED_OFF = "called_off", pgettext_lazy("step", "did not take place")


_T = StepState
STEP_MACHINE: Machine[StepState] = Machine(
    [
        Transition("do", frozenset({_T.PLANNED}), _T.DONE, frozenset({"minutes"})),
        Transition("call_off", frozenset({_T.PLANNED}), _T.CALLED_OFF),
    ]
)


class Assent(TextChoices):
    """How a party said yes to the agreement."""

    SIGNED = "signed", _("signed")
    ORALLY = "orally", _("agreed orally")


class Holding(TextChoices):
    """What became of an agreement, some weeks later."""

    HOLDS = "holds", pgettext_lazy("agreement", "It holds")
    PARTLY = "partly", pgettext_lazy("agreement", "It holds in part")
    BROKEN = "broken", pgettext_lazy("agreement", "It is broken")
