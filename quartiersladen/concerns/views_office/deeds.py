"""The desk's deeds on one concern. Each loads, checks the form, calls one service, leads back."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from quartiersladen.accounts.access import StaffRequest, desk, office, or_404
from quartiersladen.concerns import queries
from quartiersladen.concerns.gathered import open_question
from quartiersladen.concerns.services import (
    confidential,
    languages,
    life,
    own_data,
    questions,
    referrals,
    release,
    tellers,
    topics,
    triage,
)
from quartiersladen.concerns.states import Channel, PlacePrecision, Result, Scope, Witness
from quartiersladen.concerns.views_office.case import ask_form, deed_form, open_case, said_form
from quartiersladen.concerns.views_office.detail import act, show
from quartiersladen.correspondence.states import Way
from quartiersladen.dossiers import services as dossiers
from quartiersladen.dossiers.tags import change_tags, names_in


@require_safe
@desk
def office_detail(request: StaffRequest, reference: str) -> HttpResponse:
    """The page of one concern; ?tat= unfolds a deed."""
    return show(open_case(request, reference), opened=request.GET.get("tat", ""))


@require_POST
@desk
def note(request: StaffRequest, reference: str) -> HttpResponse:
    """Write an internal note."""
    case = open_case(request, reference)
    return act(
        case,
        "note",
        deed_form(case, "note", request.POST),
        lambda data: dossiers.note(
            viewer=request.viewer,
            dossier=case.concern.dossier,
            text=data["text"],
            now=case.now,
        ),
    )


@require_POST
@office
def assign(request: StaffRequest, reference: str) -> HttpResponse:
    """Say who looks after it."""
    case = open_case(request, reference)
    return act(
        case,
        "assign",
        deed_form(case, "assign", request.POST),
        lambda data: dossiers.assign(
            viewer=request.viewer,
            dossier=case.concern.dossier,
            colleague=data["colleague"],
            version=data["version"],
            now=case.now,
        ),
    )


@require_POST
@office
def sort(request: StaffRequest, reference: str) -> HttpResponse:
    """Correct theme and kind."""
    case = open_case(request, reference)
    return act(
        case,
        "sort",
        deed_form(case, "sort", request.POST),
        lambda data: triage.sort_concern(
            viewer=request.viewer,
            concern=case.concern,
            theme=data["theme"],
            kind=data["kind"],
            version=data["version"],
            now=case.now,
        ),
    )


@require_POST
@desk
def tags(request: StaffRequest, reference: str) -> HttpResponse:
    """Put tags on it or take them off."""
    case = open_case(request, reference)
    return act(
        case,
        "tags",
        deed_form(case, "tags", request.POST),
        lambda data: change_tags(
            viewer=request.viewer,
            dossier=case.concern.dossier,
            add=names_in(data["add"]),
            remove=data.get("remove", []),
            version=data["version"],
            now=case.now,
        ),
    )


def _decision(data: dict[str, Any]) -> triage.Decision:
    return triage.Decision(
        scope=Scope(data["scope"]),
        due_on=data["due_on"],
        right_address=data["right_address"],
        words=data["words"],
    )


@require_POST
@office
def scope(request: StaffRequest, reference: str) -> HttpResponse:
    """Decide whose business it is."""
    case = open_case(request, reference)
    return act(
        case,
        "scope",
        deed_form(case, "scope", request.POST),
        lambda data: triage.decide_scope(
            viewer=request.viewer,
            concern=case.concern,
            decision=_decision(data),
            version=data["version"],
            now=case.now,
        ),
        lambda data: triage.preview_scope(
            viewer=request.viewer, concern=case.concern, decision=_decision(data)
        ),
    )


@require_POST
@desk
def plan(request: StaffRequest, reference: str) -> HttpResponse:
    """Set another next date."""
    case = open_case(request, reference)
    return act(
        case,
        "plan",
        deed_form(case, "plan", request.POST),
        lambda data: life.plan_next(
            viewer=request.viewer,
            concern=case.concern,
            due_on=data["due_on"],
            note=data["note"],
            version=data["version"],
            now=case.now,
        ),
    )


def _ask(data: dict[str, Any]) -> referrals.Ask:
    return referrals.Ask(Way(data["way"]), data["whom"], data["words"], data.get("person"))


@require_POST
@desk
def ask(request: StaffRequest, reference: str, referral_id: int) -> HttpResponse:
    """Ask a body again and write down how."""
    case = open_case(request, reference)
    referral = or_404(queries.get_referral, request.viewer, case.concern, referral_id)
    return act(
        case,
        f"ask-{referral.pk}",
        ask_form(case, referral, request.POST),
        lambda data: referrals.ask_again(
            viewer=request.viewer,
            referral=referral,
            ask=_ask(data),
            ask_on=data["ask_on"],
            version=data["version"],
            now=case.now,
        ),
        lambda data: referrals.preview_ask(
            viewer=request.viewer, referral=referral, ask=_ask(data)
        ),
    )


@require_POST
@desk
def said(request: StaffRequest, reference: str, referral_id: int) -> HttpResponse:
    """Write down what a body said on the phone or by letter."""
    case = open_case(request, reference)
    referral = or_404(queries.get_referral, request.viewer, case.concern, referral_id)

    def deed(data: dict[str, Any]) -> object:
        common = {
            "viewer": request.viewer,
            "referral": referral,
            "version": data["version"],
            "now": case.now,
        }
        if data["deed"] == "accept":
            return referrals.accept_referral(expected_on=data["expected_on"], **common)
        if data["deed"] == "decline":
            return referrals.decline_referral(reason=data["words"], **common)
        return referrals.answer_referral(text=data["words"], **common)

    return act(case, f"said-{referral.pk}", said_form(referral, request.POST), deed)


def _ending(data: dict[str, Any]) -> life.Ending:
    return life.Ending(
        result=Result(data["result"]),
        answer=data["answer"],
        reason=data["reason"],
        witness=Witness(data["witness"]) if data["witness"] else None,
    )


@require_POST
@office
def close(request: StaffRequest, reference: str) -> HttpResponse:
    """End it with an answer."""
    case = open_case(request, reference)
    return act(
        case,
        "close",
        deed_form(case, "close", request.POST),
        lambda data: life.close_concern(
            viewer=request.viewer,
            concern=case.concern,
            ending=_ending(data),
            version=data["version"],
            now=case.now,
        ),
        lambda data: life.preview_end(
            viewer=request.viewer, concern=case.concern, ending=_ending(data)
        ),
    )


@require_POST
@office
def reopen(request: StaffRequest, reference: str) -> HttpResponse:
    """Take it up again."""
    case = open_case(request, reference)
    return act(
        case,
        "reopen",
        deed_form(case, "reopen", request.POST),
        lambda data: life.reopen_concern(
            viewer=request.viewer,
            concern=case.concern,
            why=data["why"],
            version=data["version"],
            now=case.now,
        ),
    )


@require_POST
@office
def withdraw(request: StaffRequest, reference: str) -> HttpResponse:
    """Take it back because the person asked for it."""
    case = open_case(request, reference)
    return act(
        case,
        "withdraw",
        deed_form(case, "withdraw", request.POST),
        lambda data: life.withdraw_concern(
            viewer=request.viewer, concern=case.concern, version=data["version"], now=case.now
        ),
    )


@require_POST
@office
def language(request: StaffRequest, reference: str) -> HttpResponse:
    """Answer the person in another language."""
    case = open_case(request, reference)
    return act(
        case,
        "language",
        deed_form(case, "language", request.POST),
        lambda data: languages.answer_in(
            viewer=request.viewer,
            concern=case.concern,
            language=data["language"],
            version=data["version"],
            now=case.now,
        ),
    )


@require_POST
@desk
def consent(request: StaffRequest, reference: str) -> HttpResponse:
    """Write down that the person took back the consent to pass on contact data."""
    case = open_case(request, reference)
    return act(
        case,
        "consent",
        deed_form(case, "consent", request.POST),
        lambda data: own_data.take_back_consent(
            viewer=request.viewer,
            concern=case.concern,
            channel=Channel(data["channel"]),
            wording=data["wording"],
            now=case.now,
        ),
    )


@require_POST
@desk
def told(request: StaffRequest, reference: str) -> HttpResponse:
    """Write down that the person was told."""
    case = open_case(request, reference)
    return act(
        case,
        "told",
        deed_form(case, "told", request.POST),
        lambda data: tellers.told_orally(
            viewer=request.viewer,
            concern=case.concern,
            told_on=data["told_on"],
            text=data["text"],
            version=data["version"],
            now=case.now,
        ),
    )


@require_POST
@desk
def question(request: StaffRequest, reference: str) -> HttpResponse:
    """Ask the person back."""
    case = open_case(request, reference)
    return act(
        case,
        "question",
        deed_form(case, "question", request.POST),
        lambda data: questions.ask_person(
            viewer=request.viewer,
            concern=case.concern,
            text=data["text"],
            version=data["version"],
            now=case.now,
        ),
        lambda data: questions.preview_question(
            viewer=request.viewer, concern=case.concern, text=data["text"], now=case.now
        ),
    )


@require_POST
@desk
def heard(request: StaffRequest, reference: str) -> HttpResponse:
    """Write down the answer to a question as the person told it."""
    case = open_case(request, reference)

    def deed(data: dict[str, Any]) -> object:
        try:
            asked = open_question(request.viewer, case.concern)
        except ObjectDoesNotExist:
            raise questions.NotNeeded from None
        return questions.answer_question(
            viewer=request.viewer,
            question=asked,
            text=data["text"],
            way=Way(data["way"]),
            version=data["version"],
            now=case.now,
        )

    return act(case, "heard", deed_form(case, "heard", request.POST), deed)


@require_POST
@office
def topic(request: StaffRequest, reference: str) -> HttpResponse:
    """Call it an important topic, or change its rhythm."""
    case = open_case(request, reference)
    return act(
        case,
        "topic",
        deed_form(case, "topic", request.POST),
        lambda data: topics.mark_topic(
            viewer=request.viewer,
            concern=case.concern,
            months=data["months"],
            next_on=data["next_on"],
            version=data["version"],
            now=case.now,
        ),
    )


@require_POST
@office
def topic_end(request: StaffRequest, reference: str) -> HttpResponse:
    """Let an important topic rest."""
    case = open_case(request, reference)
    return act(
        case,
        "topic_end",
        deed_form(case, "topic_end", request.POST),
        lambda data: topics.end_topic(
            viewer=request.viewer, concern=case.concern, version=data["version"], now=case.now
        ),
    )


@require_POST
@office
def show_public(request: StaffRequest, reference: str) -> HttpResponse:
    """Release the public copy."""
    case = open_case(request, reference)
    return act(
        case,
        "release",
        deed_form(case, "release", request.POST),
        lambda data: release.release_concern(
            viewer=request.viewer,
            concern=case.concern,
            release=release.Release(
                title=data["title"],
                text=data["text"],
                precision=PlacePrecision(data["precision"]),
                document_ids=frozenset(data.get("photos", [])),
                is_checked=data["is_checked"],
            ),
            version=data["version"],
            now=case.now,
        ),
    )


@require_POST
@office
def conceal(request: StaffRequest, reference: str) -> HttpResponse:
    """Take it off the public pages."""
    case = open_case(request, reference)
    return act(
        case,
        "conceal",
        deed_form(case, "conceal", request.POST),
        lambda data: release.conceal_concern(
            viewer=request.viewer, concern=case.concern, version=data["version"], now=case.now
        ),
    )


@require_POST
@office
def make_confidential(request: StaffRequest, reference: str) -> HttpResponse:
    """Let only named persons see it from now on."""
    case = open_case(request, reference)
    return act(
        case,
        "confidential",
        deed_form(case, "confidential", request.POST),
        lambda data: confidential.make_confidential(
            viewer=request.viewer,
            concern=case.concern,
            people=data["people"],
            version=data["version"],
            now=case.now,
        ),
    )


@require_POST
@office
def name_people(request: StaffRequest, reference: str) -> HttpResponse:
    """Say anew who sees it; who steps out is led to the list."""
    case = open_case(request, reference)
    return act(
        case,
        "named",
        deed_form(case, "named", request.POST),
        lambda data: confidential.name_people(
            viewer=request.viewer,
            concern=case.concern,
            people=data["people"],
            version=data["version"],
            now=case.now,
        ),
    )


@require_POST
@office
def end_confidential(request: StaffRequest, reference: str) -> HttpResponse:
    """Let the whole office see it again."""
    case = open_case(request, reference)
    return act(
        case,
        "confidential_end",
        deed_form(case, "confidential_end", request.POST),
        lambda data: confidential.end_confidential(
            viewer=request.viewer, concern=case.concern, version=data["version"], now=case.now
        ),
    )
