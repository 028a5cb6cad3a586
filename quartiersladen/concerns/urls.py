"""Addresses of the concerns module."""

from quartiersladen.concerns import urls_office, urls_public

app_name = "concerns"
urlpatterns = [*urls_office.patterns, *urls_public.patterns]
