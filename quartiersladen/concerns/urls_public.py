"""Addresses for residents and responsible bodies. They stand on posters: none is ever renamed."""

from django.urls import path

from quartiersladen.concerns.views_public import (
    answer,
    figures,
    following,
    links,
    own_data,
    released,
    report,
    voices,
)

patterns = [
    path("anliegen/", released.public_list, name="public_list"),
    path("anliegen.geojson", released.geojson, name="geojson"),
    path("anliegen.atom", released.atom, name="atom"),
    path("anliegen/folgen/", following.follow, name="follow"),
    path("anliegen/neu/", report.report, name="report"),
    path("anliegen/neu/hinweise/", report.hints, name="report_hints"),
    path("anliegen/neu/frisch.json", report.fresh, name="report_fresh"),
    path(
        "anliegen/neu/foto/<uuid:key>/<uuid:file_id>.jpg", report.draft_photo, name="draft_photo"
    ),
    path("anliegen/zahlen/", figures.figures, name="public_figures"),
    path("anliegen/zahlen.csv", figures.figures_csv, name="public_figures_csv"),
    path("anliegen/<str:reference>/", released.public_concern, name="status"),
    path("anliegen/<str:reference>/stimme/", voices.voice, name="voice"),
    path("stimme/<str:token>/", voices.own_voice, name="own_voice"),
    path("s/<str:token>/", links.teller_status, name="teller_status"),
    path("s/<str:token>/foto/<uuid:file_id>.jpg", links.teller_photo, name="teller_photo"),
    path("s/<str:token>/antwort/", answer.teller_answer, name="teller_answer"),
    path("s/<str:token>/daten/", own_data.own_data, name="own_data"),
    path("s/<str:token>/daten.json", own_data.own_json, name="own_json"),
    path("b/<str:token>/", links.confirm, name="confirm"),
    path("w/<str:token>/", following.leave, name="leave"),
    path("f/<str:token>/", links.body_case, name="body_case"),
]
