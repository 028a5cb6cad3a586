"""The OpenAPI document of the JSON interface, for programs and as a page for people."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import get_script_prefix
from django.views.decorators.http import require_safe

from quartiersladen.accounts.access import HouseRequest, public

PREFIX = "api/v1/"


def _words(facts: dict[str, Any]) -> str:
    return str(facts.get("description", "")).replace("`", "")


def _document(prefix: str) -> dict[str, Any]:
    from quartiersladen.api.views_public.json_api import api  # noqa: PLC0415 -- see json_addresses

    return dict(api.get_openapi_schema(path_prefix=prefix))


@require_safe
@public
def openapi(_request: HouseRequest) -> HttpResponse:
    """The interface as OpenAPI 3.1, with the addresses of this quarter."""
    start = get_script_prefix().removesuffix("/")
    response = JsonResponse(_document(f"{start}/{PREFIX}"))
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
@public
def docs(request: HouseRequest) -> HttpResponse:
    """The same to read, without a script and without anything from elsewhere."""
    document = _document(f"{get_script_prefix().removesuffix('/')}/{PREFIX}")
    schemas = document["components"]["schemas"]
    context = {
        "info": document["info"],
        "operations": [
            _operation(path, method, facts)
            for path, methods in document["paths"].items()
            for method, facts in methods.items()
        ],
        "schemas": [
            (name, _words(schema), _fields(schema)) for name, schema in sorted(schemas.items())
        ],
        "nav_section": "api",
    }
    return render(request, "api/public/document.html", context)


def _operation(path: str, method: str, facts: dict[str, Any]) -> dict[str, Any]:
    body = facts.get("requestBody", {}).get("content", {}).get("application/json", {})
    return {
        "id": facts["operationId"],
        "method": method.upper(),
        "path": path,
        "description": _words(facts),
        "needs_key": bool(facts.get("security")),
        "parameters": [
            (one["name"], _kind(one["schema"]), one["required"], _words(one))
            for one in facts.get("parameters", [])
        ],
        "body": _kind(body["schema"]) if body else "",
        "answers": [
            (status, said["description"], _said(said))
            for status, said in facts["responses"].items()
        ],
    }


def _said(said: dict[str, Any]) -> str:
    content = said.get("content", {}).get("application/json", {})
    return _kind(content["schema"]) if content else ""


def _fields(schema: dict[str, Any]) -> list[tuple[str, str, bool, str]]:
    required = set(schema.get("required", ()))
    return [
        (name, _kind(one), name in required, _words(one))
        for name, one in schema.get("properties", {}).items()
    ]


def _kind(schema: dict[str, Any]) -> str:
    """Return in a few words what stands there, for example "string (date-time) | null"."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for several in ("anyOf", "allOf"):
        if several in schema:
            return " | ".join(_kind(one) for one in schema[several])
    if "enum" in schema:
        return " | ".join(f'"{one}"' for one in schema["enum"])
    if "const" in schema:
        return f'"{schema["const"]}"'
    if schema.get("type") == "array":
        return f"[{_kind(schema['items'])}]"
    kind = str(schema.get("type", "any"))
    return f"{kind} ({schema['format']})" if "format" in schema else kind
