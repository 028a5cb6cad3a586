"""Only the named see a confidential dossier, and what they open is written down."""

from datetime import timedelta
from typing import Any

import pytest

from quartiersladen.accounts.models import Membership, User
from quartiersladen.accounts.rules import public_viewer
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.dossiers.models import Dossier, Entry
from quartiersladen.dossiers.queries import (
    get_without_carer,
    named_in,
    readings_of,
    tags_here,
    who_may_care,
    without_carer,
)
from quartiersladen.dossiers.services import confidential as circles
from quartiersladen.dossiers.services.confidential import (
    ConfidentialAlready,
    NobodyNamed,
    NotConfidential,
    NotToBeNamed,
    SomebodyCares,
    log_reading,
)
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile, open_dossier
from quartiersladen.dossiers.services.looking_after import NotNamed, assign
from quartiersladen.dossiers.services.tags import change_tags
from quartiersladen.dossiers.states import Audience, Kind, ReadWhat
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.privacy.models import Trail
from quartiersladen.quarters.testing import NOON, make_quarter

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


@pytest.fixture
def quarter():
    return make_quarter("ost")


@pytest.fixture
def people(quarter) -> dict[Role, User]:
    return {role: make_member(quarter, role, role.value.title()) for role in Role}


@pytest.fixture
def mira(quarter, people):
    return viewer_of(people[Role.MODERATOR], quarter)


@pytest.fixture
def karla(quarter, people):
    return viewer_of(people[Role.LEAD], quarter)


@pytest.fixture
def dossier(quarter) -> Dossier:
    return open_dossier(
        quarter=quarter,
        kind=Kind.CONCERN,
        title="Er droht mir",
        audience=Audience.TELLER,
        language="de",
        assigned_to_id=None,
        search_words="",
        now=NOON,
    )


@pytest.fixture
def secret(dossier: Dossier, people) -> Dossier:
    circles.close_circle(dossier=dossier, people=[people[Role.MODERATOR]])
    return dossier


def change(viewer, dossier, people, **more: Any) -> Entry:
    given = {"version": dossier.version, "now": NOON} | more
    return circles.change_circle(viewer=viewer, dossier=dossier, people=people, **given)


def leave(user: User) -> None:
    """Somebody does not work here any more."""
    Membership.objects.filter(user=user).update(to_on=TODAY - timedelta(days=1))


# --- Closing and opening -------------------------------------------------------------------------
def test_who_is_not_named_looks_after_it_no_more(dossier, people):
    dossier.assigned_to = people[Role.HELPER]
    dossier.save()

    circles.close_circle(dossier=dossier, people=[people[Role.LEAD]])

    kept = Dossier.objects.get()
    assert (kept.audience, kept.assigned_to, set(named_in(kept))) == (
        Audience.CONFIDENTIAL,
        None,
        {people[Role.LEAD].pk},
    )
    with pytest.raises(ConfidentialAlready):
        circles.close_circle(dossier=dossier, people=[people[Role.LEAD]])


def test_who_is_named_and_looks_after_it_goes_on(dossier, people):
    dossier.assigned_to = people[Role.MODERATOR]
    dossier.save()
    circles.close_circle(dossier=dossier, people=[people[Role.MODERATOR], people[Role.LEAD]])
    assert Dossier.objects.get().assigned_to == people[Role.MODERATOR]


def test_opened_again_nobody_is_named(secret):
    circles.open_circle(dossier=secret, audience=Audience.TELLER)
    assert (Dossier.objects.get().audience, named_in(secret)) == (Audience.TELLER, frozenset())
    with pytest.raises(NotConfidential):
        circles.open_circle(dossier=secret, audience=Audience.TELLER)


# --- Who may see it ------------------------------------------------------------------------------
def test_the_named_say_who_sees_it_and_may_step_out(secret, mira, people):
    line = change(mira, secret, [people[Role.LEAD]])

    assert (line.deed, line.data, line.by_id) == ("named", {"people": "Lead"}, mira.user_id)
    assert named_in(secret) == {people[Role.LEAD].pk}
    secret.refresh_from_db()
    with pytest.raises(NotAllowed):
        change(mira, secret, [people[Role.MODERATOR]])


