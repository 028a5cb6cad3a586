"""The office keeps the list of to whom concerns usually go."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from quartiersladen.concerns.models import RoutingRule
from quartiersladen.concerns.routing import get_routing_rule, routing_rules
from quartiersladen.concerns.services.routing_rules import (
    PersonElsewhere,
    RoutingFacts,
    RuleFitsAll,
    RuleThereAlready,
    RuleWithoutName,
    add_routing_rule,
    change_routing_rule,
)
from quartiersladen.concerns.services.scope_rules import RuleChangedMeanwhile, WordTooShort
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.directory.testing import make_body
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.privacy.models import Trail
from quartiersladen.quarters.models import District
from quartiersladen.quarters.testing import NOON, make_quarter, make_theme

LIST = "/buero/einstellungen/weitergeben/"
AREA = {"type": "Polygon", "coordinates": [[[12, 51], [13, 51], [13, 52], [12, 52], [12, 51]]]}


@pytest.fixture
def person(body):
    return ContactPerson.objects.create(body=body, name="Noa", from_on=date(2020, 1, 1))


def facts(body, **changes) -> RoutingFacts:
    values = {
        "name": " Spritzen ",
        "words": ["Spritze", "Kanüle"],
        "themes": [],
        "district": None,
        "body": body,
        "person": None,
        "note": " Auch Streetwork. ",
        "is_active": True,
        "position": 0,
    }
    return RoutingFacts(**(values | changes))


def add(viewer, body, *, quarter=None, key=None, **changes) -> RoutingRule:
    return add_routing_rule(
        viewer=viewer,
        quarter=quarter or body.quarter,
        facts=facts(body, **changes),
        submission_key=key or uuid4(),
        now=NOON,
    )


# --- The deeds -----------------------------------------------------------------------------------
def test_a_rule_is_kept_with_a_trail(quarter, mira, body, theme, person):
    district = District.objects.create(quarter=quarter, name="Ost")
    rule = add(mira, body, themes=[theme], district=district, person=person)

    rule.refresh_from_db()
    assert (str(rule), rule.words, rule.note) == (
        "Spritzen",
        ["Spritze", "Kanüle"],
        "Auch Streetwork.",
    )
    assert (rule.body, rule.person, rule.district, rule.version) == (body, person, district, 1)
    assert list(rule.themes.all()) == [theme]
    line = Trail.objects.get(deed="routing rule saved")
    assert (line.subject, line.data) == (
        f"concerns.routingrule:{rule.pk}",
        {"body": body.pk, "is_active": True},
    )


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"name": "  "}, RuleWithoutName, "name"),
        ({"words": []}, RuleFitsAll, "words"),
        ({"words": ["Spritze", "ab"]}, WordTooShort, "words"),
        ({"words": ["?!…"]}, WordTooShort, "words"),
    ],
)
def test_a_rule_that_says_nothing_is_refused(mira, body, changes, refusal, field):
    with pytest.raises(refusal) as caught:
        add(mira, body, **changes)
    assert caught.value.field == field
    with pytest.raises(refusal):
        change_routing_rule(
            viewer=mira, rule=add(mira, body), facts=facts(body, **changes), version=1, now=NOON
        )
    assert RoutingRule.objects.get().version == 1


def test_one_condition_is_enough(quarter, mira, body, theme):
    district = District.objects.create(quarter=quarter, name="Ost")

    add(mira, body, words=[], themes=[theme])
    add(mira, body, words=[], district=district)

    assert RoutingRule.objects.count() == 2


def test_the_person_works_at_the_body(quarter, mira, body, person):
    with pytest.raises(PersonElsewhere) as caught:
        add(mira, make_body(quarter, "Kehrfix"), person=person)
    assert caught.value.field == "person"


def test_only_who_passes_on_keeps_rules(mira, hao, body):
    rule = add(mira, body)
    with pytest.raises(NotAllowed):
        add(hao, body)
    with pytest.raises(NotAllowed):
        change_routing_rule(viewer=hao, rule=rule, facts=facts(body), version=1, now=NOON)
    with pytest.raises(NotAllowed):
        add(mira, make_body(make_quarter("west")))
    assert (routing_rules(hao), routing_rules(mira)) == ([], [rule])
    with pytest.raises(RoutingRule.DoesNotExist):
        get_routing_rule(hao, rule.pk)


def test_nothing_of_another_quarter_goes_into_a_rule(quarter, mira, body):
    west = make_quarter("west")
    with pytest.raises(NotAllowed):
        add(mira, make_body(west, "Weststelle"), quarter=quarter)
    with pytest.raises(NotAllowed):
        add(mira, body, themes=[make_theme(west, "licht")])
    with pytest.raises(NotAllowed):
        add(mira, body, district=District.objects.create(quarter=west, name="West"))
    assert RoutingRule.objects.count() == 0


def test_a_double_press_makes_one_rule(mira, body, theme):
    key = uuid4()
    first = add(mira, body, key=key, themes=[theme])

    assert add(mira, body, key=key, themes=[theme]) == first
    assert Trail.objects.filter(deed="routing rule saved").count() == 1
    with pytest.raises(RuleThereAlready):
        add(mira, body, key=key)
    with pytest.raises(RuleThereAlready):
        add(mira, body, key=key, themes=[theme], name="Anders")


def test_of_two_colleagues_the_second_is_told(mira, body):
    rule = add(mira, body)
    change = {"viewer": mira, "rule": rule, "version": 1, "now": NOON}
    changed = change_routing_rule(facts=facts(body, is_active=False), **change)

    with pytest.raises(RuleChangedMeanwhile):
        change_routing_rule(facts=facts(body, position=3), **change)
    rule.refresh_from_db()
    assert (changed, rule.is_active, rule.position, rule.version) == (rule, False, 0, 2)


def test_the_database_keeps_no_rule_without_a_name(quarter, body):
    with pytest.raises(IntegrityError), transaction.atomic():
        RoutingRule.objects.create(quarter=quarter, body=body, name="", submission_key=uuid4())


# --- The pages -----------------------------------------------------------------------------------
def typed(body, **changes) -> dict[str, object]:
    return {
        "version": "0",
        "name": "Spritzen",
        "words": "Spritze, Kanüle\nKanüle",
        "body": body.pk,
        "note": "Auch Streetwork.",
        "position": "1",
        "is_active": "on",
        **changes,
    }


def test_the_desk_adds_and_changes_a_rule(desk, quarter, body, theme, person):
    district = District.objects.create(quarter=quarter, name="Ost", outline=AREA)
    form = desk.get(f"{LIST}neu/").context["form"]
    assert [str(choice) for _key, choice in form["person"].field.choices][1:] == ["Lichtwerk: Noa"]
    sent = typed(
        body,
        submission_key=form["submission_key"].value(),
        themes=[theme.pk],
        district=district.pk,
        person=person.pk,
    )

    added = desk.post(f"{LIST}neu/", sent, follow=True)
    desk.post(f"{LIST}neu/", sent)

    rule = RoutingRule.objects.get()
    assert added.redirect_chain == [(LIST, 302)]
    assert (rule.words, rule.district, rule.person) == (["Spritze", "Kanüle"], district, person)
    page = desk.get(f"{LIST}{rule.pk}/")
    shown = {name: page.context["form"][name].value() for name in ("words", "themes", "body")}
    assert shown == {"words": "Spritze, Kanüle", "themes": [theme.pk], "body": body.pk}
    desk.post(f"{LIST}{rule.pk}/", typed(body, version="1", name="Nadeln"))
    rule.refresh_from_db()
    assert (rule.name, list(rule.themes.all()), rule.district, rule.person, rule.version) == (
        "Nadeln",
        [],
        None,
        None,
        2,
    )


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"name": ""}, 422, "name"),
        ({"words": ""}, 422, "words"),
        ({"body": ""}, 422, "body"),
        ({"body": "9" * 30}, 422, "body"),
        ({"themes": ["9" * 30]}, 422, "themes"),
        ({"person": "x"}, 422, "person"),
        ({"position": "viel"}, 422, "position"),
        ({"version": "7"}, 409, "__all__"),
        ({"version": ""}, 409, "__all__"),
    ],
)
def test_what_was_typed_for_a_rule_stays(desk, mira, body, changes, status, field):
    rule = add(mira, body)

    page = desk.post(f"{LIST}{rule.pk}/", typed(body, version="1") | changes)

    assert page.status_code == status
    assert list(page.context["form"].errors) == [field]
    assert page.context["form"]["note"].value() == "Auch Streetwork."
    assert page.context["version"] == 1
    assert RoutingRule.objects.get().version == 1


def test_a_form_that_was_sent_before_with_other_words_is_kept(desk, body):
    key = desk.get(f"{LIST}neu/").context["form"]["submission_key"].value()
    desk.post(f"{LIST}neu/", typed(body, submission_key=key))

    page = desk.post(f"{LIST}neu/", typed(body, submission_key=key, name="Nadeln"))

    assert (page.status_code, page.context["form"]["name"].value()) == (409, "Nadeln")
    assert "Diese Regel ist schon gespeichert." in page.content.decode()
    assert desk.post(f"{LIST}neu/", typed(body, submission_key="erfunden")).status_code == 302
    assert RoutingRule.objects.count() == 2


def test_only_who_works_there_can_be_chosen_and_an_old_body_stays(desk, quarter, mira, body):
    rule = add(mira, body)
    today = quarter.local_day(timezone.now())
    long_ago, yesterday = date(2020, 1, 1), today - timedelta(days=1)
    there = make_body(quarter, "Kehrfix")
    ContactPerson.objects.create(body=there, name="Da", from_on=long_ago)
    ContactPerson.objects.create(body=there, name="Weg", from_on=long_ago, to_on=yesterday)
    ContactPerson.objects.create(
        body=make_body(make_quarter("west"), "W"), name="X", from_on=long_ago
    )
    ResponsibleBody.objects.filter(pk=body.pk).update(is_active=False)

    def offered(path: str) -> list[list[str]]:
        form = desk.get(path).context["form"]
        return [
            [str(choice) for _key, choice in form[name].field.choices][1:]
            for name in ("body", "person")
        ]

    assert offered(f"{LIST}neu/") == [["Kehrfix"], ["Kehrfix: Da"]]
    assert offered(f"{LIST}{rule.pk}/") == [["Kehrfix", "Lichtwerk"], ["Kehrfix: Da"]]
    assert "nicht aktiv: schlägt nichts vor" in desk.get(LIST).content.decode()


def test_rules_are_not_for_helpers_and_not_for_other_quarters(helper_desk, desk):
    other = make_body(make_quarter("west"), "Weststelle")
    strange = RoutingRule.objects.create(
        quarter=other.quarter, body=other, name="fremd", words=["fremd"], submission_key=uuid4()
    )

    assert helper_desk.get(LIST).status_code == 403
    assert helper_desk.get(f"{LIST}neu/").status_code == 403
    assert desk.get(f"{LIST}{strange.pk}/").status_code == 404
    assert "fremd" not in desk.get(LIST).content.decode()


def test_ten_and_a_hundred_rules_need_the_same_number_of_statements(
    desk, mira, body, theme, django_assert_max_num_queries
):
    counts = []
    for number in (10, 100):
        for n in range(number):
            add(mira, body, name=f"R{n}", themes=[theme])
        with django_assert_max_num_queries(8) as caught:
            assert len(desk.get(LIST).context["rows"]) >= number
        counts.append(len(caught))
    assert counts[0] == counts[1]
