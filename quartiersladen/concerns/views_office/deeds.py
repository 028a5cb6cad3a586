"""The desk's deeds on one concern; each calls one service. What is around it is in `doing`."""

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from quartiersladen.accounts.access import StaffRequest, desk, office, or_404
from quartiersladen.concerns.gathered import open_question
from quartiersladen.concerns.letters import Letter
from quartiersladen.concerns.queries.referrals import get_referral
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
from quartiersladen.concerns.views_office.case import Case, ask_form, open_case, said_form
from quartiersladen.concerns.views_office.detail import show
from quartiersladen.concerns.views_office.doing import Data, act, deed
from quartiersladen.correspondence.states import Way
from quartiersladen.dossiers.services import journal, looking_after
from quartiersladen.dossiers.services.tags import change_tags
from quartiersladen.dossiers.tags import names_in


@require_safe
@desk
def office_detail(request: StaffRequest, reference: str) -> HttpResponse:
    """The page of one concern; ?tat= unfolds a deed."""
    return show(open_case(request, reference), opened=request.GET.get("tat", ""))


@deed("note", desk)
def note(case: Case, data: Data) -> None:
    """Write an internal note."""
    journal.note(
        viewer=case.request.viewer,
        dossier=case.concern.dossier,
        text=data["text"],
        now=case.now,
    )


@deed("assign", office)
def assign(case: Case, data: Data) -> None:
    """Say who looks after it."""
    looking_after.assign(
        viewer=case.request.viewer,
        dossier=case.concern.dossier,
        colleague=data["colleague"],
        version=data["version"],
        now=case.now,
    )


@deed("sort", office)
def sort(case: Case, data: Data) -> None:
    """Correct theme and kind."""
    triage.sort_concern(
        viewer=case.request.viewer,
        concern=case.concern,
        theme=data["theme"],
        kind=data["kind"],
        version=data["version"],
        now=case.now,
    )


@deed("tags", desk)
def tags(case: Case, data: Data) -> None:
    """Put tags on it or take them off."""
    change_tags(
        viewer=case.request.viewer,
        dossier=case.concern.dossier,
        add=names_in(data["add"]),
        remove=data.get("remove", []),
        version=data["version"],
        now=case.now,
    )


def _decision(data: Data) -> triage.Decision:
    return triage.Decision(
        scope=Scope(data["scope"]),
        due_on=data["due_on"],
        right_address=data["right_address"],
        words=data["words"],
    )


def _scope_mail(case: Case, data: Data) -> Letter | None:
    return triage.preview_scope(
        viewer=case.request.viewer, concern=case.concern, decision=_decision(data)
    )


@deed("scope", office, preview=_scope_mail)
def scope(case: Case, data: Data) -> None:
    """Decide whose business it is."""
    triage.decide_scope(
        viewer=case.request.viewer,
        concern=case.concern,
        decision=_decision(data),
        version=data["version"],
        now=case.now,
    )


@deed("plan", desk)
def plan(case: Case, data: Data) -> None:
    """Set another next date."""
    life.plan_next(
        viewer=case.request.viewer,
        concern=case.concern,
        due_on=data["due_on"],
        note=data["note"],
        version=data["version"],
        now=case.now,
    )


def _ask(data: Data) -> referrals.Ask:
    return referrals.Ask(Way(data["way"]), data["whom"], data["words"], data.get("person"))


