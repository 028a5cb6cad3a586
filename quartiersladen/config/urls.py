"""All addresses of the house."""

from allauth.account import views as account_views
from django.urls import include, path

from quartiersladen.accounts.urls import instead_of_allauth
from quartiersladen.config.health import healthz

handler400 = "quartiersladen.ui.errors.handler400"
handler403 = "quartiersladen.ui.errors.handler403"
handler404 = "quartiersladen.ui.errors.handler404"
handler429 = "quartiersladen.ui.errors.handler429"  # allauth asks for it
handler500 = "quartiersladen.ui.errors.handler500"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("quartiersladen.quarters.urls")),
    path("", include("quartiersladen.website.urls")),
    path("", include("quartiersladen.concerns.urls")),
    path("", include("quartiersladen.mediation.urls")),
    path("", include("quartiersladen.correspondence.urls")),
    path("", include("quartiersladen.dossiers.urls")),
    path("", include("quartiersladen.directory.urls")),
    path("", include("quartiersladen.privacy.urls")),
    path("", include("quartiersladen.desk.urls")),
    path("", include("quartiersladen.api.urls")),
    path("", include("quartiersladen.accounts.urls")),
    *instead_of_allauth,
    path("konto/", include("allauth.urls")),
    # After allauth's own, because the last one of a name is the one that links lead to.
    path("anmelden/", account_views.login, name="account_login"),
]
