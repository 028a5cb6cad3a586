"""The house in which the stories play: one quarter with its people, themes and bodies."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from quartiersladen.accounts.models import User
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.concerns.models import RightAddress
from quartiersladen.directory.models import ResponsibleBody
from quartiersladen.directory.testing import make_body
from quartiersladen.quarters.models import Quarter, Theme
from quartiersladen.quarters.testing import make_quarter, make_theme


@dataclass
class House:
    """Everybody and everything that a story needs."""

    quarter: Quarter
    mira: User
    light: Theme
    body: ResponsibleBody
    other_body: ResponsibleBody
    flat: RightAddress


@pytest.fixture
def house(transactional_db: None) -> House:
    """Leipziger Osten with Mira at the desk."""
    quarter = make_quarter("ost", name="Leipziger Osten", short_name="Osten")
    light = make_theme(quarter, "licht", name={"de": "Straßenlicht", "ar": "إنارة"})
    body = make_body(quarter, "Lichtwerk", "stelle@lichtwerk.example.org")
    body.themes.add(light)
    return House(
        quarter=quarter,
        mira=make_member(quarter, Role.MODERATOR, "Mira"),
        light=light,
        body=body,
        other_body=make_body(quarter, "Straßensozialarbeit", "team@strasse.example.org"),
        flat=RightAddress.objects.create(
            quarter=quarter,
            name={"de": "Wohnung gesucht", "ar": "البحث عن سكن"},
            text={"de": "Wohnungsamt, Musterplatz 2", "ar": "مكتب السكن، ساحة النموذج ٢"},
        ),
    )


@pytest.fixture
def mira_at_desk(house: House, open_page: Callable[..., Any], sign_in: Callable[..., None]) -> Any:
    """A browser in which Mira is signed in."""
    page = open_page()
    sign_in(page, house.mira)
    return page
