"""Addresses for residents and responsible bodies. They stand on posters: none is ever renamed."""

from django.urls import path

from quartiersladen.concerns.views_public import figures, links, own_data, released, report

patterns = [
    path("anliegen/", released.public_list, name="public_list"),
    path("anliegen.geojson", released.geojson, name="geojson"),
    path("anliegen/neu/", report.report, name="report"),
    path("anliegen/neu/frisch.json", report.fresh, name="report_fresh"),
    path(
        "anliegen/neu/foto/<uuid:key>/<uuid:file_id>.jpg", report.draft_photo, name="draft_photo"
    ),
    path("anliegen/zahlen/", figures.figures, name="public_figures"),
    path("anliegen/zahlen.csv", figures.figures_csv, name="public_figures_csv"),
    path("anliegen/<str:reference>/", released.public_concern, name="status"),
    path("s/<str:token>/", links.teller_status, name="teller_status"),
    path("s/<str:token>/foto/<uuid:file_id>.jpg", links.teller_photo, name="teller_photo"),
    path("s/<str:token>/daten/", own_data.own_data, name="own_data"),
    path("s/<str:token>/daten.json", own_data.own_json, name="own_json"),
    path("b/<str:token>/", links.confirm, name="confirm"),
    path("f/<str:token>/", links.body_case, name="body_case"),
]
