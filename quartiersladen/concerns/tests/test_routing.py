"""To whom a concern could go: by the office's rules, then by its own closed concerns."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from quartiersladen.accounts.models import User
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns.models import Concern, Referral, RoutingRule
from quartiersladen.concerns.routing import Reason, suggestions
from quartiersladen.concerns.services.life import Ending, close_concern
from quartiersladen.concerns.services.referrals import (
    accept_referral,
    answer_referral,
    decline_referral,
)
from quartiersladen.concerns.states import PlaceKind, ReferralState, Result
from quartiersladen.concerns.testing import make_concern, make_referral
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.directory.testing import make_body
from quartiersladen.dossiers.models import Dossier, Named
from quartiersladen.dossiers.states import Audience
from quartiersladen.quarters.models import District
from quartiersladen.quarters.testing import NOON, make_quarter, make_theme

LIST = "/buero/anliegen/"
TODAY = NOON.date()
POINT: dict[str, Any] = {"place_kind": PlaceKind.POINT, "latitude": 51.345, "longitude": 12.405}
AROUND = {
    "type": "Polygon",
    "coordinates": [
        [[12.40, 51.34], [12.41, 51.34], [12.41, 51.35], [12.40, 51.35], [12.40, 51.34]]
    ],
}


def make_rule(body, themes=(), **changes) -> RoutingRule:
    values = {"name": "Spritzen", "words": ["spritze"], "quarter": body.quarter}
    rule = RoutingRule.objects.create(body=body, submission_key=uuid4(), **(values | changes))
    rule.themes.set(themes)
    return rule


def ended(viewer, body, theme, *, reply="answer", days=30, **fields) -> Concern:
    """Let a concern live: told, passed on, replied to, closed so many days ago."""
    now = NOON - timedelta(days=days)
    concern = make_concern(body.quarter, theme=theme, now=now - timedelta(days=9), **fields)
    referral = make_referral(viewer, concern, body, way=Way.PHONE, now=now - timedelta(days=8))
    replied = {"viewer": viewer, "referral": referral, "now": now - timedelta(days=1)}
    if reply == "answer":
        answer_referral(text="Erledigt.", **replied)
    elif reply == "accept":
        accept_referral(expected_on=None, **replied)
    elif reply == "decline":
        decline_referral(reason="Nicht wir.", **replied)
    concern = Concern.objects.select_related("dossier", "quarter", "teller").get(pk=concern.pk)
    close_concern(
        viewer=viewer,
        concern=concern,
        ending=Ending(result=Result.NOT_POSSIBLE, answer="Gut.", reason="So ist es."),
        version=concern.dossier.version,
        now=now,
    )
    return concern


def asleep(body: ResponsibleBody) -> ResponsibleBody:
    ResponsibleBody.objects.filter(pk=body.pk).update(is_active=False)
    return body


def ask(viewer, concern, *, taken=()):
    return suggestions(viewer, concern, taken=taken, now=NOON)


def words_of(page) -> str:
    return " ".join(strip_tags(page.content.decode()).split())


def names(found) -> list[str]:
    return [one.body for one in found]


# --- By rules ------------------------------------------------------------------------------------
def test_a_rule_suggests_its_body_and_says_why(quarter, mira, body, theme):
    make_rule(body, [theme], note="Immer auch an die Straßensozialarbeit.")
    concern = make_concern(quarter, "Am Zaun liegen SPRITZEN.", theme=theme)

    [found] = ask(mira, concern)

    assert (found.body_id, found.body, found.person, found.is_by_rule) == (
        body.pk,
        "Lichtwerk",
        "",
        True,
    )
    assert found.query == f"stelle={body.pk}"
    assert found.reasons == [
        Reason(
            rule="Spritzen",
            word="spritze",
            theme=str(theme),
            note="Immer auch an die Straßensozialarbeit.",
        )
    ]


@pytest.mark.parametrize(
    ("words", "rule_themes", "told", "is_suggested"),
    [
        (["spritze"], [], "licht", True),
        (["spritze"], ["licht"], "licht", True),
        (["spritze"], ["licht"], "muell", False),
        (["spritze"], ["licht"], "", True),
        ([], ["licht"], "licht", True),
        ([], ["licht"], "", False),
        (["kanüle"], ["licht"], "licht", False),
        (["kanüle", "Spritzen am"], [], "", True),
        (["ritze"], [], "licht", False),
    ],
)
def test_words_and_themes_narrow_a_rule(
    quarter, mira, body, words, rule_themes, told, is_suggested
):
    themes = {slug: make_theme(quarter, slug) for slug in ("licht", "muell")}
    make_rule(body, [themes[slug] for slug in rule_themes], words=words)

    found = ask(mira, make_concern(quarter, "Spritzen am Zaun", theme=themes.get(told)))

    assert bool(found) is is_suggested


def test_a_word_is_found_in_the_place_too(quarter, mira, body):
    make_rule(body, words=["Rabet"])
    concern = make_concern(
        quarter, "Da liegt etwas.", place_kind=PlaceKind.ADDRESS, place_text="Spielplatz am Rabet"
    )

    assert names(ask(mira, concern)) == ["Lichtwerk"]


@pytest.mark.parametrize(
    ("place", "is_suggested"),
    [
        (POINT, True),
        (POINT | {"latitude": 51.36}, False),
        (POINT | {"latitude": 51.36, "place_text": "Ostviertel"}, False),
        ({"place_kind": PlaceKind.ADDRESS, "place_text": "im OSTVIERTEL, Ecke"}, True),
        ({"place_kind": PlaceKind.ADDRESS, "place_text": "Ostviertelstraße 3"}, False),
        ({"place_kind": PlaceKind.NONE}, False),
    ],
)
def test_a_district_narrows_a_rule(quarter, mira, body, place, is_suggested):
    district = District.objects.create(quarter=quarter, name="Ostviertel", outline=AROUND)
    make_rule(body, words=[], district=district)

    found = ask(mira, make_concern(quarter, **place))

    expected = [Reason(rule="Spritzen", district="Ostviertel")] if is_suggested else []
    assert [reason for one in found for reason in one.reasons] == expected


def test_a_district_without_an_outline_is_nowhere_on_the_map(quarter, mira, body):
    make_rule(body, words=[], district=District.objects.create(quarter=quarter, name="Ost"))

    assert ask(mira, make_concern(quarter, **POINT)) == []


@pytest.mark.parametrize(
    ("from_on", "to_on", "is_named"),
    [
        (date(2020, 1, 1), None, True),
        (date(2020, 1, 1), TODAY, True),
        (TODAY, None, True),
        (date(2020, 1, 1), TODAY - timedelta(days=1), False),
        (TODAY + timedelta(days=1), None, False),
    ],
)
def test_the_contact_person_is_named_as_long_as_they_work_there(
    quarter, mira, body, from_on, to_on, is_named
):
    person = ContactPerson.objects.create(
        body=body, name="Noa Straßburg", function="Sammlung", from_on=from_on, to_on=to_on
    )
    make_rule(body, person=person)

    [found] = ask(mira, make_concern(quarter, "Spritzen"))

    expected = (person.pk, "Noa Straßburg, Sammlung") if is_named else (None, "")
    assert (found.person_id, found.person) == expected
    assert f"ansprechperson={person.pk}" in found.query or not is_named


def test_rules_stand_in_the_order_of_the_office_and_a_body_once(quarter, mira, body):
    others = [make_body(quarter, f"Stelle {n}") for n in range(3)]
    make_rule(others[0], name="zuletzt", position=9)
    make_rule(body, name="zweite", position=2)
    make_rule(others[1], name="erste", position=1)
    make_rule(body, name="dritte", position=3)
    make_rule(others[2], name="vierte", position=4)

    found = ask(mira, make_concern(quarter, "Spritzen"))

    assert names(found) == ["Stelle 1", "Lichtwerk", "Stelle 2"]
    assert [reason.rule for reason in found[1].reasons] == ["zweite", "dritte"]


def test_what_is_switched_off_elsewhere_or_taken_is_not_suggested(quarter, mira, body):
    concern = make_concern(quarter, "Spritzen")
    west = make_body(make_quarter("west"), "Weststelle")
    make_rule(body, is_active=False)
    make_rule(west)
    make_rule(west, quarter=quarter)  # not possible through the form; the read does not lean on it
    make_rule(asleep(make_body(quarter, "Schläft")))
    assert ask(mira, concern) == []

    make_rule(body)
    assert names(ask(mira, concern)) == ["Lichtwerk"]
    assert ask(mira, concern, taken={body.pk}) == []


def test_who_does_not_pass_on_is_shown_nothing(quarter, mira, hao, body):
    make_rule(body)
    concern = make_concern(quarter, "Spritzen")
    Dossier.objects.filter(pk=concern.pk).update(assigned_to=hao.user_id)
    concern = Concern.objects.get(pk=concern.pk)

    assert ask(hao, concern) == []
    assert ask(viewer_of(make_member(make_quarter("west"), name="Eva"), quarter), concern) == []
    assert len(ask(mira, concern)) == 1


# --- By closed concerns --------------------------------------------------------------------------
def test_closed_concerns_say_who_helped(quarter, mira, body, theme):
    other = make_body(quarter, "Kehrfix")
    for days, reply in ((40, "answer"), (30, "accept"), (20, "answer"), (50, "decline")):
        ended(mira, body, theme, days=days, reply=reply)
    ended(mira, other, theme, reply="answer")
    ended(mira, other, theme, reply="")

    [found] = ask(mira, make_concern(quarter, theme=theme))

    assert (found.body, found.is_by_rule) == ("Lichtwerk", False)
    assert found.reasons == [
        Reason(theme=str(theme), helped=3, of=6, last_on=TODAY - timedelta(days=20))
    ]


def test_less_than_three_say_nothing(quarter, mira, body, theme):
    for _number in range(2):
        ended(mira, body, theme)
    concern = make_concern(quarter, theme=theme)
    assert ask(mira, concern) == []

    ended(mira, body, theme)
    assert names(ask(mira, concern)) == ["Lichtwerk"]


def test_other_themes_old_ones_and_open_ones_do_not_count(quarter, mira, body, theme):
    other = make_theme(quarter, "muell")
    for _number in range(2):
        ended(mira, body, theme)
    ended(mira, body, other)
    ended(mira, body, None)
    ended(mira, body, theme, days=731)
    answer_referral(
        viewer=mira,
        referral=make_referral(mira, make_concern(quarter, theme=theme), body),
        text="Ja.",
        now=NOON,
    )

    assert ask(mira, make_concern(quarter, theme=theme)) == []
    assert ask(mira, make_concern(quarter)) == []


def test_a_body_that_helps_once_in_a_while_is_no_suggestion(quarter, mira, body, theme):
    often = make_body(quarter, "Kehrfix")
    concerns = [ended(mira, body, theme) for _number in range(3)]
    first = Referral.objects.get(concern=concerns[0])
    many = [make_concern(quarter, theme=theme) for _number in range(28)]
    closed = {"state": "answered", "result": "fixed", "closed_at": NOON - timedelta(days=3)}
    Concern.objects.filter(pk__in=[one.pk for one in many]).update(**closed)
    for one in many:
        first.pk, first.concern, first.body = None, one, often
        first.save(force_insert=True)

    assert names(ask(mira, make_concern(quarter, theme=theme))) == ["Kehrfix"]


def test_who_helped_near_by_comes_first(quarter, mira, body, theme):
    other = make_body(quarter, "Kehrfix")
    for number in range(4):
        ended(mira, body, theme, **(POINT | {"longitude": 12.5}))
        if number < 3:
            ended(mira, other, theme, **POINT)

    found = ask(mira, make_concern(quarter, theme=theme, **POINT))

    assert [(one.body, one.reasons[0].near) for one in found] == [("Kehrfix", 3), ("Lichtwerk", 0)]
    assert names(ask(mira, make_concern(quarter, theme=theme))) == ["Lichtwerk", "Kehrfix"]


def test_a_rule_comes_first_and_what_happened_backs_it(quarter, mira, body, theme):
    other = make_body(quarter, "Kehrfix")
    for _number in range(3):
        ended(mira, body, theme)
    for _number in range(4):
        ended(mira, other, theme)
    make_rule(body)

    found = ask(mira, make_concern(quarter, "Spritzen", theme=theme))

    assert names(found) == ["Lichtwerk", "Kehrfix"]
    assert [bool(reason.rule) for reason in found[0].reasons] == [True, False]


def test_inactive_bodies_and_those_that_have_it_are_left_out_but_counted(
    quarter, mira, body, theme
):
    other = make_body(quarter, "Schläft")
    for _number in range(3):
        ended(mira, body, theme)
        ended(mira, other, theme)
    asleep(other)
    concern = make_concern(quarter, theme=theme)

    [found] = ask(mira, concern)

    assert (found.body, found.reasons[0].of) == ("Lichtwerk", 6)
    assert ask(mira, concern, taken=[body.pk]) == []


def test_confidential_matters_count_for_nobody(quarter, mira, body, theme):
    concerns = [ended(mira, body, theme) for _number in range(3)]
    secret = concerns[0]
    Dossier.objects.filter(pk=secret.pk).update(audience=Audience.CONFIDENTIAL)
    Named.objects.create(dossier=secret.dossier, user_id=mira.user_id)

    assert ask(mira, make_concern(quarter, theme=theme)) == []


def test_a_confidential_concern_is_helped_by_the_others(quarter, mira, body, theme):
    for _number in range(3):
        ended(mira, body, theme)
    concern = make_concern(quarter, theme=theme)
    Dossier.objects.filter(pk=concern.pk).update(audience=Audience.CONFIDENTIAL)
    concern = Concern.objects.get(pk=concern.pk)
    assert ask(mira, concern) == []

    Named.objects.create(dossier=concern.dossier, user_id=mira.user_id)
    assert names(ask(mira, concern)) == ["Lichtwerk"]


def test_another_quarter_shapes_nothing(quarter, mira, theme):
    west = make_quarter("west")
    eva = viewer_of(make_member(west, Role.MODERATOR, "Eva"), west)
    there = make_body(west, "Weststelle")
    for _number in range(3):
        ended(eva, there, None)
    Concern.objects.filter(quarter=west).update(theme=theme)

    assert ask(mira, make_concern(quarter, theme=theme)) == []


def test_one_statement_whatever_there_is(quarter, mira, body, theme):
    concern = make_concern(quarter, "Spritzen", theme=theme, **POINT)
    of = []
    for number in (10, 100):
        for n in range(number):
            make_rule(body, [theme], words=[f"wort{n}"])
            make_concern(quarter, theme=theme)
        closed = Concern.objects.exclude(pk=concern.pk).filter(state="new")
        keys = list(closed.values_list("pk", flat=True))
        closed.update(state="answered", result="fixed", closed_at=NOON - timedelta(days=3))
        Referral.objects.bulk_create(
            Referral(
                concern_id=key,
                body=body,
                way=Way.MAIL,
                state=ReferralState.ACCEPTED,
                sent_at=NOON,
                link_expires_on=TODAY,
            )
            for key in keys
        )
        with CaptureQueriesContext(connection) as caught:
            [found] = ask(mira, concern)
        assert len(caught) == 1
        of.append(found.reasons[0].of)
    assert of == [10, 110]


def test_the_newest_two_hundred_are_looked_at_through_an_index(quarter, mira, theme):
    concern = make_concern(quarter, theme=theme)
    with CaptureQueriesContext(connection) as caught:
        ask(mira, concern)
    sql = caught.captured_queries[0]["sql"]

    assert "LIMIT 200" in sql
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
        assert "concern_ended" in plan


# --- On the pages --------------------------------------------------------------------------------
def test_the_page_for_passing_on_shows_them_and_one_press_chooses(desk, quarter, body):
    now = timezone.now()
    person = ContactPerson.objects.create(body=body, name="Noa", from_on=date(2020, 1, 1))
    make_rule(body, note="Auch an die Straßensozialarbeit.", person=person)
    concern = make_concern(quarter, "Spritzen am Zaun", now=now)
    address = f"{LIST}{concern.dossier.reference}/weitergeben/"

    page = desk.get(address)

    assert (
        "Lichtwerk Ansprechperson: Noa Regel „Spritzen“: Wort „spritze“"
        " Auch an die Straßensozialarbeit."
    ) in words_of(page)
    link = f"stelle={body.pk}&amp;ansprechperson={person.pk}"
    assert f'href="{address}?{link}"' in page.content.decode()

    chosen = desk.get(f"{address}?stelle={body.pk}&ansprechperson={person.pk}")
    [form] = chosen.context["body_forms"]
    assert (form.body, form["person"].value()) == (body, person.pk)
    assert chosen.context["suggestions"] == []
    assert not Referral.objects.exists()


@pytest.mark.parametrize("wrong", ["x", "0", "9" * 30])
def test_a_person_who_is_not_there_is_not_chosen(desk, quarter, body, wrong):
    concern = make_concern(quarter, now=timezone.now())

    page = desk.get(
        f"{LIST}{concern.dossier.reference}/weitergeben/",
        {"stelle": body.pk, "ansprechperson": wrong},
    )

    assert page.context["body_forms"][0]["person"].value() is None


def test_all_whom_rules_name_are_chosen_at_once(desk, quarter, body):
    concern = make_concern(quarter, "Spritzen", now=timezone.now())
    address = f"{LIST}{concern.dossier.reference}/weitergeben/"
    make_rule(body)
    assert desk.get(address).context["all_suggested"] == ""

    other = make_body(quarter, "Streetwork")
    make_rule(other)
    query = desk.get(address).context["all_suggested"]

    assert query == f"stelle={body.pk}&stelle={other.pk}"
    assert len(desk.get(f"{address}?{query}").context["body_forms"]) == 2


def test_the_page_of_a_concern_shows_them_until_it_is_passed_on(desk, quarter, mira, body):
    make_rule(body)
    other = make_body(quarter, "Streetwork")
    concern = make_concern(quarter, "Spritzen", now=timezone.now())
    address = f"{LIST}{concern.dossier.reference}/"
    with CaptureQueriesContext(connection) as caught:
        page = desk.get(address)
    assert sum("routingrule" in query["sql"] for query in caught.captured_queries) == 1
    assert names(page.context["suggestions"]) == ["Lichtwerk"]
    assert f'href="{address}weitergeben/?stelle={body.pk}"' in page.content.decode()

    make_referral(mira, concern, other, way=Way.PHONE, now=timezone.now())
    with CaptureQueriesContext(connection) as caught:
        page = desk.get(address)
    assert page.context["suggestions"] == []
    assert not any("routingrule" in query["sql"] for query in caught.captured_queries)
    again = desk.get(f"{address}weitergeben/")
    assert names(again.context["suggestions"]) == ["Lichtwerk"]

    now = Concern.objects.select_related("dossier", "quarter", "teller").get()
    close_concern(
        viewer=mira,
        concern=now,
        ending=Ending(result=Result.NO_ANSWER, answer="Leider nein.", reason="Niemand da."),
        version=now.dossier.version,
        now=timezone.now(),
    )
    assert desk.get(f"{address}weitergeben/").context["suggestions"] == []


def test_closed_concerns_are_told_in_plain_words(desk, quarter, mira, body, theme):
    for _number in range(3):
        ended(mira, body, theme, **POINT)
    moved = timezone.now() - timedelta(days=2)
    Concern.objects.update(closed_at=moved)
    concern = make_concern(quarter, theme=theme, now=timezone.now(), **POINT)

    page = desk.get(f"{LIST}{concern.dossier.reference}/weitergeben/")

    day = quarter.local_day(moved)
    assert (
        f"Von den letzten 3 abgeschlossenen Anliegen zum Thema {theme}, die wir weitergegeben"
        f" haben, hat diese Stelle 3 beantwortet oder übernommen, zuletzt am {day:%d.%m.%Y}."
        " 3 davon waren in der Nähe."
    ) in words_of(page)


def test_a_helper_reads_none(helper_desk, quarter, body):
    make_rule(body, name="Geheimnis")
    concern = make_concern(quarter, "Spritzen", now=timezone.now())
    Dossier.objects.update(assigned_to=User.objects.get(name="Tom"))

    page = helper_desk.get(f"{LIST}{concern.dossier.reference}/")

    assert (page.status_code, page.context["suggestions"]) == (200, [])
    assert "Geheimnis" not in page.content.decode()
    forbidden = helper_desk.get(f"{LIST}{concern.dossier.reference}/weitergeben/")
    assert forbidden.status_code == 403
