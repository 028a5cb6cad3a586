"""Builders for tests: a quarter and its themes with sensible values."""

from datetime import UTC, datetime
from typing import Any

from quartiersladen.quarters.models import Quarter, Theme

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
SQUARE = {
    "type": "Polygon",
    "coordinates": [
        [[12.39, 51.335], [12.43, 51.335], [12.43, 51.352], [12.39, 51.352], [12.39, 51.335]]
    ],
}


def make_quarter(slug: str = "ost", **fields: Any) -> Quarter:  # noqa: ANN401 -- columns
    """Store a quarter; the first one of a test answers at "/"."""
    values: dict[str, Any] = {
        "slug": slug,
        "name": f"Quartier {slug.title()}",
        "short_name": slug.title(),
        "is_default": not Quarter.objects.filter(is_default=True).exists(),
        "land": "SN",
        "outline": SQUARE,
        "email": f"buero@{slug}.example.org",
        "phone": "030 23125 014",
        "street": "Musterstraße 1",
        "postcode": "04315",
        "city": "Leipzig",
        "created_at": NOON,
    }
    return Quarter.objects.create(**(values | fields))


def make_theme(quarter: Quarter, slug: str = "licht", **fields: Any) -> Theme:  # noqa: ANN401 -- columns
    """Store a theme."""
    values: dict[str, Any] = {"name": {"de": "Straßenlicht", "en": "Street light"}}
    return Theme.objects.create(quarter=quarter, slug=slug, **(values | fields))
