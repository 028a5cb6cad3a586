"""Figures for everybody: whole years, no number below five."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi
from django.views.decorators.http import require_safe

from quartiersladen.accounts.access import HouseRequest, public
from quartiersladen.concerns import statistics, tables
from quartiersladen.concerns.drawings import drawn
from quartiersladen.kernel.tables import Flavour, csv_lines

PAGE = "concerns/public/figures.html"


def _read(request: HouseRequest) -> tuple[tables.Report, int, list[int]]:
    today = request.quarter.local_day(timezone.now())
    offered = statistics.years_told(request.quarter, today)
    asked = request.GET.get("jahr", "")
    year = next((one for one in offered if str(one) == asked), next(iter(offered)))
    figures = statistics.collect_public(request.quarter, offered[year], today=today)
    return tables.public(figures, language=get_language() or "de"), year, list(offered)


@require_safe
@public
def figures(request: HouseRequest) -> HttpResponse:
    """What came in and what became of it, as charts with tables."""
    report, year, offered = _read(request)
    context = {
        "report": report,
        "sections": drawn(report, is_rtl=get_language_bidi()),
        "year": year,
        "years": [(one, one == year) for one in offered],
        "nav_section": "concerns",
    }
    return render(request, PAGE, context)


@require_safe
@public
def figures_csv(request: HouseRequest) -> HttpResponse:
    """The same as CSV (RFC 4180); `form=excel` with semicolons, `form=bom` with the mark of UTF-8."""
    report, year, _offered = _read(request)
    asked = request.GET.get("form", "")
    flavour = next((one for one in Flavour if one.value == asked), Flavour.PLAIN)
    return HttpResponse(
        "".join(csv_lines(tables.csv_rows(report), flavour)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="zahlen-{year}.csv"'},
    )
