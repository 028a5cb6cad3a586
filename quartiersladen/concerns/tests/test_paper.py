"""Letters on paper: the answer, or to whom the concern went."""

from datetime import date
from io import BytesIO

import pdfplumber
import pytest
from django.utils import timezone

from quartiersladen.accounts.models import User
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.concerns import timeline
from quartiersladen.concerns.letters import window_lines
from quartiersladen.concerns.models import Concern, Teller
from quartiersladen.concerns.services.life import Ending, close_concern
from quartiersladen.concerns.services.paper import (
    LetterDay,
    NoPostalAddress,
    NothingToWrite,
    letter_sent,
    preview_paper,
)
from quartiersladen.concerns.states import AnswerWay, Result
from quartiersladen.concerns.testing import make_concern, make_referral, teller_viewer
from quartiersladen.correspondence.models import Message
from quartiersladen.correspondence.paper import paper_pdf
from quartiersladen.correspondence.states import Way
from quartiersladen.dossiers.models import Dossier, Entry, FollowUp
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.quarters.models import ProgrammeFooter, Quarter
from quartiersladen.quarters.testing import NOON, make_quarter
from tests.support.pdf import alternatives, complaints, links, page_texts, spoken_frame, tags
from tests.support.sign_in import signed_in_client

TODAY = date(2026, 3, 2)
POINTS = 72 / 25.4  # in a millimetre
#: DIN 5008 form B: the window, millimetres from the edges of the sheet.
WINDOW = {"x0": 20, "x1": 105, "top": 45, "bottom": 90}
ADDRESS = "Hinterhaus\nRosenweg 3\n04317 Leipzig"
PROGRAMME = "Gefördert im Programm „Sozialer Zusammenhalt“."


@pytest.fixture
def quarter(quarter):
    """The quarter with all that stands in a letterhead."""
    Quarter.objects.update(
        name="Leipziger Osten",
        operator="Werkstatt (Beispiel) gGmbH",
        street="Eisenbahnstraße 66",
        postcode="04315",
        city="Leipzig",
        phone="030 23125 010",
        email="quartier@example.org",
        outline={
            "type": "Polygon",
            "coordinates": [[[12.39, 51.34], [12.43, 51.34], [12.43, 51.36], [12.39, 51.34]]],
        },
    )
    return Quarter.objects.get()


@pytest.fixture
def told(quarter, mira):
    """Return a concern whose person wants a letter, closed with an answer."""

    def make(answer="Die Laterne brennt wieder.", now=NOON, **fields):
        facts = {"way": AnswerWay.POST, "name": "Aylin Yıldız", "address": ADDRESS}
        concern = make_concern(quarter, now=now, **(facts | fields))
        ending = Ending(Result.NOT_POSSIBLE, answer, reason="Erst im Frühjahr.")
        close_concern(viewer=mira, concern=concern, ending=ending, version=1, now=now)
        return concern

    return make


def printed(concern, viewer, way=Way.POST, programme=PROGRAMME):
    paper = preview_paper(viewer=viewer, concern=concern, way=way, now=NOON)
    return paper_pdf(quarter=concern.quarter, paper=paper, programme=programme, now=NOON)


def send(concern, viewer, **changes):
    facts = {
        "viewer": viewer,
        "concern": concern,
        "way": Way.POST,
        "sent_on": TODAY,
        "version": concern.dossier.version,
        "now": NOON,
    }
    return letter_sent(**(facts | changes))


def url(concern, what="brief/"):
    return f"/buero/anliegen/{concern.dossier.reference}/{what}"


def where(pdf, words):
    """Return the box of the first place of `words` on the first page, in millimetres."""
    with pdfplumber.open(BytesIO(pdf)) as document:
        found = document.pages[0].search(words, regex=False)[0]
    return {side: found[side] / POINTS for side in WINDOW}


