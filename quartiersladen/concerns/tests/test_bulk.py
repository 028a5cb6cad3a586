"""One deed on many concerns: each for itself, exactly reported, harmless when pressed twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from quartiersladen.accounts.models import User
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services.bulk import (
    Assign,
    Chosen,
    NothingChosen,
    Plan,
    Tags,
    TooManyChosen,
    do_with_each,
)
from quartiersladen.concerns.testing import make_concern
from quartiersladen.dossiers.models import Dossier, Entry, FollowUp, Tag
from quartiersladen.dossiers.queries import tags_of
from quartiersladen.dossiers.services.journal import note
from quartiersladen.quarters.testing import make_quarter
from tests.support.sign_in import signed_in_client

LIST = "/buero/anliegen/"
BULK = f"{LIST}auswahl/"
SOON = (timezone.now() + timedelta(days=20)).date()


@pytest.fixture
def three(quarter):
    return [make_concern(quarter, f"Nr. {n}", now=timezone.now()) for n in range(3)]


def picks(*concerns) -> list[str]:
    return [f"{c.dossier.reference}~{c.dossier.version}" for c in concerns]


def chosen(*concerns) -> list[Chosen]:
    return [Chosen(c.dossier.reference, c.dossier.version) for c in concerns]


def entries(deed: str) -> int:
    return Entry.objects.filter(deed=deed).count()


def test_the_list_offers_ticks_that_know_the_version(desk, three):
    page = desk.get(LIST)

    assert [line.pick for line in page.context["lines"]] == picks(*three[::-1])
    assert f'value="{picks(three[0])[0]}" aria-label' in page.content.decode()


def test_what_will_happen_is_shown_before_it_does(desk, three):
    page = desk.post(
        BULK, {"tat": "zuweisen", "anliegen": picks(*three), "filter": "zustand=offen"}
    )

    assert page.status_code == 200
    assert [row.title for row, _pick in page.context["lines"]] == ["Nr. 2", "Nr. 1", "Nr. 0"]
    assert page.context["back"] == f"{LIST}?zustand=offen"
    assert entries("assign") == 0


def test_somebody_looks_after_many_and_pressing_twice_writes_nothing_more(desk, three):
    ida = User.objects.get(name="Ida")
    form = {
        "tat": "zuweisen", "schritt": "tun", "anliegen": picks(*three), "colleague": ida.pk,
    }  # fmt: skip

    first = desk.post(BULK, form)
    assert (first.status_code, len(first.context["done"])) == (200, 3)
    assert set(Dossier.objects.values_list("assigned_to", "version")) == {(ida.pk, 2)}
    again = desk.post(BULK, form)

    assert (again.status_code, len(again.context["done"])) == (200, 0)
    assert len(again.context["was_so"]) == 3
    assert entries("assign") == 3


def test_what_a_colleague_changed_meanwhile_is_named_and_costs_not_the_others(desk, three, mira):
    form = {
        "tat": "termin",
        "schritt": "tun",
        "anliegen": picks(*three),
        "due_on": SOON.isoformat(),
        "note": "Ansehen",
    }
    Dossier.objects.filter(pk=three[1].pk).update(version=5)
    Concern.objects.filter(pk=three[2].pk).update(
        state="withdrawn", closed_at=timezone.now(), next_on=None
    )

    page = desk.post(BULK, form)

    assert page.status_code == 409
    assert [one.title for one in page.context["done"]] == ["Nr. 0"]
    refused = {one.title: str(one.why) for one in page.context["refused"]}
    assert refused["Nr. 1"].startswith("Jemand anderes hat das inzwischen geändert")
    assert refused["Nr. 2"] == "Dieser Schritt ist im jetzigen Stand nicht möglich."
    assert FollowUp.objects.filter(due_on=SOON, note="Ansehen").count() == 1
    assert entries("next_date") == 1
    # What failed left nothing behind, not even a version.
    assert Dossier.objects.get(pk=three[2].pk).version == 1


def test_a_date_in_the_past_is_explained_before_anything_happens(desk, three):
    page = desk.post(
        BULK,
        {"tat": "termin", "schritt": "tun", "anliegen": picks(*three), "due_on": "2020-01-01"},
    )

    assert (page.status_code, list(page.context["form"].errors)) == (422, ["due_on"])
    assert len(page.context["lines"]) == 3
    assert entries("next_date") == 0


def test_tags_are_put_on_and_taken_off(desk, three):
    form = {"schritt": "tun", "anliegen": picks(*three[:2])}
    put = desk.post(BULK, form | {"tat": "schlagwort", "add": "Sommer, Ortsbeirat"})
    assert len(put.context["done"]) == 2
    fresh = [Concern.objects.select_related("dossier").get(pk=c.pk) for c in three]
    offered = desk.post(BULK, {"tat": "ohne", "anliegen": picks(*fresh)})
    assert [name for name, _label in offered.context["form"].fields["remove"].choices] == [
        "Ortsbeirat",
        "Sommer",
    ]

    off = desk.post(
        BULK, {"tat": "ohne", "schritt": "tun", "anliegen": picks(*fresh), "remove": ["Sommer"]}
    )

    assert (len(off.context["done"]), len(off.context["was_so"])) == (2, 1)
    assert tags_of([c.pk for c in three]) == {c.pk: ["Ortsbeirat"] for c in three[:2]}
    assert [tag.name for tag in Tag.objects.all()] == ["Ortsbeirat"]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"tat": "schlagwort", "add": " , "}, "add"),
        ({"tat": "schlagwort", "add": "x" * 41}, "add"),
        ({"tat": "ohne"}, "remove"),
        ({"tat": "zuweisen", "colleague": "999"}, "colleague"),
        ({"tat": "termin", "due_on": "bald"}, "due_on"),
    ],
)
def test_wrong_input_is_explained_and_the_ticks_stay(desk, three, form, field):
    page = desk.post(BULK, {"schritt": "tun", "anliegen": picks(*three)} | form)

    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    assert [pick for _row, pick in page.context["lines"]] == picks(*three[::-1])


def test_all_of_a_list_can_be_chosen_with_its_other_pages(desk, quarter):
    for number in range(52):
        make_concern(quarter, f"Nr. {number}", now=timezone.now())
    page = desk.get(LIST)
    assert 'name="alle"' in page.content.decode()

    # No word is long enough to be looked for, so the list is empty.
    nothing = desk.post(BULK, {"tat": "termin", "alle": "1", "filter": "q=Nr"})
    everything = desk.post(BULK, {"tat": "termin", "alle": "1", "filter": "zustand=offen"})

    assert nothing.headers["Location"] == f"{LIST}?q=Nr"
    assert len(everything.context["lines"]) == 52


def test_nothing_chosen_and_too_much_are_refused(desk, quarter, three, mira):
    kept = {"filter": "thema=3", "tat": "termin"}
    assert desk.post(BULK, kept).headers["Location"] == f"{LIST}?thema=3"
    many = [f"2026-{n:04d}~1" for n in range(201)]
    refused = desk.post(BULK, kept | {"anliegen": many}, follow=True)
    assert refused.redirect_chain == [(f"{LIST}?thema=3", 302)]
    assert "Höchstens 200 Anliegen" in refused.content.decode()
    deed, now = Assign(None), timezone.now()
    with pytest.raises(NothingChosen):
        do_with_each(viewer=mira, chosen=[], deed=deed, now=now)
    with pytest.raises(TooManyChosen):
        do_with_each(
            viewer=mira, chosen=[Chosen(f"2026-{n}", 1) for n in range(201)], deed=deed, now=now
        )


def test_a_deed_that_is_none_and_a_look_lead_back(desk, three):
    assert desk.get(BULK).headers["Location"] == LIST
    assert desk.post(BULK, {"tat": "loeschen", "anliegen": picks(*three)}).status_code == 302


def test_a_helper_assigns_nothing_and_touches_only_the_own(helper_desk, three):
    tom = User.objects.get(name="Tom")
    Dossier.objects.filter(pk=three[0].pk).update(assigned_to=tom)
    assert (
        helper_desk.post(BULK, {"tat": "zuweisen", "anliegen": picks(*three)}).status_code == 403
    )
    form = {"tat": "schlagwort", "schritt": "tun", "add": "Meins", "anliegen": picks(*three)}

    page = helper_desk.post(BULK, form)

    assert page.status_code == 409
    assert [one.title for one in page.context["done"]] == ["Nr. 0"]
    # Of the others not even the title is told.
    assert [(one.title, str(one.why)) for one in page.context["refused"]] == [
        ("", "Dieses Anliegen können Sie nicht öffnen.")
    ] * 2


def test_outsiders_choose_nothing(client, quarter, three):
    city = signed_in_client(make_member(quarter, Role.CLIENT, "Stadt"))
    west = signed_in_client(make_member(make_quarter("west"), Role.LEAD, "Vera"))
    form = {"tat": "schlagwort", "schritt": "tun", "add": "Meins", "anliegen": picks(*three)}
    assert client.post(BULK, form).status_code == 302
    assert city.post(BULK, form).status_code == 403
    assert west.post(f"/q/west{BULK}", form).status_code == 409

    assert Tag.objects.count() == 0


def test_a_helper_without_the_right_is_told_so_by_the_service(quarter, three):
    tom = make_member(quarter, Role.HELPER, "Tom")
    Dossier.objects.filter(pk=three[0].pk).update(assigned_to=tom)

    [outcome] = do_with_each(
        viewer=viewer_of(tom, quarter),
        chosen=chosen(three[0]),
        deed=Assign(None),
        now=timezone.now(),
    )

    assert (outcome.is_done, str(outcome.why)) == (False, "Das dürfen Sie nicht.")


def test_it_is_like_that_already_also_when_the_version_is_old(mira, three):
    now = timezone.now()
    due = Plan(SOON, "Ansehen")
    for deed in (Assign(User.objects.get(name="Mira")), due, Tags(add=["Sommer"])):
        [first] = do_with_each(viewer=mira, chosen=chosen(three[0]), deed=deed, now=now)
        [again] = do_with_each(viewer=mira, chosen=chosen(three[0]), deed=deed, now=now)
        assert (first.was_so, again.was_so, again.is_done) == (False, True, True)
        three[0].dossier.refresh_from_db()
    note(viewer=mira, dossier=three[0].dossier, text="Notiz", now=now)
    [planned] = do_with_each(
        viewer=mira, chosen=chosen(three[0]), deed=Plan(SOON, "Anders"), now=now
    )
    assert (planned.is_done, planned.was_so) == (True, False)


def test_fifty_ticks_need_as_many_statements_as_five(desk, quarter, django_assert_max_num_queries):
    counts = []
    for number in (5, 45):
        for n in range(number):
            make_concern(quarter, f"Nr. {n}", now=timezone.now())
        ticked = picks(*Concern.objects.select_related("dossier"))
        with django_assert_max_num_queries(8) as caught:
            page = desk.post(BULK, {"tat": "ohne", "anliegen": ticked})
        assert len(page.context["lines"]) == len(ticked)
        counts.append(len(caught))
    assert counts[0] == counts[1]
