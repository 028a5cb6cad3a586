"""A photo with a grid over it, on which the desk says what becomes black."""

from dataclasses import dataclass
from http import HTTPStatus
from string import ascii_uppercase
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quartiersladen.accounts.access import StaffRequest, office, or_404
from quartiersladen.concerns.forms.blackening import BlackenForm, Grid, grid_of
from quartiersladen.concerns.services.blackening import blacken_photo
from quartiersladen.concerns.views_office.case import Case, fresh, open_case
from quartiersladen.dossiers.models import Document
from quartiersladen.dossiers.queries import get_photo_inside
from quartiersladen.files.photos import Area
from quartiersladen.ui.refused import tried

PAGE = "concerns/office/blacken.html"
WIDTH = 1600  # units of the drawing, whatever the photo has
MARGIN = 80  # units beside and above it, for letters and numbers


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the drawing."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """The drawing: the photo with its grid. columns, rows: name, line, middle of the name."""

    height: int
    columns: list[tuple[str, int, int]]
    rows: list[tuple[str, int, int]]

    @property
    def view_box(self) -> str:
        """What is shown of the drawing."""
        return f"{-MARGIN} {-MARGIN} {WIDTH + MARGIN} {self.height + MARGIN}"

    def box(self, area: Area) -> Box:
        """Return where an area of the photo lies."""
        left, top = round(area.left * WIDTH), round(area.top * self.height)
        return Box(
            left, top, round(area.right * WIDTH) - left, round(area.bottom * self.height) - top
        )


def _sheet(document: Document, grid: Grid) -> Sheet:
    height = round(WIDTH * document.file.height / document.file.width)
    return Sheet(
        height,
        [(ascii_uppercase[n], *_place(n, grid.columns, WIDTH)) for n in range(grid.columns)],
        [(str(n + 1), *_place(n, grid.rows, height)) for n in range(grid.rows)],
    )


def _place(number: int, count: int, length: int) -> tuple[int, int]:
    return round(number * length / count), round((number + 0.5) * length / count)


@require_http_methods(["GET", "HEAD", "POST"])
@office
def blacken(request: StaffRequest, reference: str, document_id: int) -> HttpResponse:
    """Show the photo with its grid; first what would become black, then burn it in."""
    case = open_case(request, reference)
    document = or_404(get_photo_inside, request.viewer, case.concern.dossier, document_id)
    grid = grid_of(document.file.width, document.file.height)
    form = BlackenForm(
        request.POST if request.method == "POST" else None,
        grid=grid,
        initial={"version": case.version},
    )
    if request.method != "POST":
        return _page(case, document, form, HTTPStatus.OK)
    if not form.is_valid():
        return _page(case, document, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if request.POST.get("schritt") != "schwaerzen":
        return _page(case, document, form, HTTPStatus.OK)
    return _burn_in(case, document, form)


def _burn_in(case: Case, document: Document, form: BlackenForm) -> HttpResponse:
    status = tried(
        form,
        lambda: blacken_photo(
            viewer=case.request.viewer,
            concern=case.concern,
            document=document,
            areas=form.areas(),
            version=form.cleaned_data["version"],
            now=case.now,
        ),
    )
    if status != HTTPStatus.OK:
        return _page(case, document, form, status)
    messages.success(case.request, _("The photo is blackened, the earlier one is deleted."))
    return redirect(f"{_case_url(case)}#fotos")


def _case_url(case: Case) -> str:
    return reverse("concerns:office_detail", args=[case.concern.dossier.reference])


def _page(case: Case, document: Document, form: BlackenForm, status: HTTPStatus) -> HttpResponse:
    request = case.request
    if status == HTTPStatus.CONFLICT:
        # The photo itself may be another one by now.
        case = fresh(case)
        document = or_404(get_photo_inside, request.viewer, case.concern.dossier, document.pk)
    sheet = _sheet(document, form.grid)
    chosen = form.cleaned_data if form.is_bound else {}
    context: dict[str, Any] = {
        "case_url": _case_url(case),
        "dossier": case.concern.dossier,
        "number": document.position + 1,
        "document": document,
        "form": form,
        "version": case.version,
        "sheet": sheet,
        "named": [sheet.box(area) for area in chosen.get("fields_named", [])],
        "drawn": [sheet.box(area) for area in chosen.get("drawn", [])],
        "nav_section": "concerns",
    }
    return render(request, PAGE, context, status=status)