def test_who_is_not_named_names_nobody(secret, karla, people):
    with pytest.raises(NotAllowed):
        change(karla, secret, [people[Role.LEAD]])
    assert named_in(secret) == {people[Role.MODERATOR].pk}


def test_the_circle_of_an_open_one_is_not_changed(dossier, mira, people):
    with pytest.raises(NotConfidential):
        change(mira, dossier, [people[Role.LEAD]])
    assert named_in(dossier) == frozenset()


def test_at_least_one_person_is_named(secret, mira):
    with pytest.raises(NobodyNamed):
        change(mira, secret, [])
    assert named_in(secret) == {mira.user_id}


@pytest.mark.parametrize("role", [Role.HELPER, Role.CLIENT, Role.ADMINISTRATOR])
def test_only_lead_and_moderators_are_named(secret, mira, people, role):
    with pytest.raises(NotToBeNamed):
        change(mira, secret, [people[Role.MODERATOR], people[role]])
    assert named_in(secret) == {mira.user_id}


def test_neither_a_former_colleague_nor_a_stranger_is_named(secret, mira, people):
    stranger = make_member(make_quarter("west"), Role.LEAD, "Vera")
    leave(people[Role.LEAD])
    for other in (stranger, people[Role.LEAD]):
        with pytest.raises(NotToBeNamed):
            change(mira, secret, [other])


def test_the_second_of_two_editors_is_refused(secret, mira, people):
    old = secret.version
    change(mira, secret, [people[Role.MODERATOR], people[Role.LEAD]])
    with pytest.raises(ChangedMeanwhile):
        change(mira, secret, [people[Role.MODERATOR]], version=old)


def test_only_the_named_look_after_it(secret, mira, people):
    with pytest.raises(NotNamed):
        assign(
            viewer=mira,
            dossier=secret,
            colleague=people[Role.LEAD],
            version=secret.version,
            now=NOON,
        )
    for colleague in (people[Role.MODERATOR], None):
        assign(viewer=mira, dossier=secret, colleague=colleague, version=secret.version, now=NOON)
        assert Dossier.objects.get().assigned_to == colleague


def test_a_named_person_who_becomes_a_helper_sees_it_no_more(secret, quarter, people):
    Membership.objects.filter(user=people[Role.MODERATOR]).update(role=Role.HELPER)
    viewer = viewer_of(people[Role.MODERATOR], quarter)
    with pytest.raises(NotAllowed):
        change(viewer, secret, [people[Role.LEAD]])


# --- Nobody is left ------------------------------------------------------------------------------
def test_what_nobody_sees_any_more_the_lead_gives_to_somebody(secret, karla, mira, people):
    assert list(without_carer(karla, TODAY)) == []
    leave(people[Role.MODERATOR])
    assert list(without_carer(karla, TODAY)) == [secret]
    assert list(without_carer(mira, TODAY)) == []
    version = secret.version

    line = circles.take_care(viewer=karla, dossier=secret, person=people[Role.LEAD], now=NOON)

    assert (line.deed, line.data) == ("named", {"people": "Lead"})
    assert named_in(secret) == {people[Role.LEAD].pk}
    assert Dossier.objects.get().version == version + 1
    with pytest.raises(SomebodyCares):
        circles.take_care(viewer=karla, dossier=secret, person=people[Role.LEAD], now=NOON)


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.HELPER, Role.ADMINISTRATOR, Role.CLIENT])
def test_nobody_but_the_lead_gives_it_to_somebody(secret, quarter, people, role):
    other = make_member(quarter, role, "Anderer")
    leave(people[Role.MODERATOR])
    viewer = viewer_of(other, quarter)
    assert list(without_carer(viewer, TODAY)) == []
    with pytest.raises(NotAllowed):
        circles.take_care(viewer=viewer, dossier=secret, person=people[Role.LEAD], now=NOON)


def test_a_lead_of_another_quarter_gives_nothing_to_anybody(secret, people):
    west = make_quarter("west")
    vera = make_member(west, Role.LEAD, "Vera")
    leave(people[Role.MODERATOR])
    viewer = viewer_of(vera, west)
    assert list(without_carer(viewer, TODAY)) == []
    with pytest.raises(NotAllowed):
        circles.take_care(viewer=viewer, dossier=secret, person=vera, now=NOON)


