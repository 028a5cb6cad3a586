"""Text snippets: kept in the settings, offered where they fit."""

import pytest
from django.db import IntegrityError, transaction

from quartiersladen.accounts.rules import public_viewer
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.correspondence.models import TextSnippet
from quartiersladen.correspondence.queries import kept_snippets, offered_snippets
from quartiersladen.correspondence.services.snippets import (
    SnippetChangedMeanwhile,
    SnippetFacts,
    TitleTaken,
    UnknownPlaceholder,
    add_starting_snippets,
    delete_snippet,
    save_snippet,
)
from quartiersladen.correspondence.states import Occasion
from quartiersladen.correspondence.testing import make_snippet
from quartiersladen.kernel.errors import Invalid, NotAllowed
from quartiersladen.privacy.models import Trail
from quartiersladen.quarters.testing import NOON, make_quarter, make_theme
from tests.support.sign_in import signed_in_client

PAGE = "/buero/einstellungen/textbausteine/"
FORM = {
    "version": 0,
    "occasion": "answered",
    "theme": "",
    "language": "de",
    "title": "Behoben",
    "text": "Nr. {number} ist behoben.",
}


def titles(viewer, *occasions, theme_id=None, language="de"):
    found = offered_snippets(viewer, occasions, theme_id=theme_id, language=language)
    return [(snippet.language, snippet.title) for snippet in found]


def test_one_is_kept_and_leaves_a_trail(quarter, mira, theme):
    kept = make_snippet(mira, quarter, "Nr. {number} brennt.", theme=theme)

    assert TextSnippet.objects.get() == kept
    assert (kept.text, kept.theme, kept.quarter) == ("Nr. {number} brennt.", theme, quarter)
    trail = Trail.objects.get()
    assert (trail.deed, trail.by_id, trail.data) == (
        "text snippet saved",
        mira.user_id,
        {"occasion": "answered", "language": "de", "title": "Behoben"},
    )


def test_one_is_changed_and_deleted(quarter, mira):
    kept = make_snippet(mira, quarter)
    facts = SnippetFacts(Occasion.REASON, None, "en", "No money", "There is no money.")

    save_snippet(viewer=mira, quarter=quarter, snippet=kept, facts=facts, version=1, now=NOON)

    assert [(s.occasion, s.language, s.title) for s in TextSnippet.objects.all()] == [
        ("reason", "en", "No money")
    ]
    delete_snippet(viewer=mira, snippet=TextSnippet.objects.get(), now=NOON)
    assert not TextSnippet.objects.exists()
    assert list(Trail.objects.order_by("pk").values_list("deed", flat=True)) == [
        "text snippet saved",
        "text snippet saved",
        "text snippet deleted",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "Nr. {nummer}",
            (
                "Für {nummer} gibt es nichts einzusetzen. Möglich sind: {number}, {theme}, {place},"
                " {day}, {body}, {next_day}, {office}, {phone}"
            ),
        ),
        (
            "Nr. {number",
            (
                "Eine geschweifte Klammer öffnet oder schließt nichts. Platzhalter sehen so aus:"
                " {number}, {theme}, {place}, {day}, {body}, {next_day}, {office}, {phone}. Für eine"
                " Klammer selbst schreiben Sie sie doppelt."
            ),
        ),
    ],
)
def test_a_placeholder_that_nothing_fills_is_refused(quarter, mira, text, sentence):
    with pytest.raises(UnknownPlaceholder) as caught:
        make_snippet(mira, quarter, text)
    assert (caught.value.field, str(caught.value)) == ("text", sentence)
    assert not TextSnippet.objects.exists()


def test_a_title_tells_apart_what_is_for_the_same(quarter, mira, theme):
    kept = make_snippet(mira, quarter)
    with pytest.raises(TitleTaken):
        make_snippet(mira, quarter, "Anders")
    make_snippet(mira, quarter, theme=theme)
    make_snippet(mira, quarter, language="en")
    facts = SnippetFacts(Occasion.ANSWERED, None, "de", "Behoben", "Dasselbe, neu")
    save_snippet(viewer=mira, quarter=quarter, snippet=kept, facts=facts, version=1, now=NOON)
    assert TextSnippet.objects.count() == 3


