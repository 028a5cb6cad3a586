"""Addresses of the interfaces. Programs have them: none is ever renamed."""

from django.urls import URLPattern, path

from quartiersladen.api import views_office
from quartiersladen.api.responses import TYPES
from quartiersladen.api.views_public import document, georeport, json_addresses

app_name = "api"
SETTINGS = "buero/einstellungen/schnittstellen/"
THEME = SETTINGS + "themen/<int:theme_id>/"


def in_each_format(route: str, view: object, name: str) -> list[URLPattern]:
    """Return one address for XML and one for JSON; the format is the end of the address."""
    return [
        path(f"open311/{route}.{suffix}", view, {"suffix": suffix}, name=name)  # type: ignore[call-overload]  # a view
        for suffix in TYPES
    ]


urlpatterns = [
    *in_each_format("discovery", georeport.discovery, "discovery"),
    *in_each_format("v2/services", georeport.services, "services"),
    *in_each_format("v2/services/<str:service_code>", georeport.definition, "definition"),
    *in_each_format("v2/requests", georeport.all_requests, "requests"),
    *in_each_format("v2/requests/<str:service_request_id>", georeport.one_request, "request"),
    *in_each_format("v2/tokens/<str:token>", georeport.token, "token"),
    path("api/v1/openapi.json", document.openapi, name="openapi"),
    path("api/v1/docs", document.docs, name="docs"),
    *json_addresses.patterns("api/v1/"),
    path(SETTINGS, views_office.interfaces, name="interfaces"),
    path(SETTINGS + "schluessel/neu/", views_office.key_new, name="key_new"),
    path(
        SETTINGS + "schluessel/<int:key>/zurueckziehen/",
        views_office.key_revoke,
        name="key_revoke",
    ),
    path(THEME, views_office.theme, name="theme"),
    path(THEME + "fragen/neu/", views_office.question, name="question_new"),
    path(THEME + "fragen/<int:key>/", views_office.question, name="question_edit"),
    path(
        THEME + "fragen/<int:key>/loeschen/", views_office.question_delete, name="question_delete"
    ),
]
