"""Tags: put on, taken off, one per sound, gone with their last use."""

import pytest

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.dossiers.models import Entry, Tag, Tagging
from quartiersladen.dossiers.privacy import HOLDER
from quartiersladen.dossiers.queries import tags_here, tags_of
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile, open_dossier
from quartiersladen.dossiers.services.forgetting import forget_texts
from quartiersladen.dossiers.services.tags import (
    TagMissing,
    TagTooLong,
    TooManyTags,
    change_tags,
    forget_tags_naming,
)
from quartiersladen.dossiers.states import Audience, Kind
from quartiersladen.dossiers.tags import names_in
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.privacy.append_only import erasure_permit
from quartiersladen.privacy.registry import Identity, Person
from quartiersladen.quarters.testing import NOON, make_quarter

pytestmark = pytest.mark.django_db


@pytest.fixture
def quarter():
    return make_quarter()


@pytest.fixture
def mira(quarter):
    return viewer_of(make_member(quarter, Role.MODERATOR, "Mira"), quarter)


def opened(quarter, **fields):
    values = {"title": "Laterne", "assigned_to_id": None, "audience": Audience.TELLER} | fields
    return open_dossier(
        quarter=quarter, kind=Kind.CONCERN, language="de", search_words="", now=NOON, **values
    )


def tag(viewer, dossier, *, add=(), remove=()):
    return change_tags(
        viewer=viewer, dossier=dossier, add=add, remove=remove, version=dossier.version, now=NOON
    )


def names(dossier) -> list[str]:
    return tags_of([dossier.pk]).get(dossier.pk, [])


def test_tags_are_put_on_and_the_journal_says_so(quarter, mira):
    dossier = opened(quarter)

    entry = tag(mira, dossier, add=["Sommer", "Ortsbeirat"])

    assert names(dossier) == ["Ortsbeirat", "Sommer"]
    assert (entry.deed, entry.text, dossier.version) == ("tags", "+ Sommer, + Ortsbeirat", 2)
    assert [str(one) for one in tags_here(mira)] == ["Ortsbeirat", "Sommer"]
    assert str(Tagging.objects.first()).startswith(str(dossier.pk))


def test_what_sounds_alike_is_one_tag(quarter, mira):
    first, second = opened(quarter), opened(quarter)
    tag(mira, first, add=["Müll"])
    tag(mira, second, add=["muell"])

    assert (names(second), Tag.objects.count()) == (["Müll"], 1)
    assert names_in(" Müll ,MUELL,, \u0301 , ein  Wort") == ["Müll", "ein Wort"]


def test_the_last_use_takes_the_tag_away(quarter, mira):
    first, second = opened(quarter), opened(quarter)
    for dossier in (first, second):
        tag(mira, dossier, add=["Sommer"])

    tag(mira, first, remove=["sommer"])
    assert (names(first), Tag.objects.count()) == ([], 1)
    tag(mira, second, remove=["Sommer"], add=["Winter"])

    assert [one.name for one in Tag.objects.all()] == ["Winter"]
    assert Entry.objects.latest("pk").text == "+ Winter, − Sommer"


def test_the_same_word_in_two_quarters_is_two_tags(quarter, mira):
    west = make_quarter("west")
    vera = viewer_of(make_member(west, Role.LEAD, "Vera"), west)
    tag(mira, opened(quarter), add=["Sommer"])
    tag(vera, opened(west), add=["Sommer"])

    assert Tag.objects.count() == 2
    assert [one.quarter for one in tags_here(vera)] == [west]


@pytest.mark.parametrize(
    ("add", "remove", "refusal"),
    [
        ([], [], TagMissing),
        ([], ["nie gesehen"], TagMissing),
        (["da"], [], TagMissing),
        (["x" * 41], [], TagTooLong),
        ([f"Nr. {n}" for n in range(20)], [], TooManyTags),
    ],
)
def test_what_is_no_change_or_too_much_is_refused(quarter, mira, add, remove, refusal):
    dossier = opened(quarter)
    tag(mira, dossier, add=["da"])

    with pytest.raises(refusal):
        tag(mira, dossier, add=add, remove=remove)

    assert (names(dossier), dossier.version) == (["da"], 2)


def test_a_faster_colleague_and_a_stranger_are_noticed(quarter, mira):
    dossier = opened(quarter)
    helper = viewer_of(make_member(quarter, Role.HELPER, "Tom"), quarter)
    city = viewer_of(make_member(quarter, Role.CLIENT, "Stadt"), quarter)
    with pytest.raises(ChangedMeanwhile):
        change_tags(viewer=mira, dossier=dossier, add=["a"], version=0, now=NOON)
    for stranger in (helper, city):
        with pytest.raises(NotAllowed):
            tag(stranger, dossier, add=["a"])

    assert Tag.objects.count() == 0
    assert tags_here(city) == []


def test_a_helper_tags_what_is_theirs(quarter):
    tom = make_member(quarter, Role.HELPER, "Tom")
    dossier = opened(quarter, assigned_to_id=tom.pk)

    tag(viewer_of(tom, quarter), dossier, add=["Sommer"])

    assert names(dossier) == ["Sommer"]


def test_a_tag_that_names_an_erased_person_goes_and_others_stay(quarter, mira):
    dossier = opened(quarter)
    tag(mira, dossier, add=["Frau Nour Beispiel", "Nourishing", "Beispiel"])
    person = Person(quarter, Identity(names=frozenset({"Nour Beispiel"})))
    [line] = [one for one in HOLDER.plan(person) if str(one.what) == "Schlagworte mit dem Namen"]
    assert line.count == 1

    gone = forget_tags_naming(quarter_id=quarter.pk, names=["Nour Beispiel", "  "])

    assert (gone, names(dossier)) == (1, ["Beispiel", "Nourishing"])


def test_the_rule_for_texts_takes_the_tags_off(quarter, mira):
    dossier = opened(quarter)
    tag(mira, dossier, add=["Sommer"])

    with erasure_permit():
        forget_texts(dossier=dossier)

    assert names(dossier) == []