def test_who_was_faster_is_not_overwritten(quarter, mira):
    kept = make_snippet(mira, quarter)
    stale = TextSnippet.objects.get()
    facts = SnippetFacts(Occasion.ANSWERED, None, "de", "Behoben", "Erste Fassung")
    save_snippet(viewer=mira, quarter=quarter, snippet=kept, facts=facts, version=1, now=NOON)

    late = SnippetFacts(Occasion.ANSWERED, None, "de", "Behoben", "Zweite Fassung")
    with pytest.raises(SnippetChangedMeanwhile):
        save_snippet(viewer=mira, quarter=quarter, snippet=stale, facts=late, version=1, now=NOON)

    now = TextSnippet.objects.get()
    assert (now.text, now.version) == ("Erste Fassung", 2)
    assert Trail.objects.count() == 2


def test_one_that_takes_the_title_of_another_keeps_its_own(quarter, mira):
    make_snippet(mira, quarter)
    kept = make_snippet(mira, quarter, title="Erledigt")
    facts = SnippetFacts(Occasion.ANSWERED, None, "de", "Behoben", "x")

    with pytest.raises(TitleTaken):
        save_snippet(viewer=mira, quarter=quarter, snippet=kept, facts=facts, version=1, now=NOON)

    stored = TextSnippet.objects.get(pk=kept.pk)
    assert (stored.title, stored.version) == ("Erledigt", 1)


@pytest.mark.parametrize(
    "wrong", [{"occasion": "party"}, {"title": ""}, {"text": ""}, {}], ids=str
)
def test_the_database_holds_it(quarter, mira, wrong):
    make_snippet(mira, quarter)
    facts = {"occasion": "answered", "language": "de", "title": "Behoben", "text": "x"}
    with pytest.raises(IntegrityError), transaction.atomic():
        TextSnippet.objects.create(quarter=quarter, **(facts | wrong))


def test_a_theme_of_another_quarter_does_not_fit(quarter, mira):
    with pytest.raises(Invalid):
        make_snippet(mira, quarter, theme=make_theme(make_quarter("west")))


@pytest.mark.parametrize("role", [Role.HELPER, Role.CLIENT])
def test_who_does_not_keep_texts_keeps_no_snippets(quarter, mira, role):
    other = viewer_of(make_member(quarter, role, "Tom"), quarter)
    kept = make_snippet(mira, quarter)
    with pytest.raises(NotAllowed):
        make_snippet(other, quarter, title="Neu")
    with pytest.raises(NotAllowed):
        delete_snippet(viewer=other, snippet=kept, now=NOON)
    assert list(kept_snippets(other)) == []
    assert titles(other, Occasion.ANSWERED) == ([("de", "Behoben")] if role == Role.HELPER else [])
    assert titles(public_viewer(quarter.pk), Occasion.ANSWERED) == []


def test_another_quarter_keeps_and_sees_its_own(quarter, mira):
    west = make_quarter("west")
    vera = viewer_of(make_member(west, Role.LEAD, "Vera"), west)
    kept = make_snippet(mira, quarter)
    facts = SnippetFacts(Occasion.ANSWERED, None, "de", "Meins", "x")
    for stranger, home in ((vera, quarter), (vera, west)):
        with pytest.raises(NotAllowed):
            save_snippet(
                viewer=stranger, quarter=home, snippet=kept, facts=facts, version=1, now=NOON
            )
    with pytest.raises(NotAllowed):
        delete_snippet(viewer=vera, snippet=kept, now=NOON)
    assert (list(kept_snippets(vera)), titles(vera, Occasion.ANSWERED)) == ([], [])
    assert titles(mira, Occasion.ANSWERED) == [("de", "Behoben")]


def test_the_language_of_the_person_comes_first_then_german(quarter, mira, theme):
    other = make_theme(quarter, "muell")
    for language in ("de", "ar", "en"):
        make_snippet(mira, quarter, language=language, title="Allgemein")
    make_snippet(mira, quarter, theme=theme, title="Zum Licht")
    make_snippet(mira, quarter, theme=other, title="Zum Müll")
    make_snippet(mira, quarter, occasion=Occasion.REASON, title="Grund")

    assert titles(mira, Occasion.ANSWERED, theme_id=theme.pk, language="ar") == [
        ("ar", "Allgemein"),
        ("de", "Zum Licht"),
        ("de", "Allgemein"),
    ]
    assert titles(mira, Occasion.ANSWERED) == [("de", "Allgemein")]
    assert titles(mira) == []


