"""The story of a concern in honest words: for the person, for everybody, and for the desk.

Sentences are made from what the journal holds and never promise more than it says.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import get_language_bidi, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from quartiersladen.accounts.rules import Viewer, public_viewer
from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.concerns import meeting_lines
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.states import (
    OUTSIDE,
    AnswerWay,
    Channel,
    ConcernKind,
    ConcernState,
    PlaceKind,
    Result,
    Scope,
    Witness,
)
from quartiersladen.correspondence.incoming.states import Delivery
from quartiersladen.correspondence.states import Way
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.parts import words_of_parts
from quartiersladen.dossiers.queries import journal
from quartiersladen.dossiers.states import Actor
from quartiersladen.kernel.language import language_name
from quartiersladen.kernel.spam import Sign
from quartiersladen.kernel.text import with_steady_numbers

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One dated line. quote: words of the office or a body.  is_next: expected, not yet done."""

    on: date
    sentence: str
    quote: str = ""
    is_next: bool = False


def _day(iso: str) -> str:
    return date_format(date.fromisoformat(iso), "DATE_FORMAT")


def _closed(facts: Facts) -> str:
    sentences = {
        Result.FIXED: _("Answered: it is fixed."),
        Result.PARTLY: _("Answered: it is partly fixed."),
        Result.NOT_POSSIBLE: _("Answered: it is not possible."),
        Result.NOT_OUR_TASK: _("Answered: somebody else can help."),
        Result.NO_ANSWER: _("Closed: the responsible body has not answered."),
    }
    sentence = sentences[Result(facts["result"])]
    seen_by = {
        Witness.OFFICE: _("The office has seen it."),
        Witness.BODY: _("The responsible body says so."),
        Witness.RESIDENT: _("A resident says so."),
    }
    witness = facts.get("witness")
    return f"{sentence} {seen_by[Witness(witness)]}" if witness else sentence


def _asked_again(facts: Facts) -> str:
    times = int(facts["times"])
    return ngettext(
        "We have asked %(body)s again, %(times)s time so far.",
        "We have asked %(body)s again, %(times)s times so far.",
        times,
    ) % {"body": facts["body"], "times": times}


def _accepted(facts: Facts) -> str:
    if facts.get("expected_on"):
        return _("%(body)s has taken it on and wants to be done by %(day)s.") % {
            "body": facts["body"],
            "day": _day(facts["expected_on"]),
        }
    return _("%(body)s has taken it on.") % facts


def _met(facts: Facts) -> dict[str, str]:
    """Return with whom, when, and of a meeting that was moved when it was to be before."""
    before = facts.get("before")
    return {
        "bodies": get_text_list(facts["bodies"], _("and")),
        "day": _day(facts["on"]),
        "before": _day(before) if before else "",
    }


def _moved(facts: Facts) -> str:
    """Return on which day it is now; nothing of another time or place on the same day."""
    if facts["before"] == facts["on"]:
        return ""
    return _("The meeting with %(bodies)s on %(before)s is now on %(day)s.") % _met(facts)


def _letter(facts: Facts) -> str:
    day = {"day": _day(facts["sent_on"])}
    if facts["way"] == Way.POST:
        return _("We sent you a letter on %(day)s.") % day
    return _("We gave you a letter on %(day)s.") % day


