"""The page of one concern: left the story, right the state and the deeds."""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from quartiersladen.concerns import meeting_lines, rules, timeline
from quartiersladen.concerns.forms.office import ANSWER_WAYS
from quartiersladen.concerns.letters import has_letter
from quartiersladen.concerns.states import AnswerWay, ConcernState
from quartiersladen.concerns.views_office.case import Case
from quartiersladen.concerns.views_office.offers import (
    Attempt,
    deeds_of,
    may_forward,
    may_meet,
    proposals,
    referral_cards,
    silent,
)
from quartiersladen.concerns.views_office.suggesting import suggested_at_first
from quartiersladen.correspondence.models import Message
from quartiersladen.correspondence.queries import kept_text, messages_of
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.parts import links_to_parts
from quartiersladen.dossiers.queries import journal, next_follow_up, readings_of
from quartiersladen.kernel.language import language_name
from quartiersladen.outbox.queries import readable_text

PAGE = "concerns/office/detail.html"
WITH_BODIES = {
    "passed_on",
    "asked_again",
    "ask_note",
    "body_accepted",
    "body_declined",
    "body_declined_text",
    "body_answered",
    "body_answered_text",
    "body_wrote",
    *meeting_lines.CHAIN,
}
WITH_PERSON = {
    "received",
    "told_orally",
    "letter_sent",
    "person_wrote",
    "mail_returned",
    "address_confirmed",
    "address_dropped",
    "consent_withdrawn",
    "contact_changed",
    "contact_deleted",
    "contact_gone",
    "contact_erased",
    "text_gone",
    "closed",
    "withdrawn",
    "question_text",
    "question_asked",
    "question_reminded",
    "question_answer",
    "question_answered",
    "question_unanswered",
    "meeting_told",
}
#: What was asked and what came back, over the years.
CHAIN = {
    "passed_on",
    "asked_again",
    "ask_note",
    "body_declined_text",
    "body_answered_text",
    "closed",
    "reopen_note",
    "question_text",
    "question_answer",
    "question_unanswered",
    "topic_set",
    "topic_ended",
    "joined",
    "parted",
    "joint_answer",
    "joint_reopened",
    *meeting_lines.CHAIN,
}
#: Word in the address -> name and the deeds that are shown.
JOURNALS = {
    "notizen": (gettext_lazy("Notes"), {"note", "ask_note", "reopen_note"}),
    "stellen": (gettext_lazy("Bodies"), WITH_BODIES),
    "person": (gettext_lazy("The person"), WITH_PERSON),
    "kette": (gettext_lazy("Asks and answers"), CHAIN),
}


def _line(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "words": timeline.office_words(entry),
        "who": timeline.who(entry),
        "text": entry.text,
    }


def _journal(case: Case, chosen: str) -> dict[str, Any]:
    """Return the lines of the chosen journal and the chips to choose another."""
    entries = journal(case.request.viewer, case.concern.dossier)
    wanted = JOURNALS[chosen][1] if chosen in JOURNALS else None
    return {
        "journal": [_line(e) for e in entries if wanted is None or e.deed in wanted],
        "journals": [(word, name, word == chosen) for word, (name, _deeds) in JOURNALS.items()],
        "journal_chosen": chosen if chosen in JOURNALS else "",
    }


def _letter(case: Case, message: Message) -> dict[str, Any]:
    mail = message.mail
    if mail is None or mail.is_emptied:
        return {"message": message, "mail": mail, "text": kept_text(message)}
    mail.quarter = case.request.quarter
    return {"message": message, "mail": mail, "text": readable_text(mail)}


def show(
    case: Case,
    *,
    attempt: Attempt | None = None,
    opened: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """Render the page. attempt: a deed to be shown again.  opened: the deed that is unfolded."""
    request, concern = case.request, case.concern
    viewer = request.viewer
    decides = rules.may_decide(viewer, concern)
    asked_for = opened
    if not opened and decides and concern.state == ConcernState.NEW:
        opened = "scope"
    context = {
        "concern": concern,
        "dossier": concern.dossier,
        "version": (attempt and attempt.version) or case.version,
        "teller": concern.teller if rules.may_see_teller(viewer, concern) else None,
        "way": ANSWER_WAYS[AnswerWay(concern.teller.way)],
        "follow_up": next_follow_up(concern.dossier),
        "deeds": deeds_of(case, attempt, opened),
        "cards": referral_cards(case, attempt, opened),
        "silent": silent(case),
        "proposals": proposals(case),
        "may_open_leader": rules.may_open_leader(viewer, concern),
        "question": case.question,
        "may_forward": may_forward(case),
        "suggestions": suggested_at_first(case),
        "may_meet": may_meet(case),
        "meetings": case.meetings,
        "meeting_ahead": case.meeting_ahead,
        "is_meeting_over": case.is_meeting_over,
        "has_letter": rules.may_see_teller(viewer, concern) and has_letter(concern),
        "correspondence": [_letter(case, m) for m in messages_of(viewer, concern.dossier)],
        "photos": case.photos,
        "tags": case.tags,
        "told_in": language_name(concern.text_language),
        "answered_in": language_name(concern.dossier.language),
        "asked_in": case.asked_in if decides else "",
        "may_decide": decides,
        "parts": links_to_parts(viewer, concern.dossier),
        "asked_for": asked_for,
        "readings": readings_of(viewer, concern.dossier),
        "today": case.today,
        "point": f"{concern.latitude},{concern.longitude}" if concern.latitude is not None else "",
        "nav_section": "concerns",
        **_journal(case, request.GET.get("journal", "")),
    }
    return render(request, PAGE, context, status=status)