def test_a_letter_says_the_answer_with_the_letterhead(told, mira, tmp_path):
    concern = told()

    made = printed(concern, mira)

    assert complaints(made, tmp_path) == []
    assert spoken_frame(made) == {
        "language": "de",
        "title": "Ihr Anliegen Nr. 2026-0001: die Antwort",
        "shows_title": True,
        "is_marked": True,
        "standards": ("2", "1"),
    }
    [text] = page_texts(made)
    for words in (
        "Leipziger Osten · Eisenbahnstraße 66 · 04315 Leipzig",
        "Werkstatt (Beispiel) gGmbH",
        "030 23125 010",
        "Aylin Yıldız",
        "Ihr Anliegen\n2026-0001",
        "2. März 2026",
        "es gibt eine Antwort auf Ihr Anliegen Nr. 2026-0001.",
        "Die Laterne brennt wieder.",
        "Erst im Frühjahr.",
        "Mit freundlichen Grüßen",
        "Mira",
        PROGRAMME,
        "Seite 1 von 1",
    ):
        assert words in text, words
    assert alternatives(made) == ["QR-Code mit der Adresse dieser Seite"]
    assert tags(made).count("H1") == 1


def test_sender_and_address_stand_in_the_window(told, mira):
    made = printed(told(), mira)

    for words in (
        "Leipziger Osten · Eisen",
        "Aylin Yıldız",
        "Hinterhaus",
        "Rosenweg 3",
        "04317 Leipzig",
    ):
        box = where(made, words)
        assert WINDOW["x0"] <= box["x0"] <= box["x1"] <= WINDOW["x1"], words
        assert WINDOW["top"] <= box["top"] <= box["bottom"] <= WINDOW["bottom"], words
    assert where(made, "Ihr Anliegen Nr.")["top"] > 98


def test_the_longest_address_still_fits_the_window(told, mira):
    long = "\n".join(f"Zeile {n} mit sehr vielen Worten, damit sie umbricht, ja" for n in range(5))
    made = printed(told(name="Von und zu " * 10, address=long[:300]), mira)

    with pdfplumber.open(BytesIO(made)) as document:
        page = document.pages[0]
        area = page.crop((0, 44 * POINTS, 115 * POINTS, 97 * POINTS))
        outside = [
            char["text"]
            for char in area.chars
            if char["x1"] > WINDOW["x1"] * POINTS or char["bottom"] > WINDOW["bottom"] * POINTS
        ]
    assert "Zeile 4" in area.extract_text()
    assert outside == []


def test_there_are_marks_for_folding(told, mira):
    with pdfplumber.open(BytesIO(printed(told(), mira))) as document:
        marks = [line for line in document.pages[0].lines if line["x1"] < 15 * POINTS]
    assert [round(mark["top"] / POINTS, 1) for mark in marks] == [105.0, 148.5, 210.0]


def test_a_long_answer_goes_over_pages(told, mira, tmp_path):
    concern = told("\n\n".join("Wort " * 100 for _n in range(12)) + "\n\n" + "x" * 300)

    made = printed(concern, mira)

    pages = page_texts(made)
    assert [f"Seite {n} von 3" in page for n, page in enumerate(pages, 1)] == [True] * 3
    assert [PROGRAMME in page for page in pages] == [False, False, True]
    assert pages[1].startswith("Leipziger Osten Ihr Anliegen Nr. 2026-0001: die Antwort")
    assert complaints(made, tmp_path) == []
    with pdfplumber.open(BytesIO(made)) as document:
        assert max(char["x1"] for page in document.pages for char in page.chars) < 200 * POINTS


def test_a_word_without_an_end_is_broken_and_leaves_no_mark_in_other_words(told, mira):
    made = printed(told(answer="m" * 47 + "Zmmm Zebra"), mira)

    text = page_texts(made)[0]
    assert ("m" * 47 + "Z\nmmm Zebra" in text, "\u200b" in text) == (True, False)


def test_an_arabic_letter_reads_from_right_to_left(told, mira):
    made = printed(told("المصباح يعمل.", language="ar"), mira)

    assert spoken_frame(made)["language"] == "ar"
    assert "2026-0001" in page_texts(made)[0]
    subject = where(made, "2026-0001")
    assert subject["x0"] > 100
    assert where(made, "Aylin")["x0"] == pytest.approx(25, abs=0.5)


def test_without_a_postal_address_it_is_handed_out(told, mira):
    concern = told(way=AnswerWay.NONE, name="", address="")
    with pytest.raises(NoPostalAddress):
        preview_paper(viewer=mira, concern=concern, way=Way.POST, now=NOON)

    made = printed(concern, mira, Way.TALK, programme="")

    assert "Leipziger Osten · Eisen" not in page_texts(made)[0]
    assert "Die Laterne brennt wieder." in page_texts(made)[0]


