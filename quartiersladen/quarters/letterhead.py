"""The quarter's face on paper: what every letter, poster and sheet begins and ends with."""

from typing import Any

from quartiersladen.quarters.models import Quarter


def letterhead(quarter: Quarter, *, programme: str) -> dict[str, Any]:
    """Return what templates/quarters/letterhead.typ draws.

    programme: the funding line of the period, "" for none.
    """
    return {
        "name": quarter.name,
        "operator": quarter.operator,
        "accent": quarter.accent,
        "outline": quarter.outline_svg_path,
        "address": quarter.address_lines[1:],
        "phone": quarter.phone,
        "email": quarter.email,
        "page": quarter.absolute_url("/"),
        "sender": " · ".join(quarter.address_lines),
        "programme": programme,
    }
