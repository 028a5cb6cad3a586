"""GeoReport v2 as an OpenAPI document, so that schemathesis can attack it. Only for tests."""

from typing import Any

TEXT = {"type": "string"}
QUERY = {
    "requests": {
        "jurisdiction_id": TEXT,
        "service_request_id": TEXT,
        "service_code": TEXT,
        "start_date": {"type": "string", "format": "date-time"},
        "end_date": TEXT,
        "status": {"type": "string", "enum": ["open", "closed", "open,closed", "done"]},
        "page": {"type": "integer"},
        "page_size": {"type": "integer"},
        "extensions": {"type": "string", "enum": ["true", "false", "x"]},
        "api_key": TEXT,
    }
}
LINES = (
    *("jurisdiction_id", "address_string", "address_id", "email", "device_id", "account_id"),
    *("first_name", "last_name", "phone", "description", "media_url", "attribute[kind]"),
    *("attribute[where][]", "attribute[count]", "attribute[since]"),
)
SENT = {
    "service_code": {"type": "string", "enum": ["licht", "muell", "x"]},
    "lat": {"type": "number"},
    "long": {"type": "number"},
    **dict.fromkeys(LINES, TEXT),
}
ANSWERS = {str(status): {"description": "said"} for status in (200, 304, 400, 403, 404, 405, 429)}


def _operation(query: dict[str, Any], *names: str, **more: Any) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "query", "required": False, "schema": schema}
        for name, schema in query.items()
    ]
    parameters += [
        {"name": name, "in": "path", "required": True, "schema": TEXT | {"minLength": 1}}
        for name in names
    ]
    return {"parameters": parameters, "responses": ANSWERS, **more}


def _form(schema: dict[str, Any]) -> dict[str, Any]:
    content = {"application/x-www-form-urlencoded": {"schema": schema}}
    return {"content": content, "required": True}


def document(key: str, number: str) -> dict[str, Any]:
    """Return the document; key: a valid one, which half of what is sent carries."""
    jurisdiction = {"jurisdiction_id": TEXT}
    body = {
        "type": "object",
        "properties": SENT | {"api_key": {"type": "string", "enum": [key, "falsch"]}},
        "required": ["api_key", "service_code"],
    }
    # XML gets few fields, so that most of it is taken; JSON gets all, so that most is refused.
    few: dict[str, Any] = {name: SENT[name] for name in ("first_name", "phone", "description")}
    few |= {"api_key": {"enum": [key]}, "service_code": {"enum": ["muell"]}}
    few |= {"lat": {"enum": [51.34, 51.341, 51.342]}, "long": {"enum": [12.4, 12.401]}}
    bodies: dict[str, Any] = {
        "json": body,
        "xml": {"type": "object", "properties": few, "required": [*few][3:]},
    }
    paths: dict[str, Any] = {}
    for suffix in ("xml", "json"):
        v2 = "/open311/v2"
        paths[f"/open311/discovery.{suffix}"] = {"get": _operation({})}
        paths[f"{v2}/services.{suffix}"] = {"get": _operation(jurisdiction)}
        paths[f"{v2}/services/{{service_code}}.{suffix}"] = {
            "get": _operation(jurisdiction, "service_code")
        }
        paths[f"{v2}/tokens/{{token}}.{suffix}"] = {"get": _operation({}, "token")}
        paths[f"{v2}/requests/{{number}}.{suffix}"] = {
            "get": _operation({"api_key": {"type": "string", "enum": [key, "x"]}}, "number")
        }
        paths[f"{v2}/requests/{number}.{suffix}"] = {"get": _operation(QUERY["requests"])}
        paths[f"{v2}/requests.{suffix}"] = {
            "get": _operation(QUERY["requests"]),
            "post": _operation({}, requestBody=_form(bodies[suffix])),
        }
    return {
        "openapi": "3.0.3",
        "info": {"title": "GeoReport", "version": "2"},
        "paths": paths,
    }
