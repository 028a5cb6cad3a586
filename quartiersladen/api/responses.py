"""How answers are written: XML and JSON of GeoReport v2, and problems of the JSON interface.

JSON follows the "Spark" mapping: the wrappers of lists vanish. Missing values are null in JSON and
empty elements in XML.
"""

import re
from collections.abc import Mapping, Sequence
from json import dumps
from typing import Any

from django.http import HttpResponse

TYPES = {
    "xml": "text/xml; charset=utf-8",
    "json": "application/json; charset=utf-8",
}
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
#: What one of a list is called in XML.
ONE_OF = {
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
    "attributes": "attribute",
    "values": "value",
}
PROBLEM = "application/problem+json"
ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}
#: Characters that XML 1.0 cannot hold at all, and those that mean something in it.
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
SPECIAL = re.compile('[&<>"\r]')


def in_xml(text: str) -> str:
    """Return text as it stands in an element."""
    if NOT_IN_XML.search(text):
        text = NOT_IN_XML.sub("", text)
    return SPECIAL.sub(lambda found: ESCAPED[found[0]], text)


def element(name: str, value: object) -> str:
    """Return one element with all that is in it."""
    if value is None or value == "":
        return f"<{name}/>"
    if isinstance(value, bool):
        inside = "true" if value else "false"
    elif isinstance(value, Mapping):
        inside = "".join(element(key, one) for key, one in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        inside = "".join(element(ONE_OF[name], one) for one in value)
    else:
        inside = in_xml(str(value))
    return f"<{name}>{inside}</{name}>"


def answer(suffix: str, root: str, value: Any, *, status: int = 200) -> HttpResponse:  # noqa: ANN401 -- what JSON can hold
    """Return a list or an object in the format of the address."""
    text = HEAD + element(root, value) if suffix == "xml" else dumps(value, ensure_ascii=False)
    return written(suffix, text, status=status)


def written(suffix: str, text: str, *, status: int = 200) -> HttpResponse:
    """Return what was formatted already."""
    # Half a pair of UTF-16 is no character; a question mark says that something stood there.
    content = text.encode("utf-8", "replace")
    return HttpResponse(content, status=status, content_type=TYPES[suffix])


def errors(suffix: str, status: int, *sentences: object) -> HttpResponse:
    """Return what stood against a request, for people."""
    found = [{"code": status, "description": str(sentence)} for sentence in sentences]
    return answer(suffix, "errors", found, status=status)


def problem(
    status: int, title: str, detail: object = "", *, fields: Sequence[Mapping[str, str]] = ()
) -> HttpResponse:
    """Return what stood against a request of the JSON interface (RFC 9457)."""
    said: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    if detail:
        said["detail"] = str(detail)
    if fields:
        said["errors"] = list(fields)
    return HttpResponse(dumps(said), status=status, content_type=PROBLEM)
