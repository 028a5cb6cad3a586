"""The pages and files of figures: at the desk, for the client, for everybody."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest
from django.utils import timezone

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.concerns import statistics
from quartiersladen.concerns.states import PlaceKind
from quartiersladen.concerns.testing import make_concern, make_referral
from quartiersladen.quarters.testing import make_quarter
from tests.support.sign_in import signed_in_client

PAGE = "/buero/anliegen/statistik/"
FILE = "/buero/anliegen/statistik.csv"
PUBLIC = "/anliegen/zahlen/"
LAST_YEAR = timezone.now() - timedelta(days=366)


@pytest.fixture
def year(quarter, theme, mira, body):
    """Seven concerns of last year, three with the theme; one was passed on."""
    told = [
        make_concern(quarter, theme=theme if number < 3 else None, now=LAST_YEAR)
        for number in range(7)
    ]
    make_referral(mira, told[0], body, now=LAST_YEAR)
    return LAST_YEAR.year


def rows(response) -> list[list[str]]:
    return list(csv.reader(StringIO(response.content.decode())))


def test_the_desk_reads_every_number(desk, year):
    page = desk.get(f"{PAGE}?zeitraum={year}")

    report = page.context["report"]
    assert (report.facts[0].words, len(report.bodies)) == ("7", 1)
    assert "Lichtwerk" in page.content.decode()
    assert (page.context["choice"], page.context["fault"]) == (str(year), "")
    assert "<svg" in page.content.decode()


def test_a_helper_sees_no_quota_and_outsiders_nothing(quarter, helper_desk, client, year):
    page = helper_desk.get(f"{PAGE}?zeitraum={year}")
    assert (page.status_code, page.context["bodies"]) == (200, [])
    administrator = signed_in_client(make_member(quarter, Role.ADMINISTRATOR, "Ada"))
    west = signed_in_client(make_member(make_quarter("west"), Role.LEAD, "Vera"))
    for path in (PAGE, FILE):
        assert client.get(path).status_code == 302
        assert administrator.get(path).status_code == 403
        assert west.get(path).status_code == 403


def test_the_client_reads_figures_without_small_numbers(quarter, year):
    city = signed_in_client(make_member(quarter, Role.CLIENT, "Stadt"))

    page = city.get(f"{PAGE}?zeitraum={year}")

    themes = {s.key: s.chart for s in page.context["sections"]}["themes"]
    # Three with a theme, four without: neither is told, only what they are together.
    assert [bar.words for bar in themes.bars] == ["7"]
    assert {datum.words for datum in themes.twin} == {"nicht genannt"}
    assert page.context["bodies"][0][1][0] == ("Weitergeleitet", None)
    assert city.get("/buero/anliegen/").status_code == 403


def test_the_client_reads_the_years_of_everybody(desk, quarter, year):
    city = signed_in_client(make_member(quarter, Role.CLIENT, "Stadt"))
    today = quarter.local_day(timezone.now())
    years = statistics.years_told(quarter, today)

    page = city.get(PAGE)

    assert page.context["report"].period == next(iter(years.values()))
    assert [value for value, _label, _chosen in page.context["offered"]] == list(map(str, years))
    assert 'name="von"' not in page.content.decode()
    assert 'name="von"' in desk.get(PAGE).content.decode()
    whole = city.get(f"{PAGE}?zeitraum={year}").context["report"].period
    assert whole == statistics.of_year(year)


@pytest.mark.parametrize(
    "query",
    [
        "von={year}-01-01&bis={year}-01-02",
        "zeitraum={year}-Q1",
        "zeitraum={year}-01",
        "zeitraum={year}&von={year}-01-01",
        "zeitraum=1999",
        "zeitraum=2999",
    ],
)
def test_the_client_cannot_subtract_one_period_from_another(quarter, year, query):
    city = signed_in_client(make_member(quarter, Role.CLIENT, "Stadt"))
    newest, *_older = statistics.years_told(quarter, quarter.local_day(timezone.now()))

    for path in (PAGE, FILE):
        page = city.get(f"{path}?{query.format(year=year)}")

        assert (page.status_code, page["Content-Type"]) == (422, "text/html; charset=utf-8")
        assert page.context["fault"] == (
            "Bitte wählen Sie ein Jahr: Sie können ganze Jahre lesen, "
            "vom laufenden die Quartale, die vorbei sind."
        )
        assert page.context["choice"] == str(newest)


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("zeitraum=2025-Q2", date(2025, 4, 1), date(2025, 6, 30)),
        ("zeitraum=2025-02", date(2025, 2, 1), date(2025, 2, 28)),
        ("von=2025-01-15&bis=2025-02-03", date(2025, 1, 15), date(2025, 2, 3)),
    ],
)
def test_a_period_is_a_year_a_part_of_it_or_two_days(desk, query, first, last):
    page = desk.get(f"{PAGE}?{query}")

    assert (page.status_code, page.context["report"].period) == (200, (first, last))


@pytest.mark.parametrize(
    "query",
    [
        "von=2026-02-01&bis=2026-01-01",
        "von=1900-01-01&bis=2026-01-01",
        "von=2001-01-01&bis=2020-01-01",
        "von=9999-12-30&bis=9999-12-31",
    ],
)
def test_an_impossible_period_is_explained(desk, quarter, query):
    page = desk.get(f"{PAGE}?{query}")

    assert page.status_code == 422
    assert page.context["fault"] == "Bitte nennen Sie zwei Tage, höchstens zehn Jahre auseinander."
    assert page.context["report"].period[0].year == quarter.local_day(timezone.now()).year


@pytest.mark.parametrize("query", ["zeitraum=2025-13", "zeitraum=١٩٩٩", "von=morgen", "bis=x"])
def test_what_is_no_period_is_the_present_year(desk, quarter, query):
    page = desk.get(f"{PAGE}?{query}")

    assert page.status_code == 200
    assert page.context["report"].period[0].year == quarter.local_day(timezone.now()).year


def test_the_file_holds_what_the_page_shows(desk, year):
    plain = rows(desk.get(f"{FILE}?zeitraum={year}"))

    assert plain[0] == ["Tabelle", "Zeile", "Wie viele"]
    assert plain[1] == ["Zeitraum", f"{year}-01-01 – {year}-12-31", ""]
    assert ["Themen", "Straßenlicht", "3"] in plain
    assert ["Stelle: Lichtwerk", "Weitergeleitet", "1"] in plain
    excel = desk.get(f"{FILE}?zeitraum={year}&form=excel").content.decode()
    assert excel.startswith("\ufeffTabelle;Zeile;Wie viele\r\n")


def test_everybody_reads_whole_years_and_no_small_number(client, year):
    page = client.get(f"{PUBLIC}?jahr={year}")

    text = page.content.decode()
    assert (page.status_code, page.context["year"]) == (200, year)
    assert "Lichtwerk" not in text
    facts = {fact.key: fact.words for fact in page.context["report"].facts}
    assert facts["total"] == "7"
    assert {s.key for s in page.context["sections"]} <= {
        "months", "themes", "channels", "kinds", "states", "results", "cells",
    }  # fmt: skip
    found = rows(client.get(f"/anliegen/zahlen.csv?jahr={year}"))
    assert [row[1:] for row in found if row[0] == "Themen"] == [
        ["Straßenlicht", "nicht genannt"],
        ["Ohne Thema", "nicht genannt"],
    ]
    marked = client.get(f"/anliegen/zahlen.csv?jahr={year}&form=bom").content.decode()
    assert marked[0] == "\ufeff"


def test_two_public_periods_cannot_be_subtracted(client, quarter, year):
    for query in ("?von=2025-01-01&bis=2025-01-02", "?zeitraum=2025-01", "?jahr=1999", "?jahr=x"):
        page = client.get(PUBLIC + query)
        assert page.context["year"] == page.context["years"][0][0]


def test_few_concerns_make_no_public_figures(client, quarter):
    page = client.get(PUBLIC)

    assert (page.status_code, page.context["sections"]) == (200, [])
    assert "weniger als 5 Anliegen" in page.content.decode()


@pytest.mark.parametrize("language", ["de", "de-simple", "en", "ar", "ru", "uk", "tr", "vi"])
def test_figures_are_there_in_every_language(client, year, language):
    page = client.get(f"{PUBLIC}?jahr={year}&lang={language}")

    assert page.status_code == 200
    starts = {
        s.chart.start for s in page.context["sections"] if s.chart and not s.chart.is_columns
    }
    assert starts == {"100%" if language == "ar" else "0%"}


def test_the_list_of_everybody_leads_to_the_figures(client, quarter):
    assert PUBLIC in client.get("/anliegen/").content.decode()


def test_ten_and_a_hundred_concerns_need_the_same_statements(
    client, quarter, django_assert_max_num_queries
):
    counts = []
    for number in (10, 90):
        for _n in range(number):
            make_concern(quarter, now=LAST_YEAR)
        with django_assert_max_num_queries(8) as caught:
            client.get(f"{PUBLIC}?jahr={LAST_YEAR.year}")
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_many_squares_are_drawn_as_the_busiest_and_the_rest(desk, quarter):
    for number in range(15):
        for _time in range(2 if number == 14 else 1):
            make_concern(
                quarter,
                place_kind=PlaceKind.POINT,
                latitude=51.3515,
                longitude=12.391 + number * 0.0036 / 2,
                now=timezone.now(),
            )

    [cells] = [s.chart for s in desk.get(PAGE).context["sections"] if s.key == "cells"]

    assert len(cells.twin) > 5
    assert sum(int(datum.words) for datum in cells.twin) == 16
    assert len(cells.bars) <= 13
    assert sum(int(bar.words) for bar in cells.bars) == 16
    counts = [int(datum.words) for datum in cells.twin]
    assert counts == sorted(counts, reverse=True)
