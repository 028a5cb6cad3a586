"""What of a photo becomes black: fields of a grid, written as in chess, or drawn rectangles."""

import re
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quartiersladen.concerns.forms.office import VersionedForm
from quartiersladen.files.photos import Area

LONG_SIDE, SHORT_SIDE = 16, 12  # fields
MOST = 50  # rectangles of one go
WHOLE = 1000  # drawn rectangles come in thousandths of the picture
FIELDS = re.compile(r"([A-P])([0-9]{1,2})(?:-([A-P])([0-9]{1,2}))?", re.IGNORECASE)
TO = re.compile(r"\s*[-–:]\s*")


@dataclass(frozen=True, slots=True)
class Grid:
    """The grid that lies over a photo: columns A, B, C and so on, rows from 1."""

    columns: int
    rows: int

    @property
    def last(self) -> str:
        """The field in the lower right corner."""
        return f"{ascii_uppercase[self.columns - 1]}{self.rows}"

    def area(self, written: str) -> Area | None:
        """Return the rectangle of "B3" or "B3-D5", None for what names no field."""
        match = FIELDS.fullmatch(written)
        if match is None:
            return None
        column, row = ascii_uppercase.index(match[1].upper()), int(match[2]) - 1
        to_column = ascii_uppercase.index(match[3].upper()) if match[3] else column
        to_row = int(match[4]) - 1 if match[4] else row
        (left, right), (top, bottom) = sorted((column, to_column)), sorted((row, to_row))
        if right >= self.columns or top < 0 or bottom >= self.rows:
            return None
        return Area(
            left / self.columns,
            top / self.rows,
            (right + 1) / self.columns,
            (bottom + 1) / self.rows,
        )


def grid_of(width: int, height: int) -> Grid:
    """Return the grid for a photo of this size; its fields are about square."""
    return Grid(SHORT_SIDE, LONG_SIDE) if height > width else Grid(LONG_SIDE, SHORT_SIDE)


def _drawn(written: str) -> Area | None:
    """Return the rectangle of "left,top,right,bottom" in thousandths."""
    parts = written.split(",")
    if len(parts) != 4 or not all(p.isascii() and p.isdecimal() and len(p) < 5 for p in parts):
        return None
    left, top, right, bottom = (int(part) / WHOLE for part in parts)
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        return None
    return Area(left, top, right, bottom)


class BlackenForm(VersionedForm):
    """Which parts of a photo become black. The grid works with every keyboard, drawing by hand."""

    fields_named = forms.CharField(
        label=gettext_lazy("Fields that become black"),
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    drawn = forms.CharField(required=False, max_length=1200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, grid: Grid, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's
        super().__init__(*args, **kwargs)
        self.grid = grid
        self.fields["fields_named"].help_text = _(
            "For example B3-D5, H2. A1-%(last)s is the whole picture."
        ) % {"last": grid.last}

    def clean_fields_named(self) -> list[Area]:
        """Return the named rectangles; explain the first name that is no field."""
        names = (
            TO.sub("-", self.cleaned_data["fields_named"])
            .replace(",", " ")
            .replace(";", " ")
            .split()
        )
        areas = [(name, self.grid.area(name)) for name in names]
        wrong = next((name for name, area in areas if area is None), None)
        if wrong is not None:
            raise forms.ValidationError(
                _("“%(name)s” is no field. Please write for example B3-D5.") % {"name": wrong}
            )
        return self._not_too_many([area for _name, area in areas if area])

    def clean_drawn(self) -> list[Area]:
        """Return the drawn rectangles."""
        parts = [part for part in self.cleaned_data["drawn"].split(";") if part]
        areas = [_drawn(part) for part in parts]
        if None in areas:
            raise forms.ValidationError(_("Please draw the rectangles once more."))
        return self._not_too_many([area for area in areas if area])

    @staticmethod
    def _not_too_many(areas: list[Area]) -> list[Area]:
        if len(areas) > MOST:
            raise forms.ValidationError(
                _("At most %(most)s rectangles at once, please.") % {"most": MOST}
            )
        return areas

    def areas(self) -> list[Area]:
        """Return everything that becomes black, after is_valid()."""
        return [*self.cleaned_data["fields_named"], *self.cleaned_data["drawn"]]
