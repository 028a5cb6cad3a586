"""Saved filters: the list as somebody wants it again, alone or for the team."""

from typing import Any

import pytest
from django.http import QueryDict

from quartiersladen.accounts.models import User
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns.filtering import kept_query
from quartiersladen.concerns.models import Concern, SavedFilter
from quartiersladen.concerns.privacy import HOLDER
from quartiersladen.concerns.queries.filters import get_saved_filter, saved_filters
from quartiersladen.concerns.services import filters
from quartiersladen.concerns.services.life import plan_next
from quartiersladen.concerns.states import ConcernKind, Scope
from quartiersladen.concerns.testing import make_concern
from quartiersladen.dossiers.services.tags import change_tags
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.privacy.models import Trail
from quartiersladen.privacy.registry import Identity, Person
from quartiersladen.quarters.testing import NOON, make_quarter
from tests.support.sign_in import signed_in_client

LIST = "/buero/anliegen/"
NEW = f"{LIST}filter/neu/"


def saved(viewer, quarter, name="Offen", *, query="zustand=offen", is_shared=False):
    return filters.save_filter(
        viewer=viewer, quarter=quarter, name=name, query=query, is_shared=is_shared, now=NOON
    )


def titles(page) -> list[str]:
    return sorted(line.title for line in page.context["lines"])


def test_the_list_narrows_by_kind_scope_days_due_and_tag(desk, quarter, mira):
    today = quarter.local_day(NOON)
    lamp = make_concern(quarter, "Laterne", kind=ConcernKind.IDEA)
    make_concern(quarter, "Bank", now=NOON.replace(month=4))
    Concern.objects.filter(pk=lamp.pk).update(scope=Scope.OURS)
    plan_next(viewer=mira, concern=lamp, due_on=today, note="", version=1, now=NOON)
    entry = change_tags(viewer=mira, dossier=lamp.dossier, add=["Sommer"], version=2, now=NOON)
    tag = entry.dossier.taggings.get().tag_id
    Concern.objects.exclude(pk=lamp.pk).update(next_on="2999-01-01")

    for query in (
        "art=idea", "zustaendigkeit=ours", "bis=2026-03-31", f"schlagwort={tag}",
        "faellig=ueberfaellig", "faellig=heute", "faellig=woche",
        "von=2026-03-01&bis=2026-03-02&art=idea",
    ):  # fmt: skip
        page = desk.get(f"{LIST}?{query}")
        assert titles(page) == ["Laterne"], query
        assert page.context["is_further"]
    assert titles(desk.get(f"{LIST}?von=2026-03-03")) == ["Bank"]
    nothing = desk.get(
        f"{LIST}?art=x&zustaendigkeit=x&faellig=x&von=x&bis=2026-02-30&schlagwort=x"
    )
    assert titles(nothing) == ["Bank", "Laterne"]


def test_a_filter_is_saved_with_what_narrows_and_without_the_page(desk, quarter):
    query = "zustand=offen&q=Müll&vor=2026-03-02T12:00:00%2B00:00~1&lang=en&unsinn=1"
    make_concern(quarter, "Müll im Hof")

    done = desk.post(f"{NEW}?{query}", {"name": "  Müll   offen ", "is_shared": "on"})

    kept = SavedFilter.objects.get()
    assert (kept.name, kept.query) == ("Müll offen", "zustand=offen&q=M%C3%BCll")
    assert (kept.is_shared, str(kept)) == (True, "Müll offen")
    assert done.headers["Location"] == f"{LIST}?{kept.query}"
    page = desk.get(done.headers["Location"])
    assert page.context["saved"] == [(kept, True)]
    assert titles(page) == ["Müll im Hof"]
    assert desk.get(LIST).context["saved"] == [(kept, False)]
    assert Trail.objects.get().deed == "filter saved"


def test_own_filters_are_for_oneself_and_shared_ones_for_the_team(
    desk, helper_desk, quarter, mira
):
    saved(mira, quarter, "Meins")
    team = saved(mira, quarter, "Unser", is_shared=True)
    west = signed_in_client(make_member(make_quarter("west"), Role.LEAD, "Vera"))

    for client in (desk, helper_desk):
        assert [one for one, _shown in client.get(LIST).context["saved"]] == [team]
    assert west.get(f"/q/west{LIST}").context["saved"] == []
    assert [one.name for one in saved_filters(mira)] == ["Meins", "Unser"]
    city = viewer_of(make_member(quarter, Role.CLIENT, "Stadt"), quarter)
    assert saved_filters(city) == []
    with pytest.raises(SavedFilter.DoesNotExist):
        get_saved_filter(city, team.pk)


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ("zustand=offen", " \u0301 ", "Bitte geben Sie dem Filter einen Namen."),
        ("zustand=offen", "OFFEN", "Einen Filter mit diesem Namen gibt es schon."),
        ("", "Alles", "Bitte grenzen Sie zuerst die Liste ein"),
        ("zustand=offen", "x" * 61, "60"),
    ],
)
def test_a_filter_that_cannot_be_saved_is_explained(desk, quarter, query, name, words):
    ida = viewer_of(User.objects.get(name="Ida"), quarter)
    saved(ida, quarter, "Offen")

    page = desk.post(f"{NEW}?{query}", {"name": name})

    assert page.status_code == 422
    assert words in page.content.decode()
    assert SavedFilter.objects.count() == 1


