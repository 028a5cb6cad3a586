"""Letters on paper: look at it, print it, write down that it is out."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from quartiersladen.accounts.access import StaffRequest, desk
from quartiersladen.concerns.forms.office import LetterSentForm
from quartiersladen.concerns.letters import window_lines
from quartiersladen.concerns.services.paper import letter_sent, preview_paper
from quartiersladen.concerns.views_office.case import Case, fresh, open_case
from quartiersladen.concerns.views_office.doing import explain
from quartiersladen.correspondence.paper import paper_pdf
from quartiersladen.correspondence.states import Way
from quartiersladen.dossiers.states import ReadWhat
from quartiersladen.quarters.queries import programme_footer
from quartiersladen.ui.refused import tried

BY_HAND = "aushaendigen"


def _way(case: Case) -> Way:
    """Return how the letter goes if nobody says otherwise: by post where there is an address."""
    return Way.POST if window_lines(case.concern.teller) else Way.TALK


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@desk
def letter(request: StaffRequest, reference: str) -> HttpResponse:
    """Show what the letter says; take down that it is out. Errors keep what was typed."""
    case = open_case(request, reference, what=ReadWhat.PAPER)
    if request.method != "POST":
        initial = {"way": _way(case), "sent_on": case.today}
        return _page(case, LetterSentForm(initial=initial), HTTPStatus.OK)
    form = LetterSentForm(request.POST)
    status = _try(case, form)
    if status == HTTPStatus.OK:
        messages.success(request, _("Written down: the letter is out."))
        return redirect("concerns:office_detail", reference)
    return _page(fresh(case), form, status)


def _try(case: Case, form: LetterSentForm) -> HTTPStatus:
    return tried(
        form,
        lambda: letter_sent(
            viewer=case.request.viewer,
            concern=case.concern,
            way=Way(form.cleaned_data["way"]),
            sent_on=form.cleaned_data["sent_on"],
            version=form.cleaned_data["version"],
            now=case.now,
        ),
        explain=explain,
    )


def _page(case: Case, form: LetterSentForm, status: HTTPStatus) -> HttpResponse:
    viewer, concern = case.request.viewer, case.concern
    paper = preview_paper(viewer=viewer, concern=concern, way=_way(case), now=case.now)
    context = {
        "concern": concern,
        "version": case.version,
        "paper": paper,
        "form": form,
        "nav_section": "concerns",
    }
    return render(case.request, "concerns/office/letter.html", context, status=status)


@never_cache
@require_safe
@desk
def letter_pdf(request: StaffRequest, reference: str) -> HttpResponse:
    """The letter as PDF, with the address for the window; ?art=aushaendigen leaves it out."""
    case = open_case(request, reference, what=ReadWhat.PAPER)
    way = Way.TALK if request.GET.get("art") == BY_HAND else _way(case)
    paper = preview_paper(viewer=request.viewer, concern=case.concern, way=way, now=case.now)
    made = paper_pdf(
        quarter=request.quarter,
        paper=paper,
        programme=programme_footer(request.quarter, case.today),
        now=case.now,
    )
    name = f"brief-{case.concern.dossier.reference}.pdf"
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )
