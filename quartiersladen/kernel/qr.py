"""QR codes as inline SVG."""

from io import BytesIO

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe


def _drawn(text: str, *, border: int, **options: object) -> str:
    out = BytesIO()
    segno.make(text, error="m").save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=True,
        omitsize=True,
        border=border,
        nl=False,
        dark="#000",
        light="#fff",
        **options,
    )
    return out.getvalue().decode()


def qr_picture(text: str) -> str:
    """Return an SVG with the quiet zone that cameras want, for paper."""
    return _drawn(text, border=4)


def qr_svg(text: str, *, title: str) -> SafeString:
    """Return an SVG that a phone's camera reads as `text`; `title` is for those who do not see it."""
    svg = _drawn(text, border=2, svgclass="qr", lineclass="qr__line")
    head, rest = svg.split(">", 1)
    labelled = format_html('{} role="img" aria-label="{}">', mark_safe(head), title)  # noqa: S308 -- made by segno from numbers
    return mark_safe(labelled + rest)  # noqa: S308 -- title is escaped above, the rest is made by segno