def test_passed_on_can_be_told_by_letter(quarter, mira, body):
    concern = make_concern(quarter, way=AnswerWay.POST, address=ADDRESS)
    make_referral(mira, concern, body, ask_on=date(2026, 3, 16))
    concern = Concern.objects.get()

    paper = preview_paper(viewer=mira, concern=concern, way=Way.POST, now=NOON)

    assert paper.subject == "Ihr Anliegen Nr. 2026-0001: Wir haben es weitergegeben"
    assert body.name in paper.paragraphs[1]
    assert "16. März 2026" in paper.paragraphs[2]
    day_after = NOON.replace(day=17)
    late = preview_paper(viewer=mira, concern=concern, way=Way.POST, now=day_after)
    assert late.paragraphs == paper.paragraphs[:2]
    send(concern, mira)
    assert FollowUp.objects.get(done_at=None).due_on == date(2026, 3, 16)


def test_a_letter_that_is_out_stands_in_the_books_and_ends_the_task(told, mira):
    concern = told()
    assert FollowUp.objects.get(done_at=None).reason == "tell"

    send(concern, mira)

    message = Message.objects.get()
    paper = preview_paper(viewer=mira, concern=concern, way=Way.POST, now=NOON)
    assert (message.way, message.subject, message.text) == ("post", paper.subject, paper.text)
    assert paper.url not in message.text
    entry = Entry.objects.get(deed="letter_sent")
    assert entry.data == {"sent_on": "2026-03-02", "way": "post"}
    assert not FollowUp.objects.filter(done_at=None).exists()
    assert timeline.office_words(entry) == "Brief abgeschickt am 2. März 2026"
    steps = timeline.steps_for(teller_viewer(concern), concern)
    assert steps[-1].sentence == "Wir haben Ihnen am 2. März 2026 einen Brief geschickt."


def test_a_letter_that_was_handed_out_says_so(told, mira):
    concern = told()

    entry = send(concern, mira, way=Way.TALK)

    assert Message.objects.get().way == "talk"
    assert timeline.office_words(entry) == "Brief übergeben am 2. März 2026"
    steps = timeline.steps_for(teller_viewer(concern), concern)
    assert steps[-1].sentence == "Wir haben Ihnen am 2. März 2026 einen Brief gegeben."


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 3, 3)])
def test_a_letter_goes_out_between_telling_and_today(told, mira, day):
    with pytest.raises(LetterDay):
        send(told(), mira, sent_on=day)
    assert not Message.objects.exists()


def test_a_faster_colleague_is_noticed(told, mira):
    with pytest.raises(ChangedMeanwhile):
        send(told(), mira, version=1)
    assert not Message.objects.exists()


def test_before_there_is_an_answer_there_is_nothing_to_write(quarter, mira):
    concern = make_concern(quarter, address=ADDRESS)
    with pytest.raises(NothingToWrite):
        send(concern, mira)


def test_who_may_not_see_the_person_writes_no_letter(told, hao):
    concern = told()
    for stranger in (hao, teller_viewer(concern)):
        with pytest.raises(NotAllowed):
            send(concern, stranger)
    Dossier.objects.update(assigned_to=hao.user_id)
    concern.dossier.refresh_from_db()
    send(concern, hao)
    assert Message.objects.get().by_id == hao.user_id


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("Rosenweg 3, 04315 Leipzig", ["Aylin", "Rosenweg 3", "04315 Leipzig"]),
        ("Aylin\nRosenweg 3\n\n04315 Leipzig", ["Aylin", "Rosenweg 3", "04315 Leipzig"]),
        ("Bei Schmidt, links\nRosenweg 3", ["Aylin", "Bei Schmidt, links", "Rosenweg 3"]),
        (" \n", []),
    ],
)
def test_the_lines_for_the_window(typed, lines):
    assert window_lines(Teller(name="Aylin", address=typed)) == lines
    assert window_lines(Teller(name="", address=typed)) == [
        x for x in lines if x != "Aylin" or "Aylin" in typed
    ]


