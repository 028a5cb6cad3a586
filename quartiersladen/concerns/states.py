"""Life of a concern and of a referral, as tables. Words are what residents read."""

from collections.abc import Iterable

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from quartiersladen.kernel.states import Machine, Transition


class ConcernState(TextChoices):
    """Where a concern stands. The label is the public word."""

    NEW = "new", _("Received")
    CHECKED = "checked", _("Checked")
    OURS = "ours", _("We are working on it")
    FORWARDED = "forwarded", _("Passed on")
    ASKED_AGAIN = "asked_again", _("Asked again")
    QUESTION = "question", _("Question to you")
    ANSWERED = "answered", _("Answered")
    JOINED = "joined", _("Belongs to another concern")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    QUARANTINED = "quarantined", _("In quarantine")
    SPAM = "spam", _("Spam")
    DRAFT = "draft", _("Draft")


_S = ConcernState
CLOSED = frozenset({_S.ANSWERED, _S.JOINED, _S.WITHDRAWN})
#: Came in with signs of spam, or by a mail whose sender anybody can forge: the office has to look
#: first. None is among its work or public, and nobody is written to.
HELD = frozenset({_S.QUARANTINED, _S.SPAM, _S.DRAFT})
OPEN = frozenset(ConcernState) - CLOSED - HELD
AT_WORK = OPEN - {_S.NEW}
OUTSIDE = frozenset({_S.FORWARDED, _S.ASKED_AGAIN})

CONCERN_MACHINE: Machine[ConcernState] = Machine(
    [
        Transition("check", OPEN, _S.CHECKED),
        Transition("take_on", OPEN, _S.OURS, frozenset({"next_date"})),
        Transition("forward", OPEN, _S.FORWARDED, frozenset({"body", "next_date"})),
        Transition("ask_again", OUTSIDE, _S.ASKED_AGAIN, frozenset({"next_date"})),
        Transition("wait_on", OUTSIDE, _S.FORWARDED, frozenset({"next_date"})),
        Transition("come_back", OUTSIDE, _S.CHECKED, frozenset({"next_date"})),
        Transition("close", OPEN, _S.ANSWERED, frozenset({"result"})),
        Transition("withdraw", OPEN | {_S.QUARANTINED}, _S.WITHDRAWN),
        Transition("reopen", CLOSED, _S.CHECKED, frozenset({"next_date"})),
        Transition("let_in", HELD, _S.NEW, frozenset({"next_date"})),
        Transition("call_spam", frozenset({_S.QUARANTINED}), _S.SPAM, frozenset({"next_date"})),
        Transition("hold_again", frozenset({_S.SPAM}), _S.QUARANTINED, frozenset({"next_date"})),
    ]
)


class ReferralState(TextChoices):
    """Where one body stands with one concern."""

    SENT = "sent", pgettext_lazy("referral", "sent")
    ACCEPTED = "accepted", pgettext_lazy("referral", "accepted")
    DECLINED = "declined", pgettext_lazy("referral", "declined")
    ANSWERED = "answered", pgettext_lazy("referral", "answered")
    SILENT = "silent", pgettext_lazy("referral", "silent")


_R = ReferralState
WAITING = frozenset({_R.SENT, _R.ACCEPTED, _R.SILENT})
SETTLED = frozenset(ReferralState) - WAITING

REFERRAL_MACHINE: Machine[ReferralState] = Machine(
    [
        Transition("accept", frozenset({_R.SENT, _R.SILENT}), _R.ACCEPTED),
        Transition("decline", WAITING, _R.DECLINED, frozenset({"reason"})),
        Transition("answer", WAITING, _R.ANSWERED, frozenset({"text"})),
        Transition("ask_again", WAITING, _R.SILENT),
    ]
)


def action_for(referrals: Iterable[ReferralState]) -> str:
    """Return the edge that the states of a concern's referrals ask for.

    A silent body that was asked wins, then a body that has it; when all have settled the matter
    comes back to the office.
    """
    states = set(referrals)
    if _R.SILENT in states:
        return "ask_again"
    if states & WAITING:
        return "wait_on"
    return "come_back"


class ConcernKind(TextChoices):
    """What the person brings."""

    PROBLEM = "problem", _("Problem")
    HINT = "hint", _("Hint")
    IDEA = "idea", _("Idea")


class Channel(TextChoices):
    """How it reached the office."""

    WEB = "web", _("Web form")
    PHONE = "phone", _("Phone")
    WALK_IN = "walk-in", _("In the office")
    MAIL = "mail", _("E-mail")
    LETTER = "letter", _("Letter")
    WALK = "walk", _("On a walk")
    EVENT = "event", _("At an event")


class PlaceKind(TextChoices):
    """How a place was named."""

    POINT = "point", _("Point on the map")
    ADDRESS = "address", _("Address or crossing")
    QUARTER = "quarter", _("The whole quarter")
    NONE = "none", _("No place")


class PlacePrecision(TextChoices):
    """How much of the place is public."""

    EXACT = "exact", _("Exact point")
    STREET = "street", _("Only roughly")
    NONE = "none", _("Not shown")


class Scope(TextChoices):
    """Whose business it is: three outcomes of the scope check, and not decided yet."""

    UNDECIDED = "undecided", _("Not decided yet")
    OURS = "ours", _("Ours")
    NOT_OURS = "not_ours", _("Not ours: here is the right address")
    PUBLIC_INTEREST = "public_interest", _("Not ours, but of public interest: passed on")


class Result(TextChoices):
    """How it ended. Answered and fixed are two things."""

    FIXED = "fixed", _("Fixed")
    PARTLY = "partly", _("Partly fixed")
    NOT_POSSIBLE = "not_possible", _("Not possible")
    NOT_OUR_TASK = "not_our_task", _("Not our task, right address given")
    NO_ANSWER = "no_answer", _("No answer from the body")


#: Results that need a public reason of at most 500 characters.
NEEDS_REASON = frozenset({Result.NOT_POSSIBLE, Result.NOT_OUR_TASK, Result.NO_ANSWER})
#: Results that need somebody who saw it.
NEEDS_WITNESS = frozenset({Result.FIXED, Result.PARTLY})


class Witness(TextChoices):
    """Who confirmed that it is fixed."""

    OFFICE = "office", _("The office has seen it")
    BODY = "body", _("The responsible body says so")
    RESIDENT = "resident", _("A resident says so")


class AnswerWay(TextChoices):
    """How the person wants to get the answer."""

    NONE = "none", _("No answer needed")
    LINK = "link", _("I look it up myself on the status page")
    MAIL = "mail", _("By e-mail")
    PHONE = "phone", _("By phone")
    POST = "post", _("By post")


class TalkPlace(TextChoices):
    """Where a talk took place that is no concern."""

    OFFICE = "office", _("In the office")
    PHONE = "phone", _("On the phone")
    STREET = "street", _("On the street, on a walk")
    STALL = "stall", _("At a stall or event")
    VISIT = "visit", _("On a visit")


class MailEffect(TextChoices):
    """What a mail that came in became here. No page shows these words."""

    DRAFT = "draft"
    WORDS = "words"
    PROPOSAL = "proposal"
    BOUNCE = "bounce"
