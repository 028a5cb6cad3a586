"""QR codes as inline SVG."""

from io import BytesIO

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe


def qr_svg(text: str, *, title: str) -> SafeString:
    """Return an SVG that a phone's camera reads as `text`; `title` is for those who do not see it."""
    out = BytesIO()
    segno.make(text, error="m").save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=True,
        omitsize=True,
        border=2,
        nl=False,
        svgclass="qr",
        lineclass="qr__line",
        dark="#000",
        light="#fff",
    )
    svg = out.getvalue().decode()
    head, rest = svg.split(">", 1)
    labelled = format_html('{} role="img" aria-label="{}">', mark_safe(head), title)  # noqa: S308 -- made by segno from numbers
    return mark_safe(labelled + rest)  # noqa: S308 -- title is escaped above, the rest is made by segno
