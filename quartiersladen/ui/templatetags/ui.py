"""Template tags of the house: fields, error summary, map, charts, timeline, pages."""

from collections.abc import Iterable
from datetime import date
from html import escape
from typing import Any, NamedTuple

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.template.context import Context
from django.template.loader import get_template
from django.utils.formats import number_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quartiersladen.ui.charts import Chart

register = template.Library()
SELECTED = mark_safe(" selected")


@register.filter
def widget_kind(field: BoundField) -> str:
    """Return "check" for one tick box, "group" for radio buttons and ticks, else "line"."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput):
        return "check"
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "group"
    return "line"


@register.filter
def isolated(words: str) -> SafeString:
    """Return a number or name so that its own direction orders it, within words of any direction."""
    return format_html("<bdi>{}</bdi>", words)


@register.simple_tag
def rows(items: Iterable[NamedTuple], name: str, **words: str) -> SafeString:
    """Fill a small file of HTML once per item, for long lists: one step instead of twenty per row.

    name: of the file, with the names of the item's fields in braces, {title}; every value is
    escaped.  words: more to fill in, the same in every row.
    """
    source: str = get_template(name).template.source  # type: ignore[attr-defined]  # of Django's engine
    labels = {word: conditional_escape(text) for word, text in words.items()}
    return mark_safe(  # noqa: S308 -- the file is ours, every value is escaped
        "".join(source.format_map(labels | _escaped(item._asdict())) for item in items)
    )


def _escaped(values: dict[str, Any]) -> dict[str, str]:
    # Five times as fast as Django's own, which has lazy words in mind; here are strings.
    return {
        name: value if isinstance(value, SafeString) else escape(str(value))
        for name, value in values.items()
    }


@register.simple_tag
def options(choices: Iterable[tuple[Any, Any, bool]]) -> SafeString:
    """Return the options of a select: value, label, and whether it is chosen."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, SELECTED if chosen else "", label) for value, label, chosen in choices),
    )


@register.inclusion_tag("ui/parts/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """Show all errors of a form with links to the fields; takes the focus."""
    return {"form": form}


@register.inclusion_tag("ui/parts/map.html", takes_context=True)
def area_map(context: Context, label: str, **options: Any) -> dict[str, Any]:  # noqa: ANN401 -- data for the map
    """Show a map of the quarter as comfort beside its list or address field.

    options: points (URL of a GeoJSON), point ("lat,lon"), latitude, longitude and kind (names of the
    form fields that a pin fills), near (URL of a list that a pressed point narrows).
    """
    quarter = context["quarter"]
    return {
        "label": label,
        "centre": quarter.centre,
        "tiles": settings.TILE_URL,
        "attribution": settings.TILE_ATTRIBUTION,
        **options,
    }


@register.inclusion_tag("ui/parts/chart.html")
def chart(drawn: Chart) -> dict[str, Any]:
    """Show a chart with its table twin."""
    return {"chart": drawn}


@register.filter
def told_number(value: float | None) -> str:
    """Return a number as people write it; a sign with words for one that is not told."""
    if value is None:
        return format_html(
            '<span aria-hidden="true">–</span><span class="q-hidden">{}</span>', _("not told")
        )
    return number_format(value, 0 if value == int(value) else 1, force_grouping=True)


@register.filter
def badge_kind(state: str) -> str:
    """Return which mark stands before the word of a state."""
    return {
        "new": "new",
        "answered": "done",
        "sent": "wait",
        "forwarded": "wait",
        "asked_again": "late",
        "silent": "late",
        "failed": "late",
        "declined": "late",
        "quarantined": "late",
        "draft": "new",
        "waiting": "new",
        "put_aside": "plain",
        "spam": "late",
    }.get(state, "plain")


@register.filter
def distance(day: date | None, today: date) -> str:
    """Return a day seen from today in words: "today", "in 3 days", "2 days overdue"."""
    if day is None:
        return ""
    days = (day - today).days
    if days == 0:
        return _("today")
    if days > 0:
        return ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days}
    return ngettext("%(n)s day overdue", "%(n)s days overdue", -days) % {"n": -days}


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return one of KERN's icons; the word beside it says the same."""
    return format_html(
        '<span class="kern-icon kern-icon--{} kern-icon--default" aria-hidden="true"></span>', name
    )


def _is_folded(field: BoundField) -> bool:
    return bool(field.field.widget.attrs.get("lang", "de") != "de")


@register.inclusion_tag("ui/parts/fields.html")
def fields_of(form: BaseForm) -> dict[str, Any]:
    """Show the visible fields of a form; texts in other languages than German are folded."""
    fields = form.visible_fields()
    folded = [field for field in fields if _is_folded(field)]
    return {
        "open_fields": [field for field in fields if not _is_folded(field)],
        "folded": folded,
        "is_unfolded": any(field.errors for field in folded),
    }