#: Deeds that the person and, after release, everybody may read about; filled with the facts.
PLAIN: dict[str, str | Promise] = {
    "received": gettext_lazy("We have received it."),
    "checked": gettext_lazy("We have looked at it. We pass it on."),
    "taken_on": gettext_lazy("We are working on it ourselves."),
    "passed_on": gettext_lazy("We have given it to %(body)s."),
    "body_declined": gettext_lazy("%(body)s says that it is not responsible."),
    "body_answered": gettext_lazy("%(body)s has answered us."),
    "reopened": gettext_lazy("We have taken it up again."),
    "withdrawn": gettext_lazy("It was withdrawn."),
    "question_asked": gettext_lazy("We have asked the person who told it a question."),
    "question_answered": gettext_lazy("The person has answered our question."),
    "question_unanswered": gettext_lazy("We got no answer to our question and go on without it."),
}
#: Deeds after which others read something else about a concern, or it stands elsewhere. Joining and
#: parting have words to the person alone, but everybody sees the state.
MOVES = (
    *("received", "checked", "taken_on", "passed_on", "asked_again", "body_accepted"),
    *("body_declined", "body_answered", "closed", "reopened", "withdrawn", "joined", "parted"),
    *("question_asked", "question_answered", "question_unanswered", "meeting_public"),
)
#: The same deeds in words to the person who told it.
TO_PERSON: dict[str, str | Promise] = {
    "question_asked": gettext_lazy("We have asked you a question."),
    "question_reminded": gettext_lazy("We have reminded you of our question."),
    "question_answered": gettext_lazy("You have answered our question. Thank you."),
    "joined": gettext_lazy("It belongs to concern no. %(leader)s: others have told us the same."),
    "parted": gettext_lazy(
        "It does not belong to concern no. %(leader)s. We look at it on its own."
    ),
    "joint_answer": gettext_lazy("There is an answer for everybody who told us this."),
    "joint_reopened": gettext_lazy("We have taken it up again."),
}
TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")
#: Deeds with words of the office to the person, or to everybody.
QUOTED = frozenset({"closed", "joint_answer", "meeting_told", "meeting_public"})
#: What the person reads in other words already.
NOT_TO_PERSON = frozenset({"meeting_public"})
BUILT: dict[str, Callable[[Facts], str]] = {
    "asked_again": _asked_again,
    "body_accepted": _accepted,
    "closed": _closed,
    "told_orally": lambda facts: (
        _("We told the answer on %(day)s.") % {"day": _day(facts["told_on"])}
    ),
    "letter_sent": _letter,
    "meeting_planned": lambda facts: (
        _("We want to talk about it with %(bodies)s on %(day)s.") % _met(facts)
    ),
    "meeting_moved": _moved,
    "meeting_cancelled": lambda facts: (
        _("The meeting with %(bodies)s on %(day)s does not take place.") % _met(facts)
    ),
    "meeting_told": lambda facts: _("Meeting with %(bodies)s on %(day)s.") % _met(facts),
    "meeting_public": lambda facts: _("Meeting with %(bodies)s on %(day)s.") % _met(facts),
}


def _words(
    entry: Entry, plain: Mapping[str, str | Promise], built: Mapping[str, Callable[[Facts], str]]
) -> str:
    if entry.deed in built:
        return built[entry.deed](entry.data)
    return str(plain[entry.deed]) % entry.data if entry.deed in plain else ""


def _steps(concern: Concern, entries: Iterable[Entry], *, to_person: bool) -> Iterable[Step]:
    zone, plain = concern.quarter.zone, (PLAIN | TO_PERSON if to_person else PLAIN)
    for entry in entries:
        if to_person and entry.deed in NOT_TO_PERSON:
            continue
        # A day ends with a full stop in some languages, and so do names as "Verein e. V.".
        sentence = TWO_STOPS.sub(".", _words(entry, plain, BUILT))
        if get_language_bidi():
            sentence = with_steady_numbers(sentence)
        if sentence:
            yield Step(
                on=entry.at.astimezone(zone).date(),
                sentence=sentence,
                quote=_quote(entry) if entry.deed in QUOTED else "",
            )


def told_steps(concern: Concern, entries: Iterable[Entry], *, to_person: bool) -> list[Step]:
    """Return the dated steps of lines that the caller chose, without the expected one.

    to_person: in words to the person who told it; else in those for everybody.
    """
    return list(_steps(concern, entries, to_person=to_person))


def _quote(entry: Entry) -> str:
    reason = str(entry.fact("reason") or "")
    return "\n\n".join(part for part in (entry.text, reason) if part)


