"""The desk's list as a file for a spreadsheet."""

from io import BytesIO

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from quartiersladen.accounts.access import StaffRequest, desk
from quartiersladen.concerns.filtering import kept_query, wanted_from
from quartiersladen.concerns.rules import may_export_contacts
from quartiersladen.concerns.services.export import Rows, allow_contacts, table_of
from quartiersladen.kernel.tables import Cell, Flavour, csv_lines, write_xlsx

METHODS = ["GET", "HEAD", "POST"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@desk
def export(request: StaffRequest) -> HttpResponse:
    """Which file, and with contact data or without."""
    context = {
        "kept": kept_query(request.GET),
        "may_contacts": may_export_contacts(request.viewer, request.quarter),
        "nav_section": "concerns",
    }
    return render(request, "concerns/office/export.html", context)


def _table(request: StaffRequest) -> tuple[list[Cell], Rows]:
    """Return what the file holds. Contact data only by POST, so that no link can ask for it."""
    now = timezone.now()
    with_contacts = request.method == "POST" and bool(request.POST.get("kontakt"))
    if with_contacts:
        query = request.GET.copy()
        query.pop("q", None)
        allow_contacts(
            viewer=request.viewer, quarter=request.quarter, query=kept_query(query), now=now
        )
    wanted = wanted_from(
        request.GET, user_id=request.user.pk, today=request.quarter.local_day(now)
    )
    return table_of(
        viewer=request.viewer,
        quarter=request.quarter,
        wanted=wanted,
        with_contacts=with_contacts,
        language=get_language() or "de",
    )


def _named(request: StaffRequest, ending: str) -> str:
    day = request.quarter.local_day(timezone.now())
    return f"anliegen-{request.quarter.slug}-{day.isoformat()}.{ending}"


def flavour_of(name: str) -> Flavour:
    """Return how a CSV is written; RFC 4180 for anything unknown."""
    return next((one for one in Flavour if one.value == name), Flavour.PLAIN)


@require_http_methods(METHODS)
@desk
def export_csv(request: StaffRequest) -> StreamingHttpResponse:
    """The list as CSV, sent while it is read."""
    head, rows = _table(request)

    def all_rows() -> Rows:
        yield head
        yield from rows

    return StreamingHttpResponse(
        csv_lines(all_rows(), flavour_of(request.GET.get("form", ""))),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{_named(request, "csv")}"'},
    )


@require_http_methods(METHODS)
@desk
def export_xlsx(request: StaffRequest) -> HttpResponse:
    """The list as a workbook with real days; rows wait in a file while it is put together."""
    head, rows = _table(request)
    target = BytesIO()
    write_xlsx(target, head, rows, title=_("Concerns"))
    return HttpResponse(
        target.getvalue(),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{_named(request, "xlsx")}"'},
    )
