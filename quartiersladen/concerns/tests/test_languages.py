"""In which language a report is written, and in which the person is answered."""

import pytest
from django.conf import settings
from django.utils import timezone

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns import tasks
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services import languages
from quartiersladen.concerns.testing import make_concern
from quartiersladen.dossiers.models import Dossier, Entry
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile
from quartiersladen.kernel.errors import NotAllowed, TransitionRefused
from quartiersladen.kernel.spam import Sign
from quartiersladen.quarters.testing import NOON, make_quarter

ARABIC = "مصباح الشارع أمام منزلنا معطل منذ أسبوعين."
GERMAN = "Die Laterne vor unserem Haus ist seit zwei Wochen aus."


@pytest.fixture
def arabic(quarter):
    """Told in Arabic on the German page; the worker has read it."""
    concern = make_concern(quarter, ARABIC)
    languages.read_languages()
    return Concern.objects.select_related("dossier", "quarter").get(pk=concern.pk)


def page_of(concern):
    return f"/buero/anliegen/{concern.dossier.reference}/"


def test_the_worker_reads_each_report_once(quarter):
    texts = [ARABIC, GERMAN, "Müll"]
    keys = [make_concern(q, text).pk for q in (quarter, make_quarter("west")) for text in texts]
    assert set(Concern.objects.values_list("text_language", flat=True)) == {"?"}

    assert languages.read_languages() == 6
    tasks.read_languages()

    found = Concern.objects.in_bulk(keys)
    assert [found[key].text_language for key in keys] == ["ar", "de", ""] * 2
    assert Entry.objects.exclude(deed="received").count() == 0
    assert set(Dossier.objects.values_list("language", "version")) == {("de", 1)}


def test_the_desk_reads_it_and_offers_to_answer_in_it(desk, arabic):
    page = desk.get(page_of(arabic))
    assert (page.context["told_in"], page.context["answered_in"]) == ("Arabisch", "Deutsch")
    assert "Auf Arabisch antworten" in page.content.decode()

    form = {"version": arabic.dossier.version, "language": "ar"}
    assert desk.post(page_of(arabic) + "sprache/", form).status_code == 302

    arabic.dossier.refresh_from_db()
    assert arabic.dossier.language == "ar"
    after = desk.get(page_of(arabic))
    assert after.context["asked_in"] == ""
    assert after.context["journal"][-1]["words"] == (
        "Antwort ab jetzt in einer anderen Sprache: Arabisch"
    )
    entry = Entry.objects.get(deed="answer_language")
    assert (entry.data, entry.actor, entry.audience) == (
        {"from": "de", "to": "ar"},
        "office",
        "office",
    )


@pytest.mark.parametrize(
    ("told", "answer", "offered"),
    [
        ("ar", "de", "ar"),
        ("ar", "ar", ""),
        ("de", "de-simple", ""),
        ("de", "ar", "de"),
        ("fa", "de", ""),
        ("", "de", ""),
        ("?", "de", ""),
    ],
)
def test_another_language_is_offered_only_when_it_is_clear(desk, arabic, told, answer, offered):
    Concern.objects.update(text_language=told)
    Dossier.objects.update(language=answer)

    page = desk.get(page_of(arabic) + "?tat=language")

    assert page.context["asked_in"] == offered
    [deed] = [deed for deed in page.context["deeds"] if deed.name == "language"]
    assert deed.form["language"].value() == (offered or answer)
    choices = [code for code, _name in deed.form.fields["language"].choices]
    assert choices == [code for code, _name in settings.LANGUAGES]


def test_what_is_not_offered_is_refused(desk, arabic, mira):
    form = {"version": arabic.dossier.version, "language": "fa"}
    assert desk.post(page_of(arabic) + "sprache/", form).status_code == 422
    with pytest.raises(languages.NotOffered):
        languages.answer_in(
            viewer=mira, concern=arabic, language="fa", version=arabic.dossier.version, now=NOON
        )

    assert Dossier.objects.get().language == "de"


def test_nobody_is_answered_out_of_the_quarantine(quarter, mira):
    held = make_concern(quarter, signs=frozenset({Sign.TRAP}))
    with pytest.raises(TransitionRefused):
        languages.answer_in(viewer=mira, concern=held, language="ar", version=1, now=NOON)
    assert Dossier.objects.get(pk=held.pk).language == "de"


def test_a_faster_colleague_is_noticed(desk, arabic, mira):
    form = {"version": arabic.dossier.version - 1, "language": "ar"}
    assert desk.post(page_of(arabic) + "sprache/", form).status_code == 409
    with pytest.raises(ChangedMeanwhile):
        languages.answer_in(viewer=mira, concern=arabic, language="ar", version=99, now=NOON)

    assert Dossier.objects.get().language == "de"


def test_a_helper_and_another_quarter_may_not(helper_desk, quarter, arabic, hao):
    Dossier.objects.update(assigned_to=hao.user_id)
    west = make_quarter("west")
    stranger = viewer_of(make_member(west, Role.LEAD, "Fremd"), west)
    for viewer in (hao, stranger):
        with pytest.raises(NotAllowed):
            languages.answer_in(
                viewer=viewer, concern=arabic, language="ar", version=1, now=timezone.now()
            )
    assert helper_desk.post(page_of(arabic) + "sprache/", {}).status_code == 403


def test_the_list_shows_what_was_told_in_one_language(desk, quarter, arabic):
    german = make_concern(quarter, GERMAN)
    languages.read_languages()

    def titles(query):
        page = desk.get(f"/buero/anliegen/?{query}")
        return sorted(line.title for line in page.context["lines"])

    assert titles("sprache=ar") == [arabic.dossier.title]
    assert titles("sprache=de") == [german.dossier.title]
    assert titles("sprache=vi") == []
    assert titles("sprache=xx") == sorted([arabic.dossier.title, german.dossier.title])
