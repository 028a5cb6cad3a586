"""Builders for tests: responsible bodies."""

from quartiersladen.directory.models import ResponsibleBody
from quartiersladen.kernel.text import fold
from quartiersladen.quarters.models import Quarter


def make_body(
    quarter: Quarter, name: str = "Lichtwerk", email: str = "stelle@lichtwerk.example.org"
) -> ResponsibleBody:
    """Store a body with a mail address."""
    return ResponsibleBody.objects.create(
        quarter=quarter, name=name, sort_name=fold(name), email=email, phone="030 23125 200"
    )
