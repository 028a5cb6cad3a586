"""Answers on pages behind signed links."""

from django.http import HttpResponse


def private(response: HttpResponse) -> HttpResponse:
    """The address of the page is its key: keep it out of indexes.

    The house's Referrer-Policy (same-origin) already keeps it from other sites; "no-referrer" would
    make browsers send forms without their origin, which the form protection refuses.
    """
    response["X-Robots-Tag"] = "noindex"
    return response
