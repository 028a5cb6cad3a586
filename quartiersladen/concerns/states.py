"""Life of a concern and of a referral, as tables. Words are what residents read."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from quartiersladen.kernel.states import Machine, Transition

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


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


#: What others than the person read where the label speaks to the person.
OF_OTHERS = {ConcernState.QUESTION: _("Question to the person who told it")}


def word_for_others(state: ConcernState) -> "str | _StrPromise":
    """Return the word of a state for everybody except the person who told it."""
    return OF_OTHERS.get(state, state.label)


_S = ConcernState
CLOSED = frozenset({_S.ANSWERED, _S.JOINED, _S.WITHDRAWN})
#: Came in with signs of spam, or by a mail whose sender anybody can forge: the office has to look
#: first. None is among its work or public, and nobody is written to.
HELD = frozenset({_S.QUARANTINED, _S.SPAM, _S.DRAFT})
OPEN = frozenset(ConcernState) - CLOSED - HELD
AT_WORK = OPEN - {_S.NEW}
OUTSIDE = frozenset({_S.FORWARDED, _S.ASKED_AGAIN})


def parting(state: ConcernState) -> str:
    """Return the edge that leads from a joint case back to an open state."""
    return f"part_{state.value}"


CONCERN_MACHINE: Machine[ConcernState] = Machine(
    [
        Transition("check", OPEN, _S.CHECKED),
        Transition("take_on", OPEN, _S.OURS, frozenset({"next_date"})),
        Transition("forward", OPEN, _S.FORWARDED, frozenset({"body", "next_date"})),
        Transition("ask_again", OUTSIDE, _S.ASKED_AGAIN, frozenset({"next_date"})),
        Transition("wait_on", OUTSIDE, _S.FORWARDED, frozenset({"next_date"})),
        Transition("come_back", OUTSIDE, _S.CHECKED, frozenset({"next_date"})),
        Transition("ask_person", OPEN - {_S.QUESTION}, _S.QUESTION, frozenset({"next_date"})),
        Transition(
            "question_over", frozenset({_S.QUESTION}), _S.CHECKED, frozenset({"next_date"})
        ),
        Transition(
            "back_outside", frozenset({_S.QUESTION}), _S.FORWARDED, frozenset({"next_date"})
        ),
        Transition(
            "back_to_silence", frozenset({_S.QUESTION}), _S.ASKED_AGAIN, frozenset({"next_date"})
        ),
        Transition("close", OPEN, _S.ANSWERED, frozenset({"result"})),
        Transition("withdraw", OPEN | {_S.QUARANTINED}, _S.WITHDRAWN),
        Transition("join", OPEN, _S.JOINED, frozenset({"leader"})),
        Transition("reopen", CLOSED - {_S.JOINED}, _S.CHECKED, frozenset({"next_date"})),
        Transition("let_in", HELD, _S.NEW, frozenset({"next_date"})),
        Transition("call_spam", frozenset({_S.QUARANTINED}), _S.SPAM, frozenset({"next_date"})),
        Transition("hold_again", frozenset({_S.SPAM}), _S.QUARANTINED, frozenset({"next_date"})),
        # Back out of a joint case, to where it stood before; a question was settled when it joined.
        *(
            Transition(parting(state), frozenset({_S.JOINED}), state, frozenset({"next_date"}))
            for state in sorted(OPEN - {_S.QUESTION})
        ),
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


#: The edges on which a question to the person ends by itself; all others take it over.
AFTER_QUESTION = frozenset({"question_over", "back_outside", "back_to_silence"})


def action_after_question(referrals: Iterable[ReferralState]) -> str:
    """Return the edge on which a concern leaves its question: back to who has it, else to us."""
    back = {
        "ask_again": "back_to_silence",
        "wait_on": "back_outside",
        "come_back": "question_over",
    }
    return back[action_for(referrals)]


class QuestionState(TextChoices):
    """Where a question back to the person stands."""

    OPEN = "open", pgettext_lazy("question", "open")
    ANSWERED = "answered", pgettext_lazy("question", "answered")
    UNANSWERED = "unanswered", pgettext_lazy("question", "no answer")
    SETTLED = "settled", pgettext_lazy("question", "not needed any more")


#: An answer is welcome, also a late one.
ANSWERABLE = frozenset({QuestionState.OPEN, QuestionState.UNANSWERED})


class MeetingState(TextChoices):
    """Where a meeting of several bodies stands."""

    PLANNED = "planned", pgettext_lazy("meeting", "planned")
    MOVED = "moved", pgettext_lazy("meeting", "moved to another day")
    HELD = "held", pgettext_lazy("meeting", "has taken place")
    CANCELLED = "cancelled", pgettext_lazy("meeting", "called off")


_M = MeetingState
#: Still to come, or nobody has written down what came of it.
AHEAD = frozenset({_M.PLANNED, _M.MOVED})

MEETING_MACHINE: Machine[MeetingState] = Machine(
    [
        Transition("move", AHEAD, _M.MOVED, frozenset({"day"})),
        Transition("hold", AHEAD, _M.HELD, frozenset({"bodies", "agreed"})),
        Transition("cancel", AHEAD, _M.CANCELLED),
    ]
)


class Attendance(TextChoices):
    """What a body has said about a meeting to which it is invited."""

    OPEN = "open", pgettext_lazy("invitation", "has not said yet")
    COMES = "comes", pgettext_lazy("invitation", "comes")
    STAYS_AWAY = "stays-away", pgettext_lazy("invitation", "does not come")


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
    POSTCARD = "postcard", _("Postcard")
    OPEN311 = "open311", _("Through another city service")
    API = "api", _("From another program")


class ActionKind(TextChoices):
    """Where many concerns come from at once."""

    POSTCARDS = "postcards", _("Postcards")
    OFFICE_HOUR = "office-hour", _("Office hour")
    STALL = "stall", _("Stall or event")
    WALK = "walk", _("Walk")


#: How what is told on an action reaches the office.
CHANNEL_OF = {
    ActionKind.POSTCARDS: Channel.POSTCARD,
    ActionKind.OFFICE_HOUR: Channel.WALK_IN,
    ActionKind.STALL: Channel.EVENT,
    ActionKind.WALK: Channel.WALK,
}


#: Came from a partner's program; nobody at the desk types these in.
BY_PROGRAM = frozenset({Channel.OPEN311, Channel.API})


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


class RuleMode(TextChoices):
    """What a rule of scope does with a report that it fits."""

    HINT = "hint", _("Hint: says who is responsible; the next press sends")
    STOP = "stop", _("Stop: sends only as a hint of public interest")


class HitOutcome(TextChoices):
    """What somebody did after a rule of scope was shown."""

    LEFT = "left", _("did not send")
    SENT_ANYWAY = "sent_anyway", _("sent all the same")
    OVERRIDDEN = "overridden", _("sent as a hint of public interest")


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


class StateGroup(TextChoices):
    """Several states at once, for who looks through the public list."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Finished")


class Rhythm(TextChoices):
    """How often somebody who follows gets a mail, if there is anything new."""

    WEEKLY = "weekly", _("Once a week, all in one mail")
    AT_ONCE = "at-once", _("At once, each time something happens")


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
