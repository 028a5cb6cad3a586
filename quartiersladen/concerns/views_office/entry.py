"""What is told by phone or at the counter, typed in under a minute."""

from http import HTTPStatus
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from quartiersladen.accounts.access import StaffRequest, desk
from quartiersladen.accounts.queries import colleagues
from quartiersladen.concerns import timeline
from quartiersladen.concerns.forms.office import EntryForm
from quartiersladen.concerns.forms.photos import take_photos
from quartiersladen.concerns.forms.report import new_key, read_key, signed
from quartiersladen.concerns.letters import status_link
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.queries.drafts import draft_photos
from quartiersladen.concerns.services.intake import Intake, report_concern
from quartiersladen.concerns.states import Channel
from quartiersladen.concerns.views_office.case import open_case
from quartiersladen.dossiers.rules import may_look_inside
from quartiersladen.dossiers.states import ReadWhat
from quartiersladen.kernel.errors import Invalid
from quartiersladen.kernel.links import make_token
from quartiersladen.kernel.qr import qr_svg

PAGE = "concerns/office/entry.html"


def _form(request: StaffRequest, data: QueryDict | None = None) -> EntryForm:
    today = request.quarter.local_day(timezone.now())
    offered = [
        (code, name) for code, name in settings.LANGUAGES if code in request.quarter.languages
    ]
    return EntryForm(
        data,
        quarter=request.quarter,
        colleagues=colleagues(request.quarter.pk, today),
        languages=offered,
        initial={"submission_key": new_key(), "told_on": today, "language": "de"},
    )


def _page(
    request: StaffRequest, form: EntryForm, key: UUID | None, status: HTTPStatus
) -> HttpResponse:
    photos = list(draft_photos(request.quarter, key)) if key else []
    context = {"form": form, "photos": photos, "draft_key": key, "nav_section": "concerns"}
    return render(request, PAGE, context, status=status)


def _with_a_new_key(request: StaffRequest) -> HttpResponse:
    """The form was open for too long: show it again with all that was typed and uploaded."""
    data, key = request.POST.copy(), uuid4()
    form = _form(request, data)
    form.is_valid()
    data["submission_key"] = signed(key)
    take_photos(form, quarter=request.quarter, key=key, uploads=request.FILES.getlist("photos"))
    return _page(request, form, key, HTTPStatus.UNPROCESSABLE_ENTITY)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
def office_new(request: StaffRequest) -> HttpResponse:
    """Show the form; store the concern and lead to it."""
    if request.method != "POST":
        return _page(request, _form(request), None, HTTPStatus.OK)
    key = read_key(request.POST.get("submission_key", ""))
    if key is None:
        return _with_a_new_key(request)
    form = _form(request, request.POST)
    form.is_valid()
    take_photos(form, quarter=request.quarter, key=key, uploads=request.FILES.getlist("photos"))
    now = timezone.now()
    told_on = form.cleaned_data.get("told_on")
    if told_on and told_on > request.quarter.local_day(now):
        form.add_error("told_on", _("This day is still to come."))
    if form.errors or told_on is None:
        return _page(request, form, key, HTTPStatus.UNPROCESSABLE_ENTITY)
    assigned = form.cleaned_data["assigned_to"]
    # A helper sees only what is assigned to them: what they type in is theirs.
    own = None if request.viewer.may_work else request.user.pk
    try:
        concern = report_concern(
            quarter=request.quarter,
            report=form.report(),
            intake=Intake(
                channel=Channel(form.cleaned_data["channel"]),
                told_on=told_on,
                entered_by=request.viewer,
                assigned_to_id=assigned.pk if assigned and request.viewer.may_work else own,
            ),
            submission_key=key,
            now=now,
        )
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _page(request, form, key, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _after(request, concern)


def _after(request: StaffRequest, concern: Concern) -> HttpResponse:
    """Lead to the concern; who may not see it because its theme is confidential, to the next one."""
    number = concern.dossier.reference
    if may_look_inside(request.viewer, concern.dossier):
        return redirect("concerns:office_detail", number)
    messages.success(
        request,
        _("Written down as no. %(number)s. It is confidential: the lead sees it, you do not.")
        % {"number": number},
    )
    return redirect("concerns:office_new")


def _sheet(request: StaffRequest, reference: str, template: str) -> HttpResponse:
    """Render a sheet of paper in the language of the person who gets it; the desk keeps its own."""
    concern = open_case(request, reference, what=ReadWhat.PAPER).concern
    link = status_link(concern, concern.teller)
    token = make_token(
        link.purpose, subject_id=link.subject_id, generation=link.generation, expires_on=None
    )
    url = request.quarter.absolute_url(f"/s/{token}/")
    language = concern.dossier.language
    with translation.override(language):
        context = {
            "concern": concern,
            "url": url,
            "qr": qr_svg(url, title=_("QR code with the address of this page")),
            "steps": timeline.next_steps(concern),
            "sheet_language": "de" if language == "de-simple" else language,
            "sheet_dir": "rtl" if translation.get_language_bidi() else "ltr",
        }
    return render(request, template, context)


@require_safe
@desk
def receipt(request: StaffRequest, reference: str) -> HttpResponse:
    """A sheet for the person: number, status address with QR code, what happens next."""
    return _sheet(request, reference, "concerns/office/receipt.html")


@require_safe
@desk
def right_address_sheet(request: StaffRequest, reference: str) -> HttpResponse:
    """A sheet with the answer or the right address, in the person's language."""
    return _sheet(request, reference, "concerns/office/right_address.html")
