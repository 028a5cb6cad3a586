"""Addresses of the website module."""

from django.urls import path

from quartiersladen.website import views_office, views_public

app_name = "website"
urlpatterns = [
    path("", views_public.home, name="home"),
    path("sw.js", views_public.service_worker, name="service_worker"),
    path("app.webmanifest", views_public.manifest, name="manifest"),
    path("kontakt/", views_public.contact, name="contact"),
    path("was-wir-tun/", views_public.what_we_do, name="what_we_do"),
    path("impressum/", views_public.imprint, name="imprint"),
    path("datenschutz/", views_public.privacy, name="privacy"),
    path("barrierefreiheit/", views_public.accessibility, name="accessibility"),
    path("buero/einstellungen/texte/", views_office.texts, name="texts"),
    path("buero/einstellungen/texte/<str:key>/", views_office.text_edit, name="text_edit"),
]