# --- At the desk -----------------------------------------------------------------------------------
def test_the_page_leads_from_the_case_to_the_book(told, desk):
    concern = told(now=timezone.now())
    assert f'href="{url(concern)}"' in desk.get(url(concern, "")).content.decode()
    page = desk.get(url(concern))
    assert page.context["paper"].address == [
        "Aylin Yıldız",
        "Hinterhaus",
        "Rosenweg 3",
        "04317 Leipzig",
    ]
    today = desk.get("/buero/").content.decode()
    assert f'href="{url(concern)}"' in today

    form = {"version": Dossier.objects.get().version, "way": "post"}
    day = timezone.localdate().isoformat()
    done = desk.post(url(concern), form | {"sent_on": day})

    assert done.headers["Location"] == url(concern, "")
    assert Entry.objects.filter(deed="letter_sent").count() == 1
    assert f'href="{url(concern)}"' not in desk.get("/buero/").content.decode()


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"sent_on": "2020-01-01"}, 422, "sent_on"),
        ({"sent_on": ""}, 422, "sent_on"),
        ({"way": "mail"}, 422, "way"),
        ({"version": 1}, 409, "__all__"),
    ],
)
def test_what_was_typed_is_shown_again_with_the_reason(told, desk, changes, status, field):
    concern = told(now=timezone.now())
    form = {
        "version": Dossier.objects.get().version,
        "way": "post",
        "sent_on": timezone.localdate().isoformat(),
    }

    page = desk.post(url(concern), form | changes)

    assert (page.status_code, list(page.context["form"].errors)) == (status, [field])
    assert not Message.objects.exists()


def test_a_letter_without_an_address_cannot_be_posted(told, desk):
    concern = told(now=timezone.now(), address="", way=AnswerWay.NONE)
    form = {
        "version": Dossier.objects.get().version,
        "way": "post",
        "sent_on": timezone.localdate().isoformat(),
    }

    page = desk.post(url(concern), form)

    assert (page.status_code, list(page.context["form"].errors)) == (422, ["way"])
    assert desk.post(url(concern), form | {"way": "talk"}).status_code == 302


def test_the_file_is_a_pdf_with_or_without_the_address(told, desk, quarter):
    ProgrammeFooter.objects.create(quarter=quarter, text=PROGRAMME, from_on=date(2020, 1, 1))
    concern = told(now=timezone.now())

    posted = desk.get(url(concern, "brief.pdf"))
    handed = desk.get(url(concern, "brief.pdf") + "?art=aushaendigen")

    assert posted.headers["Content-Type"] == "application/pdf"
    assert posted.headers["Content-Disposition"] == 'inline; filename="brief-2026-0001.pdf"'
    assert "no-store" in posted.headers["Cache-Control"]
    assert "Rosenweg 3" in page_texts(posted.content)[0]
    assert PROGRAMME in page_texts(posted.content)[0]
    assert "Rosenweg 3" not in page_texts(handed.content)[0]
    [_mail, _page, own] = links(posted.content)
    assert desk.get(own.partition("8000")[2] or own).status_code == 200


def test_nothing_to_write_is_said_with_409(desk, quarter):
    concern = make_concern(quarter, now=timezone.now())
    for what in ("brief/", "brief.pdf"):
        assert desk.get(url(concern, what)).status_code == 409
    assert f'href="{url(concern)}"' not in desk.get(url(concern, "")).content.decode()


def test_letters_are_for_the_people_of_the_desk(told, quarter, client, helper_desk):
    concern = told(now=timezone.now())
    city = signed_in_client(make_member(quarter, Role.CLIENT, "Stadt"))
    foreign = signed_in_client(make_member(make_quarter("west"), Role.LEAD, "Vera"))
    for what in ("brief/", "brief.pdf"):
        assert client.get(url(concern, what)).headers["Location"].startswith("/anmelden/")
        assert city.get(url(concern, what)).status_code == 403
        assert helper_desk.get(url(concern, what)).status_code == 404
        assert foreign.get("/q/west" + url(concern, what)).status_code == 404
    Dossier.objects.update(assigned_to=User.objects.get(name="Tom"))
    assert helper_desk.get(url(concern, "brief.pdf")).status_code == 200
