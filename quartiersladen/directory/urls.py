"""Addresses of the directory module."""

from django.urls import path

from quartiersladen.directory import views_office

app_name = "directory"
urlpatterns = [
    path("buero/adressen/", views_office.bodies, name="bodies"),
    path("buero/adressen/neu/", views_office.body_new, name="body_new"),
    path("buero/adressen/<int:body_id>/", views_office.body_edit, name="body_edit"),
    path("buero/adressen/<int:body_id>/personen/", views_office.person_new, name="person_new"),
    path(
        "buero/adressen/<int:body_id>/personen/<int:person_id>/",
        views_office.person_edit,
        name="person_edit",
    ),
]
