"""The Atom feed (RFC 4287) of what everybody may see."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from quartiersladen.concerns.released import FeedRow
from quartiersladen.concerns.states import ConcernState, word_for_others
from quartiersladen.kernel.text import localized
from quartiersladen.quarters.models import Quarter

ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml"
#: Signs that XML 1.0 cannot hold, not even escaped.
NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def entry_id(quarter: Quarter, reference: str) -> str:
    """Return the name of an entry for good: it knows no host, which may become another one."""
    name = f"quartiersladen:{quarter.created_at.isoformat()}:{reference}"
    return f"urn:uuid:{uuid5(NAMESPACE_URL, name)}"


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, name, attributes)
    if text:
        element.text = NOT_XML.sub("", text)
    return element


def _entry(parent: ET.Element, quarter: Quarter, row: FeedRow, language: str) -> None:
    url = quarter.absolute_url(f"/anliegen/{row.reference}/")
    entry = _add(parent, "entry")
    _add(entry, "id", entry_id(quarter, row.reference))
    _add(entry, "title", row.title)
    _add(entry, "link", rel="alternate", type="text/html", href=url)
    _add(entry, "published", _stamp(row.released_at))
    _add(entry, "updated", _stamp(row.changed_at))
    if row.theme_slug and row.theme_name:
        label = localized(row.theme_name, language)
        _add(entry, "category", term=row.theme_slug, label=NOT_XML.sub("", label))
    state = _("State: %(state)s") % {"state": word_for_others(ConcernState(row.state))}
    day = _("told on %(day)s") % {
        "day": date_format(quarter.local_day(row.created_at), "DATE_FORMAT")
    }
    _add(entry, "content", f"{state}, {day}\n\n{row.text}", type="text")


def atom(
    quarter: Quarter, rows: Iterable[FeedRow], *, language: str, query: str, otherwise: datetime
) -> bytes:
    """Return the feed as bytes.

    query: the filter as it stands in the address, without "?".  otherwise: when nothing is in it
    yet, the moment that it says it was changed.
    """
    rows = list(rows)
    asked = f"?{query}" if query else ""
    feed = ET.Element(
        "feed", {"xmlns": ATOM, "xml:lang": "de" if language == "de-simple" else language}
    )
    base = entry_id(quarter, f"anliegen{asked}")
    _add(feed, "id", base)
    _add(feed, "title", f"{_('Concerns in the neighbourhood')} · {quarter.short_name}")
    _add(feed, "updated", _stamp(max((row.changed_at for row in rows), default=otherwise)))
    author = _add(feed, "author")
    _add(author, "name", quarter.name)
    own = quarter.absolute_url(f"/anliegen.atom{asked}")
    _add(feed, "link", rel="self", type=MEDIA_TYPE, href=own)
    page = quarter.absolute_url(f"/anliegen/{asked}")
    _add(feed, "link", rel="alternate", type="text/html", href=page)
    for row in rows:
        _entry(feed, quarter, row, language)
    made: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return made
