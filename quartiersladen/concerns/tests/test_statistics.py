"""Figures of a period: what is counted, what is not, and how long people waited."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quartiersladen.accounts.rules import public_viewer
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns import statistics, tables, tables_office
from quartiersladen.concerns.models import Concern, Referral
from quartiersladen.concerns.services.talks import tally_talk
from quartiersladen.concerns.states import Channel, ConcernKind, PlaceKind, TalkPlace
from quartiersladen.concerns.statistics import Period, Promise, Waits
from quartiersladen.concerns.testing import make_concern, make_referral
from quartiersladen.directory.testing import make_body
from quartiersladen.dossiers.models import Dossier
from quartiersladen.dossiers.states import Audience
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.kernel.spam import Sign
from quartiersladen.quarters.models import District
from quartiersladen.quarters.testing import NOON, make_quarter, make_theme

YEAR = statistics.of_year(2026)
TODAY = date(2026, 7, 1)


def read(viewer, quarter, period=YEAR, today=TODAY):
    return statistics.collect(viewer, quarter, period, today=today)


def report(viewer, quarter):
    return tables_office.internal(read(viewer, quarter), language="de")


def table(made, key) -> dict[str, int | None]:
    [found] = [one for one in made.tables if one.key == key]
    return {line.label: line.count for line in found.lines}


def test_everything_is_counted_once_by_each_side(quarter, theme, mira):
    make_concern(quarter, theme=theme)
    make_concern(quarter, kind=ConcernKind.IDEA, channel=Channel.PHONE, entered_by=mira)
    make_concern(quarter, now=NOON + timedelta(days=40))

    figures = read(mira, quarter)

    assert figures.total == 3
    assert figures.months["2026-03"] == 2
    assert figures.months["2026-04"] == 1
    assert sum(figures.months.values()) == 3
    assert len(figures.months) == 12
    assert (figures.channels["web"], figures.channels["phone"]) == (2, 1)
    assert (figures.kinds["problem"], figures.kinds["idea"]) == (2, 1)
    assert figures.themes == {theme.pk: 1, None: 2}
    assert (figures.states, figures.results) == ({"new": 3}, {})
    assert figures.scopes == {"undecided": 3}
    assert figures.languages == {"?": 3}


def test_a_concern_belongs_to_the_day_on_which_it_was_told(quarter, mira):
    make_concern(quarter, now=datetime(2026, 3, 31, 22, 30, tzinfo=UTC))  # the first of April here

    assert read(mira, quarter, statistics.of_months(2026, 3, 1)).total == 0
    april = read(mira, quarter, statistics.of_months(2026, 4, 1))
    assert (april.total, april.months) == (1, {"2026-04": 1})
    day = date(2026, 4, 1)
    assert read(mira, quarter, Period(day, day)).total == 1


def test_spam_the_quarantine_and_other_quarters_are_not_counted(quarter, mira):
    make_concern(quarter, signs=frozenset({Sign.TRAP}))
    make_concern(make_quarter("west"))

    assert read(mira, quarter).total == 0


def test_confidential_matters_are_only_a_sum_for_the_office_and_never_less_than_five(
    quarter, mira, hao
):
    make_concern(quarter)
    for number in range(5):
        concern = make_concern(quarter, f"Vertraulich {number}")
        Dossier.objects.filter(pk=concern.pk).update(audience=Audience.CONFIDENTIAL)
        known = {fact.key: (fact.words, fact.value) for fact in report(mira, quarter).facts}
        expected = ("5", 5) if number == 4 else ("unter 5", None)
        assert known["confidential"] == expected
        assert read(mira, quarter).total == 1

    assert read(hao, quarter).confidential == 0
    public = statistics.collect_public(quarter, YEAR, today=TODAY)
    assert (public.total, public.confidential) == (1, 0)


def test_waiting_times_are_calendar_days_from_the_day_it_was_told(quarter, mira):
    for days in (0, 3, 10):
        concern = make_concern(quarter)
        at = NOON + timedelta(days=days)
        Concern.objects.filter(pk=concern.pk).update(
            first_answer_at=at, state="answered", result="fixed", closed_at=at + timedelta(days=1)
        )
    withdrawn = make_concern(quarter)
    Concern.objects.filter(pk=withdrawn.pk).update(state="withdrawn", closed_at=NOON)

    figures = read(mira, quarter)

    assert figures.first_answer == Waits(3, 3)
    assert figures.end == Waits(3, 4)
    assert figures.results == {"fixed": 3}


def test_a_promise_counts_when_it_was_due(quarter, mira):
    promised = make_concern(quarter).promised_on
    in_time, late, overdue = (make_concern(quarter) for _n in range(3))
    ended = make_concern(quarter)
    noon = datetime(promised.year, promised.month, promised.day, 12, tzinfo=UTC)
    Concern.objects.filter(pk=in_time.pk).update(first_answer_at=noon)
    Concern.objects.filter(pk=late.pk).update(first_answer_at=noon + timedelta(days=1))
    Concern.objects.filter(pk=ended.pk).update(state="withdrawn", closed_at=NOON)

    assert read(mira, quarter, today=promised).promise == Promise(1, 1)
    assert read(mira, quarter, today=promised + timedelta(days=1)).promise == Promise(1, 3)
    assert overdue.first_answer_at is None


def test_places_are_squares_and_districts_and_never_points(quarter, mira):
    point: dict[str, Any] = {"place_kind": PlaceKind.POINT, "place_text": ""}
    make_concern(quarter, latitude=51.3519, longitude=12.3901, **point)
    make_concern(quarter, latitude=51.3519, longitude=12.3902, **point)
    make_concern(quarter, latitude=51.3475, longitude=12.3945, **point)
    make_concern(quarter)
    west = [
        [12.39, 51.335],
        [12.3915, 51.335],
        [12.3915, 51.352],
        [12.39, 51.352],
        [12.39, 51.335],
    ]
    outline = {"type": "Polygon", "coordinates": [west]}
    District.objects.create(quarter=quarter, name="Neustadt", outline=outline)
    District.objects.create(quarter=quarter, name="Ohne Umriss")

    figures = read(mira, quarter)

    assert figures.cells == {"": 1, "A1": 2, "B3": 1}
    assert figures.districts == {"": 2, "Neustadt": 2}
    assert table(report(mira, quarter), "cells") == {"A1": 2, "B3": 1, "Ohne Punkt im Quartier": 1}


def test_a_quarter_without_outline_has_no_squares(mira, quarter):
    quarter.outline = {}
    make_concern(quarter)

    figures = read(mira, quarter)

    assert (figures.cells, figures.districts) == ({}, {})


def test_talks_are_counted_by_place_and_theme(quarter, theme, mira):
    for place, about in ((TalkPlace.STREET, theme), (TalkPlace.STREET, None)):
        tally_talk(
            viewer=mira, quarter=quarter, place=place, theme=about, on=date(2026, 3, 2), now=NOON
        )

    figures = read(mira, quarter)

    assert (figures.talks, figures.talk_places) == (2, {"street": 2})
    assert figures.talk_themes == {theme.pk: 1, None: 1}
    assert table(report(mira, quarter), "talk_places") == {"Auf der Straße, bei einem Rundgang": 2}


def test_bodies_have_a_quota_that_helpers_do_not_see(quarter, mira, hao):
    body, other = make_body(quarter, "Äcker"), make_body(quarter, "Zoll", "z@zoll.example.org")
    for number in range(4):
        referral = make_referral(mira, make_concern(quarter), body)
        Referral.objects.filter(pk=referral.pk).update(
            state=("answered", "declined", "silent", "sent")[number],
            settled_at=NOON + timedelta(days=4 + number) if number < 2 else None,
            reply="Ja" if number < 2 else "",
        )
    make_referral(mira, make_concern(quarter), other)

    [first, second] = report(mira, quarter).bodies

    assert (first.name, first.passed_on, first.answered, first.declined) == ("Äcker", 4, 1, 1)
    assert (first.silent, first.median, first.quota) == (1, 4.5, 50)
    assert (second.passed_on, second.quota, second.median) == (1, 0, None)
    assert read(hao, quarter).bodies == []
    assert report(hao, quarter).bodies == []


def test_the_client_sees_bodies_and_no_small_numbers(quarter, mira):
    city = viewer_of(make_member(quarter, Role.CLIENT, "Stadt"), quarter)
    body, rare = make_body(quarter, "Lichtwerk"), make_body(quarter, "Zoll", "z@z.example.org")
    for _number in range(6):
        referral = make_referral(mira, make_concern(quarter), body)
        Referral.objects.filter(pk=referral.pk).update(
            state="answered", settled_at=NOON + timedelta(days=3), reply="Ja"
        )
    make_referral(mira, make_concern(quarter), rare)

    known = tables_office.for_client(read(city, quarter), language="de")

    often, once = known.bodies
    assert (often.passed_on, often.answered, often.quota, often.median) == (6, 6, 100, 3)
    assert (once.passed_on, once.answered, once.quota, once.median) == (None, None, None, None)
    assert not {"scopes", "districts", "languages"} & {one.key for one in known.tables}
    few = tables_office.for_client(read(city, quarter, statistics.of_year(2025)), language="de")
    assert (few.too_few, few.bodies) == (True, [])


def test_what_everybody_reads_is_five_or_more(quarter, theme, mira):
    other = make_theme(quarter, "gruen", name={"de": "Grün"})
    third = make_theme(quarter, "wege", name={"de": "Wege"})
    for about, number in ((theme, 9), (other, 6), (third, 2)):
        for _time in range(number):
            make_concern(quarter, theme=about)

    figures = statistics.collect_public(quarter, YEAR, today=TODAY)
    known = tables.public(figures, language="de")

    assert table(known, "themes") == {"Straßenlicht": 9, "Grün": None, "Wege": None}
    assert table(report(mira, quarter), "themes") == {"Straßenlicht": 9, "Grün": 6, "Wege": 2}
    assert known.has_gaps
    rows = [row for row in tables.csv_rows(known) if row[0] == "Themen"]
    assert [row[2] for row in rows] == [9, "nicht genannt", "nicht genannt"]


def test_fewer_than_five_make_no_public_figures(quarter):
    for _number in range(4):
        make_concern(quarter)

    known = tables.public(statistics.collect_public(quarter, YEAR, today=TODAY), language="de")

    assert (known.too_few, known.tables, known.facts) == (True, [], [])


def test_results_do_not_tell_what_the_states_leave_out(quarter):
    states = ["new"] * 9 + ["answered"] * 6 + ["ours"] * 2
    for state in states:
        concern = make_concern(quarter)
        result = "fixed" if state == "answered" else ""
        Concern.objects.filter(pk=concern.pk).update(state=state, result=result)

    known = tables.public(statistics.collect_public(quarter, YEAR, today=TODAY), language="de")

    assert table(known, "states") == {
        "Eingegangen": 9,
        "In Arbeit bei uns": None,
        "Beantwortet": None,
    }
    [results] = [one for one in known.tables if one.key == "results"]
    assert (results.is_told, results.lines) == (False, [])


def test_a_public_promise_and_median_need_five(quarter):
    for number in range(6):
        concern = make_concern(quarter)
        if number < 4:
            Concern.objects.filter(pk=concern.pk).update(first_answer_at=NOON + timedelta(days=2))

    def facts():
        figures = statistics.collect_public(quarter, YEAR, today=date(2026, 3, 3))
        return {f.key: f.words for f in tables.public(figures, language="de").facts}

    assert (facts()["first_answer"], facts()["kept"]) == ("nicht genannt", "nicht genannt")
    assert facts()["end"] == "–"
    Concern.objects.update(first_answer_at=NOON + timedelta(days=2))
    assert (facts()["first_answer"], facts()["kept"]) == ("2", "100 %")
    assert facts()["total"] == "6"


@pytest.mark.parametrize(
    ("year", "today", "part"),
    [
        (2025, date(2026, 2, 1), Period(date(2025, 1, 1), date(2025, 12, 31))),
        (2026, date(2026, 2, 1), None),
        (2026, date(2026, 3, 31), None),
        (2026, date(2026, 4, 1), Period(date(2026, 1, 1), date(2026, 3, 31))),
        (2026, date(2026, 12, 31), Period(date(2026, 1, 1), date(2026, 9, 30))),
        (2027, date(2026, 12, 31), None),
    ],
)
def test_of_a_year_whole_quarters_are_public(year, today, part):
    assert statistics.closed_part(year, today) == part


def test_a_period_knows_its_months():
    assert Period(date(2025, 12, 31), date(2026, 2, 1)).months == ["2025-12", "2026-01", "2026-02"]
    assert statistics.of_months(2026, 10, 3) == Period(date(2026, 10, 1), date(2026, 12, 31))


def test_others_read_no_figures(quarter, mira):
    administrator = viewer_of(make_member(quarter, Role.ADMINISTRATOR, "Ada"), quarter)
    west = make_quarter("west")
    for viewer, place in (
        (public_viewer(quarter.pk), quarter),
        (administrator, quarter),
        (mira, west),
    ):
        with pytest.raises(NotAllowed):
            read(viewer, place)


def test_a_hundred_concerns_need_as_many_statements_as_ten(quarter, theme, mira, body):
    counts = []
    for number in (10, 90):
        for n in range(number):
            concern = make_concern(quarter, theme=theme, now=NOON + timedelta(days=n))
            if n % 5 == 0:
                make_referral(mira, concern, body, now=NOON + timedelta(days=n))
        with CaptureQueriesContext(connection) as caught:
            assert read(mira, quarter).total == (10 if number == 10 else 100)
        counts.append(len(caught))

    assert counts == [8, 8]
