"""The office keeps its directory of responsible bodies."""

from datetime import date, timedelta

import pytest

from quartiersladen.accounts.rules import public_viewer
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.directory import queries
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.directory.testing import make_body
from quartiersladen.privacy.models import Trail
from quartiersladen.quarters.testing import make_quarter, make_theme
from tests.support.sign_in import signed_in_client

PLACE = "/buero/adressen/"
PERSON = {"name": "Kim Weber", "function": "Leitung", "email": "kim@example.org", "phone": "", "from_on": "2020-01-01", "to_on": ""}  # fmt: skip


def body_form(**changes) -> dict[str, object]:
    return {
        "version": 0,
        "name": "Stadtwerke",
        "email": "stelle@example.org",
        "phone": "",
        "street": "",
        "postcode": "",
        "city": "",
        "note": "",
        "is_active": "on",
        **changes,
    }


def test_a_key_too_long_for_a_theme_is_explained(desk, quarter):
    page = desk.post(PLACE + "neu/", body_form(themes=["9" * 19]))
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["themes"])


def names(page) -> list[str]:
    return [body.name for body in page.context["bodies"]]


def test_a_body_is_added_found_and_changed(desk, quarter):
    theme = make_theme(quarter)
    assert desk.post(PLACE + "neu/", body_form(themes=[theme.pk])).headers["Location"] == PLACE
    body = ResponsibleBody.objects.get()
    assert (body.email, list(body.themes.all())) == ("stelle@example.org", [theme])
    make_body(quarter, "Ärzteamt")
    assert names(desk.get(PLACE)) == ["Ärzteamt", "Stadtwerke"]
    assert names(desk.get(PLACE + "?q=arzte")) == ["Ärzteamt"]
    shown = desk.get(f"{PLACE}{body.pk}/").context["form"].initial
    assert (shown["name"], shown["themes"]) == ("Stadtwerke", [theme])

    change = body_form(name="Stadtwerke Süd", version=body.version, is_active="")
    assert desk.post(f"{PLACE}{body.pk}/", change).status_code == 302

    body.refresh_from_db()
    assert (body.name, body.is_active) == ("Stadtwerke Süd", False)
    assert names(desk.get(PLACE))[-1] == "Stadtwerke Süd"
    assert [row.deed for row in Trail.objects.order_by("pk")] == ["body saved"] * 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Lichtwerk"}, "name"),
        ({"email": "nicht"}, "email"),
        ({"postcode": "431"}, "postcode"),
        ({"themes": ["77"]}, "themes"),
    ],
)
def test_a_wrong_body_is_explained_and_kept(desk, quarter, changes, field):
    make_body(quarter, "Lichtwerk")
    page = desk.post(PLACE + "neu/", body_form(**{"city": "Leipzig", **changes}))
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    assert 'value="Leipzig"' in page.content.decode()
    assert ResponsibleBody.objects.count() == 1


def test_two_quarters_may_know_a_body_of_the_same_name(desk):
    make_body(make_quarter("west"), "Stadtwerke")
    assert desk.post(PLACE + "neu/", body_form()).status_code == 302
    assert names(desk.get(PLACE)) == ["Stadtwerke"]


def test_the_second_of_two_editors_keeps_the_typed_text(desk, quarter):
    body = make_body(quarter)
    form = body_form(name="Erste", version=body.version)
    desk.post(f"{PLACE}{body.pk}/", form)

    page = desk.post(f"{PLACE}{body.pk}/", form | {"name": "Zweite"})

    assert page.status_code == 409
    assert 'value="Zweite"' in page.content.decode()
    again = form | {"name": "Zweite", "version": page.context["version"]}
    assert desk.post(f"{PLACE}{body.pk}/", again).status_code == 302
    assert ResponsibleBody.objects.get().name == "Zweite"


def test_people_come_and_go(desk, quarter):
    body = make_body(quarter)
    people = f"{PLACE}{body.pk}/personen/"
    assert desk.post(people, PERSON).headers["Location"] == f"{PLACE}{body.pk}/"
    kim = ContactPerson.objects.get()
    assert [str(p) for p in desk.get(f"{PLACE}{body.pk}/").context["people"]] == [str(kim)]
    assert desk.get(f"{people}{kim.pk}/").context["form"].initial["function"] == "Leitung"
    yesterday = (date.today() - timedelta(days=2)).isoformat()  # noqa: DTZ011 -- any day gone by

    assert desk.post(f"{people}{kim.pk}/", PERSON | {"to_on": yesterday}).status_code == 302

    assert desk.get(f"{PLACE}{body.pk}/").context["people"] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"name": ""}, "name"), ({"to_on": "2019-12-31"}, "to_on"), ({"email": "x"}, "email")],
)
def test_a_wrong_person_is_explained(desk, quarter, changes, field):
    body = make_body(quarter)
    people = f"{PLACE}{body.pk}/personen/"
    new = desk.post(people, PERSON | changes)
    assert (new.status_code, list(new.context["person_form"].errors)) == (422, [field])
    kim = ContactPerson.objects.create(body=body, name="Kim", from_on=date(2020, 1, 1))
    old = desk.post(f"{people}{kim.pk}/", PERSON | changes)
    assert (old.status_code, list(old.context["form"].errors)) == (422, [field])
    assert ContactPerson.objects.get().name == "Kim"


def test_nobody_else_gets_at_it(client, desk, quarter):
    foreign = make_body(make_quarter("west"))
    own = make_body(quarter)
    kim = ContactPerson.objects.create(body=foreign, name="Kim", from_on=date(2020, 1, 1))
    assert desk.get(f"{PLACE}{foreign.pk}/").status_code == 404
    assert desk.post(f"{PLACE}{foreign.pk}/", body_form()).status_code == 404
    assert desk.get(f"{PLACE}{own.pk}/personen/{kim.pk}/").status_code == 404
    assert client.get(PLACE).headers["Location"].startswith("/anmelden/")
    helper = make_member(quarter, Role.HELPER, "Hao")
    assert signed_in_client(helper).get(PLACE).status_code == 403
    for viewer in (public_viewer(quarter.pk), viewer_of(helper, quarter)):
        assert list(queries.bodies_for(viewer)) == []


def test_ten_and_a_hundred_bodies_need_the_same_number_of_statements(
    desk, quarter, django_assert_max_num_queries
):
    counts = []
    for number in (10, 100):
        for n in range(number):
            make_body(quarter, f"Stelle {number} {n}")
        with django_assert_max_num_queries(10) as caught:
            assert desk.get(PLACE).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1]
