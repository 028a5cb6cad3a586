"""Addresses of the accounts module."""

from django.urls import path

from quartiersladen.accounts import views_office, views_public

app_name = "accounts"
urlpatterns = [path("konto/sitzungen/", views_office.sessions, name="sessions")]

#: Stand before allauth's of the same address and name.
instead_of_allauth = [
    path("konto/email/", views_office.address, name="account_email"),
    path(
        "konto/oidc/<str:provider_id>/login/",
        views_public.operator_login,
        name="openid_connect_login",
    ),
    path(
        "konto/oidc/<str:provider_id>/login/callback/",
        views_public.operator_callback,
        name="openid_connect_callback",
    ),
]
