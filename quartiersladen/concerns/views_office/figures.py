"""Figures at the desk: what came in, how long it took, how bodies answer."""

import re
from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quartiersladen.accounts.access import StaffRequest, figures_only
from quartiersladen.concerns import statistics, tables_office
from quartiersladen.concerns.drawings import drawn
from quartiersladen.concerns.filtering import day_in
from quartiersladen.concerns.statistics import Period
from quartiersladen.concerns.views_office.export import flavour_of
from quartiersladen.kernel.tables import csv_lines

PAGE = "concerns/office/figures.html"
CHOICE = re.compile(r"(20\d\d)(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
LONGEST = timedelta(days=3660)
YEARS = 4  # that are offered


def _period(request: StaffRequest, today: date) -> tuple[Period, str, str]:
    """Return the period, the choice it comes from ("" for two days), and what is wrong with it."""
    if not request.viewer.may_enter:
        return _closed_period(request, today)
    first, last = (day_in(request.GET.get(name, "")) for name in ("von", "bis"))
    present = statistics.of_year(today.year)
    if first and last:
        if first <= last and last - first <= LONGEST and first >= FIRST_DAY and last <= LAST_DAY:
            return Period(first, last), "", ""
        return present, str(today.year), _("Please name two days, at most ten years apart.")
    choice = request.GET.get("zeitraum", "")
    found = CHOICE.fullmatch(choice)
    if not found:
        return present, str(today.year), ""
    year, part, month = (int(text) if text else 0 for text in found.groups())
    if part:
        return statistics.of_months(year, 3 * part - 2, 3), choice, ""
    return (
        (statistics.of_months(year, month, 1) if month else statistics.of_year(year)),
        choice,
        "",
    )


def _closed_period(request: StaffRequest, today: date) -> tuple[Period, str, str]:
    """Return the same for the client: years as everybody reads them, from which nobody subtracts."""
    told = {str(key): part for key, part in statistics.years_told(request.quarter, today).items()}
    newest = next(iter(told))
    choice = request.GET.get("zeitraum") or newest
    if choice in told and not (request.GET.get("von") or request.GET.get("bis")):
        return told[choice], choice, ""
    fault = _(
        "Please choose a year: you can read whole years, and of the present one the quarters that "
        "are over."
    )
    return told[newest], newest, fault


def _offered(request: StaffRequest, today: date) -> list[tuple[str, str]]:
    """Return the periods to choose from: years, their quarters, the last twelve months."""
    if not request.viewer.may_enter:
        return [(str(year), str(year)) for year in statistics.years_told(request.quarter, today)]
    found = []
    for year in range(today.year, today.year - YEARS, -1):
        found.append((str(year), str(year)))
        found += [
            (f"{year}-Q{part}", _("%(part)s. quarter of %(year)s") % {"part": part, "year": year})
            for part in range(4, 0, -1)
            if date(year, 3 * part - 2, 1) <= today
        ]
    month = today.replace(day=1)
    for _month in range(12):
        found.append((f"{month:%Y-%m}", date_format(month, "YEAR_MONTH_FORMAT")))
        month = (month - timedelta(days=1)).replace(day=1)
    return found


def _report(request: StaffRequest, period: Period, today: date) -> tables_office.OfficeReport:
    read = statistics.collect(request.viewer, request.quarter, period, today=today)
    tell = tables_office.internal if request.viewer.may_enter else tables_office.for_client
    return tell(read, language=get_language() or "de")


def _page(request: StaffRequest) -> HttpResponse:
    today = request.quarter.local_day(timezone.now())
    period, choice, fault = _period(request, today)
    report = _report(request, period, today)
    context = {
        "report": report,
        "sections": drawn(report, is_rtl=get_language_bidi()),
        "bodies": [(body.name, tables_office.body_columns(body)) for body in report.bodies],
        "offered": [(value, label, value == choice) for value, label in _offered(request, today)],
        "has_days": request.viewer.may_enter,
        "choice": choice,
        "fault": fault,
        "query": request.GET.urlencode(),
        "nav_section": "figures",
    }
    return render(request, PAGE, context, status=422 if fault else 200)


@require_safe
@figures_only
def figures(request: StaffRequest) -> HttpResponse:
    """The figures of a period as charts, each with its table."""
    return _page(request)


@require_safe
@figures_only
def figures_csv(request: StaffRequest) -> HttpResponse:
    """The same as CSV; a period that cannot be told gets the page that says why."""
    today = request.quarter.local_day(timezone.now())
    period, _choice, fault = _period(request, today)
    if fault:
        return _page(request)
    report = _report(request, period, today)
    return HttpResponse(
        "".join(
            csv_lines(tables_office.office_rows(report), flavour_of(request.GET.get("form", "")))
        ),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="statistik.csv"'},
    )
