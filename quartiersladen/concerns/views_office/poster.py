"""Posters with a QR code: choose what it shows, look at it, print it."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quartiersladen.accounts.access import StaffRequest, desk
from quartiersladen.accounts.context import finished_languages
from quartiersladen.concerns.forms.poster import PosterForm
from quartiersladen.concerns.poster import A4, poster_pdf, report_url
from quartiersladen.kernel.qr import qr_svg
from quartiersladen.quarters.queries import programme_footer

FEW_LANGUAGES = frozenset({"de", "en", "ar"})


def _form(request: StaffRequest) -> PosterForm:
    offered = [
        (code, name)
        for code, name in settings.LANGUAGES
        if code in request.quarter.languages and code in finished_languages()
    ]
    chosen = [code for code, _name in offered if code in FEW_LANGUAGES]
    return PosterForm(
        request.GET or None,
        quarter=request.quarter,
        languages=offered,
        initial={"languages": chosen, "size": A4},
    )


def _page(request: StaffRequest, form: PosterForm) -> HttpResponse:
    context = {"form": form, "nav_section": "concerns"}
    if not form.is_bound:
        return render(request, "concerns/office/poster.html", context)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return render(request, "concerns/office/poster.html", context, status=status)
    url = report_url(request.quarter, form.place())
    context |= {
        "url": url,
        "qr": qr_svg(url, title=_("QR code with the address of this page")),
        "pdf": f"{reverse('concerns:poster_pdf')}?{request.GET.urlencode()}",
    }
    return render(request, "concerns/office/poster.html", context)


@require_safe
@desk
def poster(request: StaffRequest) -> HttpResponse:
    """Choose what a poster shows; once it is chosen, lead to the file."""
    return _page(request, _form(request))


@require_safe
@desk
def poster_file(request: StaffRequest) -> HttpResponse:
    """The poster as PDF; what is chosen wrongly leads back to the form."""
    form = _form(request)
    if not (form.is_bound and form.is_valid()):
        return _page(request, form)
    now = timezone.now()
    made = poster_pdf(
        quarter=request.quarter,
        title=form.cleaned_data["title"],
        place=form.place(),
        languages=form.cleaned_data["languages"],
        size=form.cleaned_data["size"],
        programme=programme_footer(request.quarter, request.quarter.local_day(now)),
        now=now,
    )
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="plakat.pdf"'},
    )