@require_POST
@desk
def ask(request: StaffRequest, reference: str, referral_id: int) -> HttpResponse:
    """Ask a body again and write down how."""
    case = open_case(request, reference)
    referral = or_404(get_referral, request.viewer, case.concern, referral_id)
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
    referral = or_404(get_referral, request.viewer, case.concern, referral_id)

    def take(data: Data) -> object:
        common: Data = {
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

    return act(case, f"said-{referral.pk}", said_form(referral, request.POST), take)


def _ending(data: Data) -> life.Ending:
    return life.Ending(
        result=Result(data["result"]),
        answer=data["answer"],
        reason=data["reason"],
        witness=Witness(data["witness"]) if data["witness"] else None,
    )


def _close_mail(case: Case, data: Data) -> Letter | None:
    return life.preview_end(viewer=case.request.viewer, concern=case.concern, ending=_ending(data))


@deed("close", office, preview=_close_mail)
def close(case: Case, data: Data) -> None:
    """End it with an answer."""
    life.close_concern(
        viewer=case.request.viewer,
        concern=case.concern,
        ending=_ending(data),
        version=data["version"],
        now=case.now,
    )


@deed("reopen", office)
def reopen(case: Case, data: Data) -> None:
    """Take it up again."""
    life.reopen_concern(
        viewer=case.request.viewer,
        concern=case.concern,
        why=data["why"],
        version=data["version"],
        now=case.now,
    )


@deed("withdraw", office)
def withdraw(case: Case, data: Data) -> None:
    """Take it back because the person asked for it."""
    life.withdraw_concern(
        viewer=case.request.viewer, concern=case.concern, version=data["version"], now=case.now
    )


@deed("language", office)
def language(case: Case, data: Data) -> None:
    """Answer the person in another language."""
    languages.answer_in(
        viewer=case.request.viewer,
        concern=case.concern,
        language=data["language"],
        version=data["version"],
        now=case.now,
    )


@deed("consent", desk)
def consent(case: Case, data: Data) -> None:
    """Write down that the person took back the consent to pass on contact data."""
    own_data.take_back_consent(
        viewer=case.request.viewer,
        concern=case.concern,
        channel=Channel(data["channel"]),
        wording=data["wording"],
        now=case.now,
    )


@deed("told", desk)
def told(case: Case, data: Data) -> None:
    """Write down that the person was told."""
    tellers.told_orally(
        viewer=case.request.viewer,
        concern=case.concern,
        told_on=data["told_on"],
        text=data["text"],
        version=data["version"],
        now=case.now,
    )


def _question_mail(case: Case, data: Data) -> Letter | None:
    return questions.preview_question(
        viewer=case.request.viewer, concern=case.concern, text=data["text"], now=case.now
    )


@deed("question", desk, preview=_question_mail)
def question(case: Case, data: Data) -> None:
    """Ask the person back."""
    questions.ask_person(
        viewer=case.request.viewer,
        concern=case.concern,
        text=data["text"],
        version=data["version"],
        now=case.now,
    )


@deed("heard", desk)
def heard(case: Case, data: Data) -> None:
    """Write down the answer to a question as the person told it."""
    try:
        asked = open_question(case.request.viewer, case.concern)
    except ObjectDoesNotExist:
        raise questions.NotNeeded from None
    questions.answer_question(
        viewer=case.request.viewer,
        question=asked,
        text=data["text"],
        way=Way(data["way"]),
        version=data["version"],
        now=case.now,
    )


@deed("topic", office)
def topic(case: Case, data: Data) -> None:
    """Call it an important topic, or change its rhythm."""
    topics.mark_topic(
        viewer=case.request.viewer,
        concern=case.concern,
        months=data["months"],
        next_on=data["next_on"],
        version=data["version"],
        now=case.now,
    )


@deed("topic_end", office)
def topic_end(case: Case, data: Data) -> None:
    """Let an important topic rest."""
    topics.end_topic(
        viewer=case.request.viewer, concern=case.concern, version=data["version"], now=case.now
    )


@deed("release", office)
def show_public(case: Case, data: Data) -> None:
    """Release the public copy."""
    release.release_concern(
        viewer=case.request.viewer,
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
    )


@deed("conceal", office)
def conceal(case: Case, data: Data) -> None:
    """Take it off the public pages."""
    release.conceal_concern(
        viewer=case.request.viewer, concern=case.concern, version=data["version"], now=case.now
    )


@deed("confidential", office)
def make_confidential(case: Case, data: Data) -> None:
    """Let only named persons see it from now on."""
    confidential.make_confidential(
        viewer=case.request.viewer,
        concern=case.concern,
        people=data["people"],
        version=data["version"],
        now=case.now,
    )


@deed("named", office)
def name_people(case: Case, data: Data) -> None:
    """Say anew who sees it; who steps out is led to the list."""
    confidential.name_people(
        viewer=case.request.viewer,
        concern=case.concern,
        people=data["people"],
        version=data["version"],
        now=case.now,
    )


@deed("confidential_end", office)
def end_confidential(case: Case, data: Data) -> None:
    """Let the whole office see it again."""
    confidential.end_confidential(
        viewer=case.request.viewer, concern=case.concern, version=data["version"], now=case.now
    )
