"""Home, contact and what we do, as residents see them."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from quartiersladen.accounts.models import Membership
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.concerns.models import RightAddress
from quartiersladen.quarters.models import Premises, ProgrammeFooter
from quartiersladen.quarters.testing import make_quarter
from quartiersladen.website import queries


@pytest.fixture
def shop(quarter):
    return Premises.objects.create(
        quarter=quarter,
        name="Laden",
        street="Musterstraße 1",
        postcode="04315",
        city="Leipzig",
        opening={"0": [["10:00", "12:00"], ["14:00", "18:00"]]},
        note={"de": "Klingeln"},
    )


def test_home_greets_in_the_language_of_the_reader(client, quarter):
    assert "Willkommen im Osten" in client.get("/").content.decode()
    page = client.get("/?lang=ar")
    assert ("أهلاً" in page.content.decode(), page.headers["Content-Language"]) == (True, "ar")
    assert client.get("/").headers["Content-Language"] == "ar"  # remembered


def test_an_unknown_language_is_german(client, quarter):
    page = client.get("/?lang=xx", headers={"accept-language": "xx"})
    assert page.headers["Content-Language"] == "de"
    simple = client.get("/?lang=de-simple")
    assert simple.headers["Content-Language"] == "de"


def test_hours_of_today_know_the_weekday_and_the_holidays_of_the_land(quarter, shop):
    monday, tuesday = date(2026, 3, 2), date(2026, 3, 3)
    assert queries.open_today(quarter, monday) == [
        (shop, [("10:00", "12:00"), ("14:00", "18:00")])
    ]
    assert queries.open_today(quarter, tuesday) == [(shop, [])]
    assert queries.open_today(quarter, date(2026, 4, 6)) == [(shop, [])]  # Easter Monday
    assert queries.week_of(shop) == [("Montag", [("10:00", "12:00"), ("14:00", "18:00")])]


def test_contact_shows_who_agreed_and_nobody_else(client, quarter, shop):
    for name in ("Mira", "Verborgen"):
        make_member(quarter, Role.MODERATOR, name)
    Membership.objects.filter(user__name="Mira").update(
        is_shown=True, function="Quartiersmanagement", phone="030 23125 015"
    )
    make_member(make_quarter("west"), Role.MODERATOR, "Vera")

    page = client.get("/kontakt/").content.decode()

    for shown in ("Mira", "030 23125 015", "Musterstraße 1", "Klingeln"):
        assert shown in page
    for hidden in ("Verborgen", "Vera", "mira@"):
        assert hidden not in page


def test_who_left_is_no_longer_shown(client, quarter):
    make_member(quarter, Role.MODERATOR, "Mira")
    Membership.objects.update(is_shown=True, to_on=timezone.now().date() - timedelta(days=2))
    assert "Mira" not in client.get("/kontakt/").content.decode()


def test_what_others_do_is_named_with_the_address(client, quarter):
    for n, is_active in enumerate((True, False)):
        RightAddress.objects.create(
            quarter=quarter,
            name={"de": f"Wohnung {n}"},
            text={"de": "Wohnungsamt"},
            is_active=is_active,
        )
    page = client.get("/was-wir-tun/").content.decode()
    assert ("Wohnung 0" in page, "Wohnung 1" in page) == (True, False)


def test_the_line_of_the_programme_stands_in_its_period(client, quarter):
    today = timezone.now().date()
    for text, first, last in (
        ("Alte Förderung", today - timedelta(days=900), today - timedelta(days=400)),
        ("Jetzige Förderung", today - timedelta(days=400), None),
    ):
        ProgrammeFooter.objects.create(quarter=quarter, text=text, from_on=first, to_on=last)
    page = client.get("/").content.decode()
    assert ("Jetzige Förderung" in page, "Alte Förderung" in page) == (True, False)


@pytest.mark.parametrize("address", ["/", "/kontakt/", "/was-wir-tun/", "/impressum/"])
def test_each_quarter_has_its_own_pages(client, quarter, address):
    make_quarter("west", name="Quartier West", short_name="West")
    assert "Quartier West" in client.get("/q/west" + address).content.decode()
    assert "Quartier West" not in client.get(address).content.decode()
    assert client.get("/q/nirgends" + address).status_code == 404
    assert client.post(address).status_code == 405
