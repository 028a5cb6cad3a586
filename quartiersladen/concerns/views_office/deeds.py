"""The desk's deeds on one concern. Each loads, checks the form, calls one service, leads back."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from quartiersladen.accounts.access import StaffRequest, desk, office, or_404
from quartiersladen.accounts.queries import colleagues
from quartiersladen.concerns import queries
from quartiersladen.concerns.forms import office as forms
from quartiersladen.concerns.services import life, referrals, release, tellers, triage
from quartiersladen.concerns.states import PlacePrecision, Result, Scope, Witness
from quartiersladen.concerns.views_office.case import act, show
from quartiersladen.correspondence.states import Way
from quartiersladen.dossiers import services as dossiers
from quartiersladen.dossiers.queries import photos_of
from quartiersladen.quarters.queries import themes_of


@require_safe
@desk
def office_detail(request: StaffRequest, reference: str) -> HttpResponse:
    """The page of one concern."""
    concern = or_404(queries.get_inside, request.viewer, reference)
    return show(request, concern, opened=request.GET.get("tat", ""))


@require_POST
@desk
def note(request: StaffRequest, reference: str) -> HttpResponse:
    """Write an internal note."""
    concern = or_404(queries.get_inside, request.viewer, reference)
    return act(
        request,
        concern,
        "note",
        forms.NoteForm(request.POST, auto_id="note_%s"),
        lambda data: dossiers.note(
            viewer=request.viewer, dossier=concern.dossier, text=data["text"], now=timezone.now()
        ),
    )


@require_POST
@office
def assign(request: StaffRequest, reference: str) -> HttpResponse:
    """Say who looks after it."""
    concern = or_404(queries.get_inside, request.viewer, reference)
    now = timezone.now()
    people = colleagues(request.quarter.pk, request.quarter.local_day(now))
    return act(
        request,
        concern,
        "assign",
        forms.AssignForm(request.POST, colleagues=people, auto_id="assign_%s"),
        lambda data: dossiers.assign(
            viewer=request.viewer,
            dossier=concern.dossier,
            colleague=data["colleague"],
            version=data["version"],
            now=now,
        ),
    )


@require_POST
@office
def sort(request: StaffRequest, reference: str) -> HttpResponse:
    """Correct theme and kind."""
    concern = or_404(queries.get_inside, request.viewer, reference)
    return act(
        request,
        concern,
        "sort",
        forms.SortForm(request.POST, themes=themes_of(request.quarter), auto_id="sort_%s"),
        lambda data: triage.sort_concern(
            viewer=request.viewer,
            concern=concern,
            theme=data["theme"],
            kind=data["kind"],
            version=data["version"],
            now=timezone.now(),
        ),
    )


@require_POST
@office
def scope(request: StaffRequest, reference: str) -> HttpResponse:
    """Decide whose business it is."""
    concern = or_404(queries.get_inside, request.viewer, reference)
    addresses = queries.right_addresses(request.quarter.pk)
    return act(
        request,
        concern,
        "scope",
        forms.ScopeForm(request.POST, addresses=addresses, auto_id="scope_%s"),
        lambda data: triage.decide_scope(
            viewer=request.viewer,
            concern=concern,
            decision=triage.Decision(
                scope=Scope(data["scope"]),
                due_on=data["due_on"],
                right_address=data["right_address"],
                words=data["words"],
            ),
            version=data["version"],
            now=timezone.now(),
        ),
    )


@require_POST
@desk
def plan(request: StaffRequest, reference: str) -> HttpResponse:
    """Set another next date."""
    concern = or_404(queries.get_inside, request.viewer, reference)
    return act(
        request,
        concern,
        "plan",
        forms.PlanForm(request.POST, auto_id="plan_%s"),
        lambda data: life.plan_next(
            viewer=request.viewer,
            concern=concern,
            due_on=data["due_on"],
            note=data["note"],
            version=data["version"],
            now=timezone.now(),
        ),
    )


@require_POST
@desk
def ask(request: StaffRequest, reference: str, referral_id: int) -> HttpResponse:
    """Ask a body again and write down how."""
    concern = or_404(queries.get_inside, request.viewer, reference)
    referral = or_404(queries.get_referral, request.viewer, concern, referral_id)
    return act(
        request,
        concern,
        f"ask-{referral.pk}",
        forms.AskForm(request.POST, auto_id=f"ask-{referral.pk}_%s"),
        lambda data: referrals.ask_again(
            viewer=request.viewer,
            referral=referral,
            ask=referrals.Ask(Way(data["way"]), data["whom"], data["words"]),
            ask_on=data["ask_on"],
            version=data["version"],
            now=timezone.now(),
        ),
    )


@require_POST
@desk
def said(request: StaffRequest, reference: str, referral_id: int) -> HttpResponse:
    """Write down what a body said on the phone or by letter."""
    concern = or_404(queries.get_inside, request.viewer, reference)
    referral = or_404(queries.get_referral, request.viewer, concern, referral_id)

    def deed(data: dict[str, object]) -> object:
        common = {
            "viewer": request.viewer,
            "referral": referral,
            "version": data["version"],
            "now": timezone.now(),
        }
        if data["deed"] == "accept":
            return referrals.accept_referral(expected_on=data["expected_on"], **common)  # type: ignore[arg-type]  # cleaned by the form
        if data["deed"] == "decline":
            return referrals.decline_referral(reason=data["words"], **common)  # type: ignore[arg-type]  # cleaned by the form
        return referrals.answer_referral(text=data["words"], **common)  # type: ignore[arg-type]  # cleaned by the form

    form = forms.SaidForm(request.POST, auto_id=f"said-{referral.pk}_%s")
    return act(request, concern, f"said-{referral.pk}", form, deed)


@require_POST
@office
def close(request: StaffRequest, reference: str) -> HttpResponse:
    """End it with an answer."""
    concern = or_404(queries.get_inside, request.viewer, reference)
    return act(
        request,
        concern,
        "close",
        forms.CloseForm(request.POST, auto_id="close_%s"),
        lambda data: life.close_concern(
            viewer=request.viewer,
            concern=concern,
            ending=life.Ending(
                result=Result(data["result"]),
                answer=data["answer"],
                reason=data["reason"],
                witness=Witness(data["witness"]) if data["witness"] else None,
            ),
            version=data["version"],
            now=timezone.now(),
        ),
    )


@require_POST
@office
def reopen(request: StaffRequest, reference: str) -> HttpResponse:
    """Take it up again."""
    concern = or_404(queries.get_inside, request.viewer, reference)
    return act(
        request,
        concern,
        "reopen",
        forms.ReopenForm(request.POST, auto_id="reopen_%s"),
        lambda data: life.reopen_concern(
            viewer=request.viewer,
            concern=concern,
            why=data["why"],
            version=data["version"],
            now=timezone.now(),
        ),
    )


@require_POST
@office
def withdraw(request: StaffRequest, reference: str) -> HttpResponse:
    """Take it back because the person asked for it."""
    concern = or_404(queries.get_inside, request.viewer, reference)
    return act(
        request,
        concern,
        "withdraw",
        forms.VersionedForm(request.POST, auto_id="withdraw_%s"),
        lambda data: life.withdraw_concern(
            viewer=request.viewer, concern=concern, version=data["version"], now=timezone.now()
        ),
    )


@require_POST
@desk
def told(request: StaffRequest, reference: str) -> HttpResponse:
    """Write down that the person was told."""
    concern = or_404(queries.get_inside, request.viewer, reference)
    return act(
        request,
        concern,
        "told",
        forms.ToldForm(request.POST, auto_id="told_%s"),
        lambda data: tellers.told_orally(
            viewer=request.viewer,
            concern=concern,
            told_on=data["told_on"],
            text=data["text"],
            version=data["version"],
            now=timezone.now(),
        ),
    )


@require_POST
@office
def show_public(request: StaffRequest, reference: str) -> HttpResponse:
    """Release the public copy."""
    concern = or_404(queries.get_inside, request.viewer, reference)
    return act(
        request,
        concern,
        "release",
        forms.ReleaseForm(request.POST, photos=photos_of(concern.dossier), auto_id="release_%s"),
        lambda data: release.release_concern(
            viewer=request.viewer,
            concern=concern,
            release=release.Release(
                title=data["title"],
                text=data["text"],
                precision=PlacePrecision(data["precision"]),
                document_ids=frozenset(d.pk for d in data.get("photos", [])),
                is_checked=data["is_checked"],
            ),
            version=data["version"],
            now=timezone.now(),
        ),
    )


@require_POST
@office
def conceal(request: StaffRequest, reference: str) -> HttpResponse:
    """Take it off the public pages."""
    concern = or_404(queries.get_inside, request.viewer, reference)
    return act(
        request,
        concern,
        "conceal",
        forms.VersionedForm(request.POST, auto_id="conceal_%s"),
        lambda data: release.conceal_concern(
            viewer=request.viewer, concern=concern, version=data["version"], now=timezone.now()
        ),
    )
