"""The addresses of the house, and two more that show each error page."""

from django.http import QueryDict
from django.urls import path

from quartiersladen.accounts.access import public
from quartiersladen.config.urls import handler404 as handler404
from quartiersladen.config.urls import urlpatterns as house
from quartiersladen.ui.errors import csrf_failure, error_page, handler500, unable_page


@public
def refused(request, status):
    if status == 503:
        return unable_page(request)
    if status == 500:
        return handler500(request)
    return error_page(request, status, retry_after=24 * 60 if status == 429 else 0)


@public
def without_cookies(request):
    request.POST = QueryDict("text=Die Laterne ist aus.")
    return csrf_failure(request)


urlpatterns = [
    *house,
    path("abgewiesen/<int:status>/", refused, name="refused"),
    path("abgewiesen/ohne-cookies/", without_cookies, name="refused_without_cookies"),
]
