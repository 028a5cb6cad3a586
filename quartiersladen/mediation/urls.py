"""Addresses of the mediation module."""

from django.urls import path

from quartiersladen.mediation.views_office import deeds

app_name = "mediation"
PAGE = "buero/anliegen/<str:reference>/vermittlung/"
PARTY = PAGE + "partei/<int:party_id>/"
STEP = PAGE + "schritt/<int:step_id>/"
urlpatterns = [
    path(PAGE, deeds.page, name="page"),
    path(PAGE + "beginnen/", deeds.begin, name="begin"),
    path(PAGE + "partei/", deeds.party, name="party"),
    path(PARTY + "berichtigen/", deeds.change, name="change"),
    path(PARTY + "zusage/", deeds.answer, name="answer"),
    path(PARTY + "einverstanden/", deeds.consent, name="consent"),
    path(PARTY + "loeschen/", deeds.erase, name="erase"),
    path(PAGE + "schritt/", deeds.plan, name="plan"),
    path(PAGE + "gespraech/", deeds.talk, name="talk"),
    path(STEP + "erledigt/", deeds.done, name="done"),
    path(STEP + "ausgefallen/", deeds.off, name="off"),
    path(STEP + "berichtigen/", deeds.correct, name="correct"),
    path(PAGE + "vereinbarung/", deeds.agreement, name="agreement"),
    path(PAGE + "vereinbarung.pdf", deeds.agreement_file, name="agreement_pdf"),
    path(PAGE + "nachfrage/", deeds.look, name="look"),
    path(PAGE + "abschluss/", deeds.end, name="end"),
]