def _next_step(concern: Concern) -> Step | None:
    if concern.next_on is None:
        return None
    state = ConcernState(concern.state)
    if state in OUTSIDE:
        sentence = _("If nobody has answered by then, we ask again.")
    elif state == ConcernState.SPAM:
        sentence = _("Then we delete it.")
    elif state in {ConcernState.NEW, ConcernState.QUARANTINED, ConcernState.DRAFT}:
        sentence = _("By then we have looked at it.")
    else:
        sentence = _("By then we take the next step.")
    return Step(on=concern.next_on, sentence=sentence, is_next=True)


def steps_for(viewer: Viewer, concern: Concern) -> list[Step]:
    """Return the dated steps that the viewer may read, oldest first, the expected one last.

    concern: with its quarter and dossier loaded; one statement.
    """
    to_person = viewer.link_purpose == LinkPurpose.TELLER_STATUS
    steps = list(_steps(concern, journal(viewer, concern.dossier), to_person=to_person))
    expected = _next_step(concern)
    return [*steps, expected] if expected else steps


def public_steps(concern: Concern) -> list[Step]:
    """Return the steps that everybody reads, also when a colleague looks at the public page."""
    return steps_for(public_viewer(concern.quarter_id), concern)


def public_headline(concern: Concern) -> str:
    """Return the sentence for everybody, who are not the person that was asked."""
    if concern.state == ConcernState.QUESTION:
        return _("We have asked the person who told us and wait for the answer.")
    return headline(concern)


def headline(concern: Concern) -> str:
    """Return one sentence that a child understands about where the concern stands."""
    sentences = {
        ConcernState.NEW: _("Your message is here. We will look at it soon."),
        ConcernState.CHECKED: _("We have looked at it and take the next step."),
        ConcernState.OURS: _("We are taking care of it."),
        ConcernState.FORWARDED: _("Somebody who can help has it now. We wait for the answer."),
        ConcernState.ASKED_AGAIN: _("Nobody has answered us yet. We have asked again."),
        ConcernState.QUESTION: _("We have a question to you."),
        ConcernState.ANSWERED: _("There is an answer."),
        ConcernState.JOINED: _("Others have told us the same. We deal with it together."),
        ConcernState.WITHDRAWN: _("This was withdrawn. We do nothing more."),
        ConcernState.QUARANTINED: _("We have got your concern and are going to look at it."),
        ConcernState.DRAFT: _("We have got your concern and are going to look at it."),
        ConcernState.SPAM: _(
            "We take this for advertising and delete it. Are we wrong? Then please call us."
        ),
    }
    return sentences[ConcernState(concern.state)]


def _channel(facts: Facts) -> str:
    return _("Received (%(channel)s, told on %(day)s)") % {
        "channel": Channel(facts["channel"]).label,
        "day": _day(facts["told_on"]),
    }


def _sorted(facts: Facts) -> str:
    return _("Sorted: %(kind)s, %(theme)s") % {
        "kind": ConcernKind(facts["kind"]).label,
        "theme": facts["theme"] or _("no theme"),
    }


def _assigned(facts: Facts) -> str:
    return _("Looked after by %(to)s") % facts if facts["to"] else _("Looked after by nobody")


def _passed_on(facts: Facts) -> str:
    sentence = _("Passed on to %(body)s (%(way)s)") % {
        "body": facts["body"],
        "way": Way(facts["way"]).label,
    }
    with_contact = _("with contact data")
    return f"{sentence}, {with_contact}" if facts["with_contact"] else sentence


def _released(facts: Facts) -> str:
    count = int(facts["photos"])
    sentence = ngettext("Made public with %(n)s photo", "Made public with %(n)s photos", count) % {
        "n": count
    }
    looked_at = facts.get("looked_at")
    if not looked_at:
        return sentence
    numbers = _("looked at: %(numbers)s") % {"numbers": ", ".join(map(str, looked_at))}
    return f"{sentence} ({numbers})"


