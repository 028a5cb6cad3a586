"""Addresses of the correspondence module."""

from django.urls import path

from quartiersladen.correspondence import views_office

app_name = "correspondence"
SNIPPETS = "buero/einstellungen/textbausteine/"
urlpatterns = [
    path(SNIPPETS, views_office.snippets, name="snippets"),
    path(SNIPPETS + "neu/", views_office.snippet, name="snippet_new"),
    path(SNIPPETS + "<int:key>/", views_office.snippet, name="snippet_edit"),
    path(SNIPPETS + "<int:key>/loeschen/", views_office.snippet_delete, name="snippet_delete"),
]
