"""Addresses of the quarters module."""

from django.urls import path

from quartiersladen.quarters import views_public

app_name = "quarters"
urlpatterns = [
    path("farbe.css", views_public.accent_css, name="accent_css"),
    path("gebiet.geojson", views_public.outline, name="outline"),
]