def test_bodies_read_german(quarter, mira):
    for language in ("de", "ar"):
        make_snippet(mira, quarter, language=language, occasion=Occasion.FORWARDED)
    assert titles(mira, Occasion.FORWARDED, language="ar") == [("de", "Behoben")]


def test_a_new_quarter_starts_with_some(quarter, mira):
    add_starting_snippets(quarter=quarter)
    assert titles(mira, Occasion.NOT_OURS, language="ar") == [
        ("ar", "Hier hilft man Ihnen weiter"),
        ("de", "Hier hilft man Ihnen weiter"),
    ]


# --- In the settings -----------------------------------------------------------------------------
def test_they_are_kept_through_the_settings(desk, quarter, theme):
    assert f'href="{PAGE}"' in desk.get("/buero/einstellungen/").content.decode()
    done = desk.post(f"{PAGE}neu/", FORM | {"theme": theme.pk})
    assert done.headers["Location"] == PAGE
    kept = TextSnippet.objects.get()
    page = desk.get(PAGE).content.decode()
    assert f'href="{PAGE}{kept.pk}/"' in page
    assert "· Straßenlicht" in page

    shown = desk.get(f"{PAGE}{kept.pk}/").context["form"].initial
    assert shown == FORM | {"theme": theme.pk, "version": 1}
    desk.post(f"{PAGE}{kept.pk}/", FORM | {"title": "Erledigt", "version": 1})

    kept.refresh_from_db()
    assert (kept.title, kept.theme) == ("Erledigt", None)
    asked = desk.get(f"{PAGE}{kept.pk}/loeschen/")
    assert (asked.status_code, TextSnippet.objects.count()) == (200, 1)
    assert desk.post(f"{PAGE}{kept.pk}/loeschen/").headers["Location"] == PAGE
    assert not TextSnippet.objects.exists()


def test_a_faster_colleague_is_noticed_and_the_words_stay(desk, quarter, mira):
    kept = make_snippet(mira, quarter)
    late = FORM | {"version": 1, "text": "Meine Worte"}
    desk.post(f"{PAGE}{kept.pk}/", FORM | {"version": 1})

    refused = desk.post(f"{PAGE}{kept.pk}/", late)

    page = refused.content.decode()
    assert (refused.status_code, "Meine Worte" in page) == (409, True)
    assert "Was Sie geschrieben haben, steht noch da" in page
    assert 'name="version" value="2"' in page
    assert desk.post(f"{PAGE}{kept.pk}/", late | {"version": 2}).status_code == 302
    assert TextSnippet.objects.get().text == "Meine Worte"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "{nummer}"}, "text"),
        ({"text": ""}, "text"),
        ({"title": ""}, "title"),
        ({"occasion": "party"}, "occasion"),
        ({"language": "fr"}, "language"),
        ({"theme": "99999"}, "theme"),
    ],
)
def test_what_is_wrong_is_explained_at_its_field(desk, changes, field):
    page = desk.post(f"{PAGE}neu/", FORM | changes)
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    assert not TextSnippet.objects.exists()


def test_the_settings_are_for_who_keeps_texts(quarter, mira, client):
    kept = make_snippet(mira, quarter)
    pages = [PAGE, f"{PAGE}neu/", f"{PAGE}{kept.pk}/", f"{PAGE}{kept.pk}/loeschen/"]
    helper = signed_in_client(make_member(quarter, Role.HELPER, "Tom"))
    admin = signed_in_client(make_member(quarter, Role.ADMINISTRATOR, "Adam"))
    foreign = signed_in_client(make_member(make_quarter("west"), Role.LEAD, "Vera"))
    for page in pages:
        assert client.get(page).headers["Location"].startswith("/anmelden/")
        assert helper.get(page).status_code == 403
        assert admin.get(page).status_code == 200
        assert foreign.get(page).status_code == 403
    assert foreign.get(f"/q/west{PAGE}").status_code == 200
    assert [foreign.get(f"/q/west{page}").status_code for page in pages[2:]] == [404, 404]
