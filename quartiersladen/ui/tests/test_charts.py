"""Charts: the lengths are right, they read from both sides, and the same data give the same bytes."""

from xml.etree import ElementTree as ET

from django.template.loader import render_to_string

from quartiersladen.ui.charts import Datum, Names, bars, columns

DATA = [
    Datum("Straßenlicht", 8, "8"),
    Datum("Müll & <Unrat>", 2, "2"),
    Datum("Grün", None, "nicht genannt"),
    Datum("Verkehr", 0, "0"),
]
MONTHS = [Datum(f"Monat {n}", n, str(n), short=str(n)) for n in range(1, 13)]


def drawn(kind=bars, data=DATA, *, is_rtl=False):
    names = Names("themen", "Themen", "Wie viele", "Thema")
    return kind(names, data, is_rtl=is_rtl)


def page(chart) -> str:
    return render_to_string("ui/parts/chart.html", {"chart": chart})


def svg(chart) -> ET.Element:
    text = page(chart)
    return ET.fromstring(text[text.index("<svg") : text.index("</svg>") + 6])  # noqa: S314 -- our own


def test_the_largest_bar_fills_the_line_and_the_others_fit_to_it():
    chart = drawn()

    assert [(bar.x, bar.width) for bar in chart.bars] == [
        ("0%", "100%"),
        ("0%", "25%"),
        ("0%", "0%"),
        ("0%", "0%"),
    ]
    assert [bar.is_told for bar in chart.bars] == [True, True, False, True]


def test_from_right_to_left_everything_begins_at_the_right():
    chart = drawn(is_rtl=True)

    assert [(bar.x, bar.width) for bar in chart.bars][:2] == [("0%", "100%"), ("75%", "25%")]
    assert (chart.start, chart.bars[0].words_at) == ("100%", "0%")
    months = drawn(columns, MONTHS, is_rtl=True)
    places = [float(bar.words_at[:-1]) for bar in months.bars]
    assert places == sorted(places, reverse=True)


def test_something_small_can_be_seen_beside_something_large():
    chart = drawn(data=[Datum("viel", 10_000, "10.000"), Datum("wenig", 1, "1")])

    assert chart.bars[1].width == "0.4%"


def test_a_long_label_gets_a_line_more_and_hides_nothing():
    chart = drawn(data=[Datum("Ein sehr langes Thema mit vielen Worten darin", 1, "1"), DATA[0]])

    assert [part for _y, part in chart.bars[0].lines] == [
        "Ein sehr langes Thema mit vielen",
        "Worten darin",
    ]
    assert chart.bars[0].y == 40
    assert chart.bars[1].lines[0][0] > chart.bars[0].y + chart.bars[0].height


def test_columns_stand_side_by_side_from_the_ground():
    chart = drawn(columns, MONTHS)

    assert [bar.y + bar.height for bar in chart.bars] == [162] * 12
    assert chart.bars[11].height == 140
    assert [bar.words for bar in chart.bars] == [str(n) for n in range(1, 13)]


def test_many_columns_have_numbers_only_in_the_table():
    chart = drawn(columns, [Datum(str(n), n, str(n), short=str(n)) for n in range(30)])

    assert {bar.words for bar in chart.bars} == {""}
    assert [bar.lines[0][1] for bar in chart.bars if bar.lines] == [
        str(n) for n in range(0, 30, 3)
    ]


def test_the_table_may_have_more_lines_than_there_are_bars():
    names = Names("themen", "Themen", "Wie viele", "Thema")
    chart = bars(names, DATA[:1], twin=DATA, is_rtl=False)

    assert (len(chart.bars), list(chart.twin)) == (1, DATA)
    assert page(chart).count("<tr>") - 1 == len(DATA)


def test_a_column_that_is_not_told_is_no_zero():
    chart = drawn(columns, [Datum("Mai", None, "nicht genannt", short="5"), MONTHS[0]])

    assert [bar.words for bar in chart.bars] == ["–", "1"]


def test_nothing_at_all_is_drawn_too():
    assert drawn(data=[]).height == 1
    assert drawn(columns, []).bars == ()


def test_the_picture_has_a_name_and_words_and_the_table_the_same_numbers():
    chart = drawn()
    picture = svg(chart)

    names = picture.attrib["aria-labelledby"].split()
    heard = [picture.find(f".//*[@id='{name}']").text for name in names]
    assert heard == ["Themen", "Wie viele"]
    assert picture.attrib["role"] == "img"
    text = page(chart)
    assert text.count("<tr>") - 1 == len(DATA)
    assert "Müll &amp; &lt;Unrat&gt;" in text
    assert "style=" not in text


def test_the_same_data_give_the_same_bytes():
    assert page(drawn()) == page(drawn())
    assert page(drawn(columns, MONTHS)) == page(drawn(columns, MONTHS))
