"""Addresses of the dossiers module."""

from django.urls import path

from quartiersladen.dossiers import views_public

app_name = "dossiers"
urlpatterns = [
    path("datei/<uuid:file_id>/<str:name>", views_public.file, name="file"),
]
