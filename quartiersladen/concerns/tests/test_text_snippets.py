"""Text snippets in the forms of deeds: put in, and nothing that was typed is lost."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from quartiersladen.accounts.rules import public_viewer
from quartiersladen.concerns.models import Concern, Referral
from quartiersladen.concerns.states import PlaceKind
from quartiersladen.concerns.testing import make_concern, make_referral
from quartiersladen.concerns.views_office.snippets import Desk
from quartiersladen.concerns.wording import snippet_text
from quartiersladen.correspondence.models import TextSnippet
from quartiersladen.correspondence.states import Occasion
from quartiersladen.correspondence.testing import make_snippet
from quartiersladen.dossiers.models import Dossier, Entry
from quartiersladen.quarters.testing import NOON

EVERYTHING = "{number} {theme} {place} {day} {body} {next_day} {office} {phone}"
SOON = date.today() + timedelta(days=20)  # noqa: DTZ011 -- any day to come


@pytest.fixture
def concern(quarter, theme):
    return make_concern(
        quarter,
        theme=theme,
        place_kind=PlaceKind.ADDRESS,
        place_text="Rosenweg 3",
        language="en",
        now=timezone.now(),
    )


def url(concern, deed=""):
    return f"/buero/anliegen/{concern.dossier.reference}/{deed}"


def pressed(snippet, field, **typed):
    return {"version": 1, "einfuegen": field, f"{field}-baustein": snippet.pk, **typed}


def form_of(page, name):
    [form] = [deed.form for deed in page.context["deeds"] if deed.name == name]
    return form


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "2026-0001 Straßenlicht Rosenweg 3 2. März 2026 A, B 16. März 2026"),
        ("en", "2026-0001 Street light Rosenweg 3 2 March 2026 A, B 16 March 2026"),
    ],
)
def test_placeholders_say_what_the_concern_knows(quarter, theme, mira, language, words):
    concern = make_concern(
        quarter, theme=theme, place_kind=PlaceKind.ADDRESS, place_text="Rosenweg 3"
    )
    snippet = make_snippet(mira, quarter, EVERYTHING, language=language)

    text = snippet_text(snippet, concern, bodies=["A", "B"], next_on=date(2026, 3, 16))

    assert text == f"{words} {quarter.name} {quarter.phone}"


def test_what_is_not_known_stays_a_gap(quarter, mira):
    snippet = make_snippet(mira, quarter, "{theme} {body} {next_day}")
    assert snippet_text(snippet, make_concern(quarter), bodies=[], next_on=None) == "… … …"


def test_the_form_offers_the_persons_language_first(desk, mira, quarter, concern):
    german = make_snippet(mira, quarter)
    english = make_snippet(mira, quarter, "It shines.", language="en", title="Fixed")
    reason = make_snippet(mira, quarter, occasion=Occasion.REASON, title="Kein Geld")

    page = desk.get(url(concern) + "?tat=close")

    assert form_of(page, "close").offers == {
        "answer": {
            "English": [(english.pk, "Fixed")],
            "Auf Deutsch, bitte übersetzen": [(german.pk, "Behoben")],
        },
        "reason": {"Auf Deutsch, bitte übersetzen": [(reason.pk, "Kein Geld")]},
    }
    body = page.content.decode()
    assert (
        '<select class="q-input" id="close_answer-baustein" name="answer-baustein">'
        in " ".join(body.split())
    )


def test_without_snippets_there_is_no_button(desk, concern):
    body = desk.get(url(concern) + "?tat=close").content.decode()
    assert 'name="einfuegen"' not in body


def test_a_snippet_comes_after_what_was_typed_and_nothing_is_done(desk, mira, quarter, concern):
    snippet = make_snippet(mira, quarter, "No. {number} shines.", language="en")
    typed = {"result": "fixed", "answer": "Hello! ", "reason": "Why", "witness": "office"}

    page = desk.post(url(concern, "abschliessen/"), pressed(snippet, "answer", **typed))

    form = form_of(page, "close")
    assert page.status_code == 200
    assert form["answer"].value() == f"Hello!\n\nNo. {concern.dossier.reference} shines."
    assert [form[name].value() for name in ("result", "reason", "witness")] == [
        "fixed",
        "Why",
        "office",
    ]
    assert form.errors == {}
    assert 'name="version" value="1"' in page.content.decode()
    assert Concern.objects.get().state == "new"
    filled = {name: form[name].value() for name in ("answer", "result", "reason", "witness")}
    done = desk.post(url(concern, "abschliessen/"), {"version": 1, **filled})
    assert done.status_code == 302
    assert Concern.objects.get().answer == form["answer"].value()


def test_an_empty_field_gets_only_the_snippet(desk, mira, quarter, concern):
    snippet = make_snippet(mira, quarter, "We know who helps.", occasion=Occasion.NOT_OURS)
    page = desk.post(url(concern, "zustaendigkeit/"), pressed(snippet, "words", scope="not_ours"))
    assert form_of(page, "scope")["words"].value() == "We know who helps."
    assert form_of(page, "scope")["scope"].value() == "not_ours"


def test_a_snippet_does_not_hide_a_faster_colleague(desk, mira, quarter, concern):
    snippet = make_snippet(mira, quarter)
    Dossier.objects.update(version=2)
    page = desk.post(url(concern, "abschliessen/"), pressed(snippet, "answer", result="fixed"))
    assert 'name="version" value="1"' in page.content.decode()


@pytest.mark.parametrize("key", ["", "x", "99999", "٣"])
def test_a_snippet_that_is_not_there_changes_nothing(desk, mira, quarter, concern, key):
    make_snippet(mira, quarter)
    form = {"version": 1, "einfuegen": "answer", "answer-baustein": key, "answer": "Hallo"}
    page = desk.post(url(concern, "abschliessen/"), form)
    assert (page.status_code, form_of(page, "close")["answer"].value()) == (200, "Hallo")
    page = desk.post(url(concern, "abschliessen/"), form | {"einfuegen": "witness"})
    assert form_of(page, "close")["answer"].value() == "Hallo"


def test_a_snippet_for_something_else_is_not_put_in(desk, mira, quarter, concern):
    other = make_snippet(mira, quarter, occasion=Occasion.FORWARDED)
    page = desk.post(url(concern, "abschliessen/"), pressed(other, "answer", answer="Hallo"))
    assert form_of(page, "close")["answer"].value() == "Hallo"


def test_asking_again_fills_in_the_body_and_the_day(desk, mira, quarter, concern, body):
    referral = make_referral(mira, concern, body, now=timezone.now())
    snippet = make_snippet(mira, quarter, "{body} bis {next_day}", occasion=Occasion.ASKED_AGAIN)
    address = url(concern, f"nachfragen/{referral.pk}/")
    typed = {"way": "mail", "ask_on": SOON.isoformat(), "words": ""}

    page = desk.post(address, pressed(snippet, "words", **typed))

    [card] = page.context["cards"]
    form = card.deeds[0].form
    day = f"{SOON.day}. "
    assert form["words"].value().startswith(f"{body.name} bis {day}")
    assert form["ask_on"].value() == SOON.isoformat()
    assert Referral.objects.get().asks == 0
    typed["ask_on"] = "bald"
    page = desk.post(address, pressed(snippet, "words", **typed))
    assert page.status_code == 200


def test_passing_on_puts_it_into_the_words_to_that_body(desk, mira, quarter, concern, body):
    snippet = make_snippet(
        mira, quarter, "An {body}: {place}", occasion=Occasion.FORWARDED, title="Bitte"
    )
    start = f"stelle-{body.pk}"
    page = desk.get(url(concern, f"weitergeben/?stelle={body.pk}"))
    assert page.context["body_forms"][0].offers == {
        "cover_note": {"Deutsch": [(snippet.pk, "Bitte")]}
    }
    form = {
        "version": 1,
        "stelle": body.pk,
        "ask_on": SOON.isoformat(),
        f"{start}-way": "phone",
        f"{start}-cover_note": "Guten Tag!",
        f"{start}-cover_note-baustein": snippet.pk,
        "einfuegen": f"{start}-cover_note",
    }

    page = desk.post(url(concern, "weitergeben/"), form)

    [shown] = page.context["body_forms"]
    assert page.status_code == 200
    assert shown["cover_note"].value() == f"Guten Tag!\n\nAn {body.name}: Rosenweg 3"
    assert shown["way"].value() == "phone"
    assert page.context["ask_on"]["ask_on"].value() == SOON
    assert (page.context["letters"], page.context["version"]) == ([], "1")
    assert not Referral.objects.exists()
    assert not Entry.objects.filter(deed="passed_on").exists()


def test_strangers_are_offered_nothing(quarter, mira):
    make_snippet(mira, quarter)
    desk = Desk(public_viewer(quarter.pk), make_concern(quarter, now=NOON))
    assert desk.snippets({"answer": Occasion.ANSWERED}) == []
    assert TextSnippet.objects.count() == 1
