"""Small public files of a quarter: its colours and its outline."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control

from quartiersladen.quarters.models import Quarter


def _quarter(request: HttpRequest) -> Quarter:
    quarter: Quarter = request.quarter  # type: ignore[attr-defined]  # set by QuarterMiddleware
    return quarter


@cache_control(public=True, max_age=300)
def accent_css(request: HttpRequest) -> HttpResponse:
    """The quarter's colours as custom properties; a strict CSP allows no style attribute."""
    quarter = _quarter(request)
    css = f":root{{--accent:{quarter.accent};--accent-dark:{quarter.accent_dark}}}\n"
    return HttpResponse(css, content_type="text/css")


@cache_control(public=True, max_age=300)
def outline(request: HttpRequest) -> HttpResponse:
    """The programme area as GeoJSON (RFC 7946)."""
    quarter = _quarter(request)
    features = []
    if quarter.outline:
        features.append(
            {
                "type": "Feature",
                "geometry": quarter.outline,
                "properties": {"name": quarter.name},
            }
        )
    collection = {"type": "FeatureCollection", "features": features}
    return JsonResponse(collection, content_type="application/geo+json")


for _view in (accent_css, outline):
    _view.access = "public"  # type: ignore[attr-defined]  # accounts lies above this module