def _ended(facts: Facts) -> str:
    return _("Closed: %(result)s") % {"result": Result(facts["result"]).label}


def _letter_at_desk(facts: Facts) -> str:
    day = {"day": _day(facts["sent_on"])}
    if facts["way"] == Way.POST:
        return _("Letter posted on %(day)s") % day
    return _("Letter handed out on %(day)s") % day


WAYS_OF_PERSON = {
    Way.MAIL: gettext_lazy("by e-mail"),
    Way.PHONE: gettext_lazy("by phone"),
    Way.POST: gettext_lazy("by letter"),
    Way.TALK: gettext_lazy("in person"),
    Way.LINK: gettext_lazy("on the status page"),
}


def _question_asked(facts: Facts) -> str:
    return _("Question to the person (%(way)s), answer by %(day)s") % {
        "way": WAYS_OF_PERSON[Way(facts["way"])],
        "day": _day(facts["due_on"]),
    }


def _question_answered(facts: Facts) -> str:
    sentence = _("The person has answered (%(way)s)") % {"way": WAYS_OF_PERSON[Way(facts["way"])]}
    count = int(facts["photos"])
    photos = ngettext("with %(n)s photo", "with %(n)s photos", count) % {"n": count}
    return f"{sentence}, {photos}" if count else sentence


def _topic_set(facts: Facts) -> str:
    return ngettext(
        "Important topic: asked about every month, next on %(day)s",
        "Important topic: asked about every %(n)s months, next on %(day)s",
        int(facts["months"]),
    ) % {"n": facts["months"], "day": _day(facts["next_on"])}


def _returned(facts: Facts) -> str:
    """Say that a mail of ours came back, or what a server told of it."""
    said = Delivery(facts["delivery"]).label if facts["delivery"] else ""
    sentence = _("A server about our mail: %(said)s") % {"said": said}
    return f"{sentence} ({facts['body']})" if facts["body"] else sentence


def _answer_language(facts: Facts) -> str:
    return _("Answered in another language from now on: %(language)s") % {
        "language": language_name(facts["to"])
    }


def _confidential(facts: Facts) -> str:
    by_theme = _("Confidential because of its theme. These may see it: %(people)s")
    by_deed = _("Made confidential. These may see it: %(people)s")
    return (by_theme if facts.get("by_theme") else by_deed) % {"people": facts["people"] or "–"}


