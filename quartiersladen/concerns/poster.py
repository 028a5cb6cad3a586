"""A poster with a QR code that opens the report form with place and theme filled in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from django.utils import translation
from django.utils.translation import gettext as _

from quartiersladen.kernel.pdf import RIGHT_TO_LEFT, make_pdf
from quartiersladen.kernel.qr import qr_picture
from quartiersladen.quarters.letterhead import letterhead
from quartiersladen.quarters.models import Quarter

TEMPLATES = Path(__file__).parent / "templates" / "concerns"
A4, SQUARE = "a4", "quadrat"


@dataclass(frozen=True, slots=True)
class Place:
    """What the code fills in. text: "" for none.  point: latitude and longitude.  theme: a slug."""

    text: str = ""
    point: tuple[float, float] | None = None
    theme: str = ""


def report_url(quarter: Quarter, place: Place) -> str:
    """Return the address of the report form with the place filled in."""
    preset = {}
    if place.point:
        preset["ort"] = ",".join(f"{degrees:.5f}" for degrees in place.point)
    if place.text:
        preset["wo"] = place.text
    if place.theme:
        preset["thema"] = place.theme
    query = f"?{urlencode(preset, safe=',')}" if preset else ""
    return quarter.absolute_url(f"/anliegen/neu/{query}")


def title_in(language: str) -> str:
    """Return the title that a poster has unless the office writes its own."""
    with translation.override(language):
        return _("What is wrong here? What could be better?")


def _invitation(language: str) -> dict[str, str]:
    with translation.override(language):
        words = _("Scan the code and tell us what is wrong here. You need no account.")
    spoken = language.partition("-")[0]
    direction = "rtl" if spoken in RIGHT_TO_LEFT else "ltr"
    return {"language": spoken, "direction": direction, "words": words}


def poster_pdf(
    *,
    quarter: Quarter,
    title: str,
    place: Place,
    languages: Sequence[str],
    size: str,
    programme: str,
    now: datetime,
) -> bytes:
    """Return the poster. size: A4, or SQUARE for a notice board."""
    url = report_url(quarter, place)
    with translation.override("de"):
        title = title or title_in("de")
        words = {
            "title": title,
            "place": place.text,
            "qr": _("QR code that opens the form for a concern: %(url)s") % {"url": url},
            "invitations": [_invitation(language) for language in languages],
            "or": _("Or call us, or come to us:"),
        }
    exact = {
        "head": letterhead(quarter, programme=programme),
        "qr": qr_picture(url),
        "url": quarter.absolute_url("/anliegen/neu/"),
    }
    return make_pdf(
        TEMPLATES / ("square.typ" if size == SQUARE else "poster.typ"),
        title=title,
        language="de",
        author=quarter.name,
        data=words,
        exact=exact,
        now=now,
    )
