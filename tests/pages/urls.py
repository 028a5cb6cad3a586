"""The addresses of the house, and one more that shows each error page."""

from django.urls import path

from quartiersladen.accounts.access import public
from quartiersladen.config.urls import handler404 as handler404
from quartiersladen.config.urls import urlpatterns as house
from quartiersladen.ui.errors import error_page, handler500, unable_page


@public
def refused(request, status):
    if status == 503:
        return unable_page(request)
    return handler500(request) if status == 500 else error_page(request, status)


urlpatterns = [*house, path("abgewiesen/<int:status>/", refused, name="refused")]
