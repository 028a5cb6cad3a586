"""Addresses of the desk module."""

from django.urls import path

from quartiersladen.desk.views_office import confidential, day, inbox, keys, post, settings

app_name = "desk"
SETTINGS = "buero/einstellungen/"
INBOX = "buero/post/eingang/"
urlpatterns = [
    path("buero/", day.today, name="today"),
    path("buero/suche/", day.search, name="search"),
    path("buero/tastatur/", keys.keys, name="keys"),
    path("buero/vorgang/<str:reference>/", day.dossier, name="dossier"),
    path("buero/vertraulich/", confidential.without_anybody, name="without_anybody"),
    path("buero/post/", post.post, name="post"),
    path("buero/post/<int:mail_id>/", post.mail, name="mail"),
    path(INBOX, inbox.inbox, name="inbox"),
    path(INBOX + "hochladen/", inbox.upload, name="inbox_upload"),
    path(INBOX + "<int:key>/", inbox.inbox_mail, name="inbox_mail"),
    path(INBOX + "<int:key>/original.eml", inbox.inbox_original, name="inbox_original"),
    path(INBOX + "<int:key>/anhang/<int:number>/", inbox.inbox_file, name="inbox_file"),
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