def test_the_same_name_is_free_for_another_person_and_for_the_team(quarter, mira, hao):
    saved(mira, quarter)
    saved(hao, quarter)
    saved(mira, quarter, is_shared=True)

    with pytest.raises(filters.FilterNameTaken):
        saved(viewer_of(make_member(quarter, Role.LEAD, "Lea"), quarter), quarter, is_shared=True)
    assert SavedFilter.objects.count() == 3


def test_nobody_saves_more_than_anybody_looks_through(quarter, mira):
    for number in range(30):
        saved(mira, quarter, f"Nr. {number}")
    with pytest.raises(filters.TooManyFilters):
        saved(mira, quarter, "Nr. 31")


def test_it_is_renamed_moved_shared_and_deleted(desk, quarter):
    desk.post(f"{NEW}?zustand=offen", {"name": "Offen"})
    kept = SavedFilter.objects.get()
    address = f"{LIST}filter/{kept.pk}/"

    assert desk.get(address).context["form"].initial["name"] == "Offen"
    done = desk.post(address, {"name": "Alles Offene", "position": "7", "is_shared": "on"})
    assert done.headers["Location"] == f"{LIST}?zustand=offen"
    kept.refresh_from_db()
    assert (kept.name, kept.folded, kept.position, kept.is_shared) == (
        "Alles Offene",
        "alles offene",
        7,
        True,
    )
    assert desk.post(address, {"name": "", "position": "7"}).status_code == 422
    assert desk.post(address, {"name": "\u0301", "position": "7"}).status_code == 422
    assert desk.post(address, {"loeschen": "1"}).headers["Location"] == LIST
    assert SavedFilter.objects.count() == 0
    assert desk.get(address).status_code == 404


def test_a_helper_shares_nothing_and_changes_only_the_own(helper_desk, quarter, mira):
    team = saved(mira, quarter, "Unser", is_shared=True)
    own = saved(mira, quarter, "Meins")
    helper_desk.post(f"{NEW}?zustand=offen", {"name": "Toms", "is_shared": "on"})

    toms = SavedFilter.objects.get(name="Toms")
    assert toms.is_shared is False
    assert helper_desk.get(f"{LIST}filter/{team.pk}/").status_code == 403
    assert helper_desk.get(f"{LIST}filter/{own.pk}/").status_code == 404
    assert helper_desk.get(f"{LIST}filter/{toms.pk}/").status_code == 200


def test_the_services_refuse_whom_they_must(quarter, mira, hao):
    west = make_quarter("west")
    kept = saved(mira, quarter)
    change: dict[str, Any] = {"name": "Anders", "is_shared": False, "position": 1, "now": NOON}
    with pytest.raises(NotAllowed):
        saved(mira, west)
    with pytest.raises(NotAllowed):
        saved(hao, quarter, is_shared=True)
    with pytest.raises(NotAllowed):
        filters.change_filter(viewer=hao, kept=kept, **change)
    with pytest.raises(NotAllowed):
        filters.delete_filter(viewer=hao, kept=kept, now=NOON)
    with pytest.raises(NotAllowed):
        filters.change_filter(viewer=viewer_of(make_member(west), west), kept=kept, **change)
    own = saved(hao, quarter, "Haos")
    with pytest.raises(NotAllowed):
        filters.change_filter(viewer=hao, kept=own, **(change | {"is_shared": True}))


def test_an_address_too_long_to_keep_is_not_kept():
    assert kept_query(QueryDict("q=" + "ü" * 200)) == ""
    assert kept_query(QueryDict("q=a&zustand=&meine=1")) == "q=a&meine=1"


def test_filters_that_look_for_an_erased_person_go_and_others_stay(quarter, mira):
    identity = Identity(
        names=frozenset({"Nour Beispiel"}), emails=frozenset({"n@nour.example.org"})
    )
    words = "Gespeicherte Filter mit Namen, Adresse oder Nummer"

    def planned() -> dict[str, int]:
        lines = HOLDER.plan(Person(quarter, identity))
        return {str(line.what): line.count for line in lines}

    assert words not in planned()
    saved(mira, quarter, "Frau Nour Beispiel")
    saved(mira, quarter, "Suche", query="q=n%40nour.example.org&zustand=offen")
    saved(mira, quarter, "Nour Allein", query="zustand=offen")
    assert planned()[words] == 2

    gone = filters.forget_filters_naming(quarter=quarter, identity=identity)

    assert (gone, [one.name for one in SavedFilter.objects.all()]) == (2, ["Nour Allein"])