def test_it_is_given_to_nobody_who_may_not_be_named(secret, karla, people):
    leave(people[Role.MODERATOR])
    with pytest.raises(NotToBeNamed):
        circles.take_care(viewer=karla, dossier=secret, person=people[Role.HELPER], now=NOON)
    assert list(without_carer(karla, TODAY)) == [secret]


def test_one_of_them_is_found_by_its_number(secret, karla, people):
    with pytest.raises(Dossier.DoesNotExist):
        get_without_carer(karla, secret.reference, TODAY)
    leave(people[Role.MODERATOR])
    assert get_without_carer(karla, secret.reference, TODAY) == secret


# --- Readings ------------------------------------------------------------------------------------
def read(viewer, dossier, what=ReadWhat.PAGE, *, minutes=0) -> None:
    log_reading(viewer=viewer, dossier=dossier, what=what, now=NOON + timedelta(minutes=minutes))


def shown(viewer, dossier) -> list[tuple[int, str, ReadWhat]]:
    lines = readings_of(viewer, dossier)
    return [((line.at - NOON).seconds // 60, line.who, line.what) for line in lines]


def test_what_somebody_opens_is_one_line_in_ten_minutes(secret, mira):
    for minutes in (0, 9, 10, 21):
        read(mira, secret, minutes=minutes)
    read(mira, secret, ReadWhat.MAIL, minutes=9)

    assert shown(mira, secret) == [
        (21, "Moderator", ReadWhat.PAGE),
        (10, "Moderator", ReadWhat.PAGE),
        (9, "Moderator", ReadWhat.MAIL),
        (0, "Moderator", ReadWhat.PAGE),
    ]


def test_each_person_has_their_own_line(secret, mira, karla, people):
    change(mira, secret, [people[Role.MODERATOR], people[Role.LEAD]])
    read(mira, secret)
    read(karla, secret, minutes=1)
    assert [who for _minutes, who, _what in shown(karla, secret)] == ["Lead", "Moderator"]


def test_the_trail_names_the_row_and_not_the_number(secret, mira):
    read(mira, secret)
    line = Trail.objects.get()
    assert (line.deed, line.subject, line.data, line.by_id) == (
        "confidential read",
        f"dossiers.dossier:{secret.pk}",
        {"what": "page"},
        mira.user_id,
    )


def test_reading_what_is_not_confidential_leaves_no_line(dossier, mira):
    read(mira, dossier)
    assert Trail.objects.count() == 0
    assert shown(mira, dossier) == []


def test_who_is_nobody_of_the_house_leaves_no_line(secret, quarter):
    read(public_viewer(quarter.pk), secret)
    assert Trail.objects.count() == 0


def test_only_the_named_know_who_has_read_it(secret, mira, karla):
    read(mira, secret)
    assert shown(karla, secret) == []
    assert len(shown(mira, secret)) == 1


# --- Tags ----------------------------------------------------------------------------------------
def test_a_tag_of_a_confidential_dossier_is_known_to_who_sees_it(secret, mira, karla, quarter):
    open_one = open_dossier(
        quarter=quarter,
        kind=Kind.CONCERN,
        title="Laterne",
        audience=Audience.TELLER,
        language="de",
        assigned_to_id=None,
        search_words="",
        now=NOON,
    )
    change_tags(viewer=mira, dossier=secret, add=["Drohung", "Licht"], version=1, now=NOON)
    change_tags(viewer=mira, dossier=open_one, add=["Licht"], version=1, now=NOON)

    assert [tag.name for tag in tags_here(mira)] == ["Drohung", "Licht"]
    assert [tag.name for tag in tags_here(karla)] == ["Licht"]


def test_only_the_named_can_look_after_a_confidential_dossier(secret, dossier, people):
    assert list(who_may_care(secret, TODAY)) == [people[Role.MODERATOR]]
    circles.open_circle(dossier=secret, audience=Audience.TELLER)
    assert set(who_may_care(secret, TODAY)) == {
        people[role] for role in (Role.LEAD, Role.MODERATOR, Role.HELPER)
    }
