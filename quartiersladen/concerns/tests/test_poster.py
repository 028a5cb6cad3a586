"""Posters with a QR code that fills in the place."""

from datetime import date
from io import BytesIO
from urllib.parse import urlencode

import pdfplumber
import pytest
import segno
from django.conf import settings

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.concerns.poster import SQUARE, Place, poster_pdf, report_url
from quartiersladen.quarters.models import ProgrammeFooter, Quarter
from quartiersladen.quarters.testing import NOON, make_quarter, make_theme
from tests.support.pdf import alternatives, complaints, links, page_texts, spoken_frame
from tests.support.sign_in import signed_in_client

PAGE, FILE = "/buero/anliegen/plakat/", "/buero/anliegen/plakat.pdf"
PLACE = Place("Spielplatz am Rabet", (51.34561, 12.40312), "licht")
PROGRAMME = "Gefördert im Programm „Sozialer Zusammenhalt“."
QUIET_ZONE = 4  # modules


def chosen(**changes) -> str:
    facts = {"languages": ["de", "en", "ar"], "size": "a4", "place_text": "Am Rabet"}
    return urlencode(facts | changes, doseq=True)


def printed(quarter, **changes):
    facts = {
        "quarter": quarter,
        "title": "",
        "place": PLACE,
        "languages": ["de", "en", "ar"],
        "size": "a4",
        "programme": PROGRAMME,
        "now": NOON,
    }
    return poster_pdf(**(facts | changes))


def seen_code(pdf) -> list[list[bool]]:
    """Look at the middle of each module of the code, as a camera would."""
    with pdfplumber.open(BytesIO(pdf)) as document:
        page = document.pages[0]
        paper = max(page.rects + page.curves, key=lambda shape: shape["height"] * shape["width"])
        picture = page.to_image(resolution=144).original.convert("L")
    grey = picture.tobytes()
    size = len(segno.make(report_url_of(pdf), error="m").matrix)
    step = (paper["x1"] - paper["x0"]) / (size + 2 * QUIET_ZONE)

    def is_dark(column: int, row: int) -> bool:
        x = paper["x0"] + (column + QUIET_ZONE + 0.5) * step
        y = paper["top"] + (row + QUIET_ZONE + 0.5) * step
        return bool(grey[round(y * 2) * picture.width + round(x * 2)] < 128)

    return [[is_dark(column, row) for column in range(size)] for row in range(size)]


def report_url_of(pdf) -> str:
    return alternatives(pdf)[0].partition(": ")[2]


@pytest.mark.parametrize("size", ["a4", SQUARE])
def test_the_code_on_paper_is_the_address(quarter, size):
    made = printed(quarter, size=size)

    url = report_url(quarter, PLACE)
    assert report_url_of(made) == url
    matrix = segno.make(url, error="m").matrix
    assert seen_code(made) == [[bool(module) for module in row] for row in matrix]


def test_the_address_holds_place_words_and_theme(quarter):
    base = quarter.absolute_url("/anliegen/neu/")
    assert report_url(quarter, Place()) == base
    assert report_url(quarter, PLACE) == (
        f"{base}?ort=51.34561,12.40312&wo=Spielplatz+am+Rabet&thema=licht"
    )


def test_a_poster_invites_in_each_language(quarter, tmp_path):
    made = printed(quarter)

    assert complaints(made, tmp_path) == []
    assert spoken_frame(made)["title"] == "Was stört hier? Was könnte besser sein?"
    [text] = page_texts(made)
    for words in (
        "Was stört hier?",
        "Spielplatz am Rabet",
        "Scannen Sie den Code und sagen Sie uns",
        "Scan the code and tell us",
        quarter.name,
        quarter.phone,
        quarter.street,
        PROGRAMME,
    ):
        assert words in text, words
    assert links(made) == [quarter.absolute_url("/anliegen/neu/")]