DESK_PLAIN: dict[str, str | Promise] = {
    "note": gettext_lazy("Note"),
    "tags": gettext_lazy("Tags changed"),
    "partner_said": gettext_lazy("%(partner)s sent along"),
    "taken_on": gettext_lazy("Taken on by the office"),
    "asked_again": gettext_lazy("Asked again: %(body)s (%(times)s)"),
    "ask_note": gettext_lazy("Asked %(body)s: whom and what"),
    "body_declined": gettext_lazy("Declined by %(body)s"),
    "body_declined_text": gettext_lazy("Why %(body)s declined"),
    "body_answered": gettext_lazy("Answered by %(body)s"),
    "body_answered_text": gettext_lazy("The answer of %(body)s"),
    "reopened": gettext_lazy("Taken up again"),
    "reopen_note": gettext_lazy("Why it was taken up again"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "photo_blackened": gettext_lazy("Photo %(photo)s blackened; the earlier one is deleted"),
    "joined": gettext_lazy("Joined to %(leader)s"),
    "joined_here": gettext_lazy("Joined to this one: %(numbers)s"),
    "parted": gettext_lazy("Parted from %(leader)s again"),
    "parted_here": gettext_lazy("Parted from this one again: %(numbers)s"),
    "joint_answer": gettext_lazy("Answered together with %(leader)s"),
    "joint_reopened": gettext_lazy("Taken up again together with %(leader)s"),
    "concealed": gettext_lazy("Taken off the public pages"),
    "question_text": gettext_lazy("What we asked the person"),
    "question_answer": gettext_lazy("The answer of the person"),
    "question_reminded": gettext_lazy("The person was reminded of the question"),
    "question_unanswered": gettext_lazy("No answer of the person within ten working days"),
    "topic_ended": gettext_lazy("No important topic any more"),
    "named": gettext_lazy("Confidential. These may see it now: %(people)s"),
    "confidential_ended": gettext_lazy("Not confidential any more"),
    "let_in": gettext_lazy("It is real: let in from the quarantine"),
    "held_again": gettext_lazy("Not called spam any more: back in the quarantine"),
    "draft_taken": gettext_lazy("Taken in: it came by mail"),
    "person_wrote": gettext_lazy("Mail of the person"),
    "body_wrote": gettext_lazy("Mail of %(body)s"),
    "mail_read": gettext_lazy("Mail read"),
    "mail_put_aside": gettext_lazy("Mail put aside"),
    "address_confirmed": gettext_lazy("E-mail address confirmed"),
    "address_dropped": gettext_lazy("E-mail address deleted: not confirmed within 72 hours"),
    "consent_withdrawn": gettext_lazy("Consent taken back: contact data must not be passed on"),
    "contact_changed": gettext_lazy("Contact data changed by the person"),
    "contact_deleted": gettext_lazy("Contact data deleted by the person"),
    "contact_gone": gettext_lazy("Contact data deleted by the rule of retention"),
    "contact_erased": gettext_lazy("Contact data deleted by the office for the person"),
    "text_blackened": gettext_lazy(
        "Words in it blackened: a person wanted their data to be deleted"
    ),
    "text_gone": gettext_lazy("Texts and photos deleted by the rule of retention"),
}
DESK_BUILT: dict[str, Callable[[Facts], str]] = {
    "confidential": _confidential,
    "quarantined": lambda facts: (
        _("Put into the quarantine: %(why)s")
        % {"why": "; ".join(str(Sign(sign).label) for sign in facts["signs"])}
    ),
    "called_spam": lambda facts: (
        _("Called spam; it is deleted on %(day)s") % {"day": _day(facts["gone_on"])}
    ),
    "mail_returned": _returned,
    "received": _channel,
    "assign": _assigned,
    "sorted": _sorted,
    "placed": lambda facts: (
        _("Place entered: %(kind)s") % {"kind": PlaceKind(facts["kind"]).label}
    ),
    "checked": lambda facts: str(Scope(facts["scope"]).label),
    "next_date": lambda facts: _("Next date: %(day)s") % {"day": _day(facts["due_on"])},
    "passed_on": _passed_on,
    "body_accepted": _accepted,
    "closed": _ended,
    "released": _released,
    "answer_language": _answer_language,
    "told_orally": lambda facts: _("Told orally on %(day)s") % {"day": _day(facts["told_on"])},
    "letter_sent": _letter_at_desk,
    "question_asked": _question_asked,
    "question_answered": _question_answered,
    "topic_set": _topic_set,
    **meeting_lines.BUILT,
}


def office_words(entry: Entry) -> str:
    """Return what a journal line says at the desk, without its text."""
    return _words(entry, DESK_PLAIN, DESK_BUILT) or words_of_parts(entry)


def who(entry: Entry) -> str:
    """Return who did it, for the desk."""
    if entry.actor == Actor.BODY:
        return entry.actor_name
    return entry.by.name if entry.by else str(Actor(entry.actor).label)


def next_steps(concern: Concern) -> list[Step]:
    """Return what happens after sending: three dated steps for the receipt."""
    on = concern.quarter.local_day(concern.created_at)
    steps = [Step(on=on, sentence=_("We have received it."))]
    if concern.next_on:
        steps.append(
            Step(on=concern.next_on, sentence=_("By then we have looked at it."), is_next=True)
        )
    wants_answer = concern.teller.way != AnswerWay.NONE
    sentence = (
        _("By then we tell you what we know.") if wants_answer else _("By then it has an answer.")
    )
    return [*steps, Step(on=concern.promised_on, sentence=sentence, is_next=True)]
