"""Addresses of the privacy module."""

from django.urls import path

from quartiersladen.privacy import views_office

app_name = "privacy"
ACCESS = "buero/auskunft/"
RULES = "buero/einstellungen/aufbewahrung/"
urlpatterns = [
    path(ACCESS, views_office.search, name="search"),
    path(ACCESS + "person/", views_office.person, name="person"),
    path(ACCESS + "person.json", views_office.person_json, name="person_json"),
    path(ACCESS + "person.pdf", views_office.person_pdf, name="person_pdf"),
    path(ACCESS + "loeschen/", views_office.erase, name="erase"),
    path(RULES, views_office.rules_page, name="rules"),
    path(RULES + "<str:kind>/", views_office.rule, name="rule"),
    path(RULES + "<str:kind>/beginnen/", views_office.rule_start, name="rule_start"),
]