def test_a_general_poster_in_all_languages_fits_one_page(quarter):
    everything = ["de", "de-simple", "en", "ar", "ru", "uk", "tr", "vi"]
    made = printed(
        quarter,
        title="Ein ziemlich langer Titel, der über zwei Zeilen geht, damit es eng wird",
        place=Place(),
        languages=everything,
        programme=PROGRAMME * 4,
    )
    assert len(page_texts(made)) == 1


def test_a_square_for_the_notice_board(quarter):
    Quarter.objects.update(phone="", street="", postcode="", city="")
    made = printed(Quarter.objects.get(), size=SQUARE, title="Sagen Sie es uns", place=Place())

    [text] = page_texts(made)
    assert text.startswith("Sagen Sie es uns")
    with pdfplumber.open(BytesIO(made)) as document:
        page = document.pages[0]
        assert (round(page.width / 72 * 25.4), round(page.height / 72 * 25.4)) == (105, 105)


# --- At the desk -----------------------------------------------------------------------------------
def test_the_form_offers_what_the_quarter_speaks(desk):
    page = desk.get(PAGE)
    form = page.context["form"]
    codes = [code for code, _name in form.fields["languages"].choices]
    assert codes == [code for code, _name in settings.LANGUAGES]
    assert form.initial == {"languages": ["de", "en", "ar"], "size": "a4"}
    assert f'href="{PAGE}"' in desk.get("/buero/anliegen/").content.decode()


def test_a_chosen_poster_leads_to_the_file(desk, quarter):
    theme = make_theme(quarter)
    ProgrammeFooter.objects.create(quarter=quarter, text=PROGRAMME, from_on=date(2020, 1, 1))
    query = chosen(latitude="51.3456", longitude="12.4031", theme=theme.pk, title="Was stört?")

    page = desk.get(f"{PAGE}?{query}")

    url = quarter.absolute_url("/anliegen/neu/?ort=51.34560,12.40310&wo=Am+Rabet&thema=licht")
    assert page.context["url"] == url
    made = desk.get(page.context["pdf"])
    assert made.headers["Content-Type"] == "application/pdf"
    assert report_url_of(made.content) == url
    assert "Was stört?" in page_texts(made.content)[0]
    assert PROGRAMME in page_texts(made.content)[0]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"languages": []}, "languages"),
        ({"languages": ["xx"]}, "languages"),
        ({"size": "a0"}, "size"),
        ({"theme": "99999"}, "theme"),
        ({"title": "x" * 81}, "title"),
        ({"latitude": "x"}, "latitude"),
    ],
)
def test_a_wrong_choice_is_explained(desk, changes, field):
    for address in (PAGE, FILE):
        page = desk.get(f"{address}?{chosen(**changes)}")
        assert (page.status_code, list(page.context["form"].errors)) == (422, [field])


def test_a_point_outside_the_earth_is_no_point(desk, quarter):
    page = desk.get(f"{PAGE}?{chosen(latitude='91', longitude='12', place_text='')}")
    assert page.context["url"] == quarter.absolute_url("/anliegen/neu/")


def test_posters_are_for_the_people_of_the_desk(quarter, client, helper_desk):
    city = signed_in_client(make_member(quarter, Role.CLIENT, "Stadt"))
    west = make_quarter("west")
    foreign = signed_in_client(make_member(west, Role.LEAD, "Vera"))
    theme = make_theme(quarter)
    for address in (PAGE, FILE):
        assert client.get(address).headers["Location"].startswith("/anmelden/")
        assert city.get(address).status_code == 403
        assert foreign.get(address).status_code == 403
        assert helper_desk.get(f"{address}?{chosen()}").status_code == 200
        # The theme of another quarter is none.
        assert foreign.get(f"/q/west{address}?{chosen(theme=theme.pk)}").status_code == 422
    assert helper_desk.get(FILE).headers["Content-Type"].startswith("text/html")
