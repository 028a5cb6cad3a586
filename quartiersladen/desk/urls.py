"""Addresses of the desk module."""

from django.urls import path

from quartiersladen.desk.views_office import day, keys, post, settings

app_name = "desk"
SETTINGS = "buero/einstellungen/"
urlpatterns = [
    path("buero/", day.today, name="today"),
    path("buero/suche/", day.search, name="search"),
    path("buero/tastatur/", keys.keys, name="keys"),
    path("buero/vorgang/<str:reference>/", day.dossier, name="dossier"),
    path("buero/post/", post.post, name="post"),
    path("buero/post/<int:mail_id>/", post.mail, name="mail"),
    path(SETTINGS, settings.overview, name="settings"),
    path(SETTINGS + "quartier/", settings.quarter, name="quarter"),
    path(SETTINGS + "themen/neu/", settings.theme, name="theme_new"),
    path(SETTINGS + "themen/<int:key>/", settings.theme, name="theme_edit"),
    path(SETTINGS + "adressen/neu/", settings.right_address, name="right_address_new"),
    path(SETTINGS + "adressen/<int:key>/", settings.right_address, name="right_address_edit"),
    path(SETTINGS + "personen/", settings.members, name="members"),
    path(SETTINGS + "personen/<int:key>/beenden/", settings.member_end, name="member_end"),
    path(
        SETTINGS + "personen/<int:key>/abmelden/", settings.member_sessions, name="member_sessions"
    ),
    path(SETTINGS + "spur/", settings.trail, name="trail"),
]
