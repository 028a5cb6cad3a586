"""What GeoReport v2 says about each object, restated for `jsonschema`; XML is read into the same."""

from typing import Any
from xml.etree import ElementTree as ET

from jsonschema import Draft202012Validator, FormatChecker

TEXT, MAYBE = {"type": "string"}, {"type": ["string", "null"]}
FILLED = {"type": "string", "minLength": 1}
#: A day and time with offset.
MOMENT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"
AT, MAYBE_AT = (
    {"type": "string", "pattern": MOMENT},
    {"type": ["string", "null"], "pattern": MOMENT},
)


def an_object(required: str, /, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required.split(),
        "additionalProperties": False,
    }


SERVICE = an_object(
    "service_code service_name description metadata type keywords group",
    service_code=FILLED,
    service_name=FILLED,
    description=FILLED,
    metadata={"type": "boolean"},
    type={"enum": ["realtime", "batch", "blackbox"]},
    keywords=TEXT,
    group=TEXT,
)
KINDS = ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]
ATTRIBUTE = an_object(
    "variable code datatype required datatype_description order description",
    variable={"type": "boolean"},
    code=FILLED,
    datatype={"enum": KINDS},
    required={"type": "boolean"},
    datatype_description=MAYBE,
    order={"type": "integer", "minimum": 1},
    description=FILLED,
    values={"type": "array", "minItems": 1, "items": an_object("key name", key=FILLED, name=TEXT)},
)
DEFINITION = an_object(
    "service_code attributes",
    service_code=FILLED,
    attributes={"type": "array", "items": ATTRIBUTE},
)
REQUEST = an_object(
    "service_request_id status service_code requested_datetime",
    service_request_id=FILLED,
    status={"enum": ["open", "closed"]},
    status_notes=MAYBE,
    service_name=MAYBE,
    service_code=FILLED,
    description=MAYBE,
    agency_responsible=MAYBE,
    service_notice=MAYBE,
    requested_datetime=AT,
    updated_datetime=MAYBE_AT,
    expected_datetime=MAYBE_AT,
    address=MAYBE,
    address_id=MAYBE,
    zipcode=MAYBE,
    lat={"type": ["number", "null"], "minimum": -90, "maximum": 90},
    long={"type": ["number", "null"], "minimum": -180, "maximum": 180},
    media_url=MAYBE,
)
CREATED = an_object(
    "service_request_id service_notice account_id",
    service_request_id=FILLED,
    service_notice=MAYBE,
    account_id=MAYBE,
)
ERROR = an_object("code description", code={"type": "integer"}, description=FILLED)
ENDPOINT = an_object(
    "specification url changeset type formats",
    specification={"const": "http://wiki.open311.org/GeoReport_v2"},
    url={"type": "string", "pattern": r"^https?://.*[^/]$"},
    changeset=AT,
    type={"enum": ["production", "test"]},
    formats={"type": "array", "contains": {"const": "text/xml"}},
)
DISCOVERY = an_object(
    "changeset contact key_service endpoints",
    changeset=AT,
    contact=FILLED,
    key_service=FILLED,
    endpoints={"type": "array", "minItems": 1, "items": ENDPOINT},
)


def faults(value: Any, schema: dict[str, Any]) -> list[str]:
    """Return what is wrong with an object; for lists ask item by item."""
    checker = Draft202012Validator(schema, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(value)]


#: Elements that hold a list, and what else is no text in JSON.
LISTS = {
    *("services", "service_requests", "errors", "endpoints", "formats", "attributes", "values"),
}
TRUTHS = {"metadata", "variable", "required"}
NUMBERS = {"lat": float, "long": float, "order": int, "code": int}


def read_xml(content: bytes) -> tuple[str, Any]:
    """Return the name of the root and what it holds, as JSON would hold it."""
    assert content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    root = ET.fromstring(content)  # noqa: S314 -- our own
    return root.tag, _value(root, "")


def _value(element: ET.Element, parent: str) -> Any:
    assert element.attrib == {}
    assert "{" not in element.tag
    name, text = element.tag, element.text
    if name in LISTS:
        return [_value(child, name) for child in element]
    if len(element):
        return {child.tag: _value(child, name) for child in element}
    if text is None:
        return None
    if name in TRUTHS:
        return {"true": True, "false": False}[text]
    # In a definition "code" is a word, in errors a number.
    is_word = name == "code" and parent == "attribute"
    return NUMBERS[name](text) if name in NUMBERS and not is_word else text


def read(answer: Any) -> Any:
    """Return what an answer holds, whatever its format; its content type has to fit."""
    kind = answer.headers["Content-Type"]
    if kind == "text/xml; charset=utf-8":
        return read_xml(answer.content)[1]
    assert kind == "application/json; charset=utf-8"
    return answer.json()
