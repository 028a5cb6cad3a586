"""The question at the desk, on the status page, on the public page, and on the page of today."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from quartiersladen.concerns import tasks
from quartiersladen.concerns.letters import status_link
from quartiersladen.concerns.models import Concern, DraftPhoto, Question, Teller
from quartiersladen.concerns.services.questions import ask_person
from quartiersladen.concerns.services.release import Release, release_concern
from quartiersladen.concerns.states import AnswerWay, PlacePrecision
from quartiersladen.concerns.testing import make_concern, photo
from quartiersladen.correspondence.states import Occasion
from quartiersladen.correspondence.testing import make_snippet
from quartiersladen.dossiers.models import Document, Dossier, FollowUp
from quartiersladen.kernel.links import make_token
from quartiersladen.outbox.models import Mail

WORDS = "Vor welchem Haus steht die Laterne?"


@pytest.fixture
def concern(quarter):
    """Told by somebody with a confirmed address."""
    told = make_concern(quarter, way=AnswerWay.MAIL, email="nour@example.org", now=timezone.now())
    Teller.objects.update(email_confirmed_at=timezone.now())
    told.teller.refresh_from_db()
    return told


@pytest.fixture
def asked(concern, mira):
    """The same with a question that waits."""
    ask_person(viewer=mira, concern=concern, text=WORDS, version=1, now=timezone.now())
    return concern


def page_of(concern) -> str:
    link = status_link(concern, concern.teller)
    token = make_token(
        link.purpose, subject_id=link.subject_id, generation=link.generation, expires_on=None
    )
    return f"/s/{token}/"


def at_desk(concern, deed="") -> str:
    return f"/buero/anliegen/{concern.dossier.reference}/{deed}"


def text_of(answer) -> str:
    return str(answer.content.decode())


# --- At the desk ----------------------------------------------------------------------------------
def test_the_office_sees_the_mail_before_it_goes(desk, concern):
    form = {"version": concern.dossier.version, "text": WORDS}

    first = desk.post(at_desk(concern, "rueckfrage/"), form)

    [deed] = [deed for deed in first.context["deeds"] if deed.name == "question"]
    assert (first.status_code, Question.objects.count()) == (200, 0)
    assert WORDS in text_of(first)
    done = desk.post(at_desk(concern, "rueckfrage/"), {**form, "gesehen": deed.seen})
    assert (done.status_code, Question.objects.get().text) == (302, WORDS)
    page = desk.get(at_desk(concern))
    assert page.context["question"].text == WORDS
    assert "Rückfrage an die Person" in text_of(page)
    names = [deed.name for deed in page.context["deeds"]]
    assert ("heard" in names, "question" in names) == (True, False)


def test_an_empty_question_is_explained(desk, concern):
    answer = desk.post(at_desk(concern, "rueckfrage/"), {"version": 1, "text": " "})
    assert answer.status_code == 422
    assert "Bitte schreiben Sie die Frage" in text_of(answer)


def test_a_text_snippet_is_offered(desk, concern, quarter, mira):
    snippet = make_snippet(
        mira, quarter, occasion=Occasion.QUESTION, text="Welches Haus, bei {number}?"
    )
    form = {
        "version": 1,
        "text": "Guten Tag,",
        "einfuegen": "text",
        "text-baustein": snippet.pk,
    }
    answer = desk.post(at_desk(concern, "rueckfrage/"), form)
    assert f"Welches Haus, bei {concern.dossier.reference}?" in text_of(answer)
    assert not Question.objects.exists()


def test_the_office_writes_down_what_was_told_orally(desk, asked):
    form = {"version": Dossier.objects.get().version, "way": "phone", "text": "Nummer 7"}
    assert desk.post(at_desk(asked, "antwort/"), form).status_code == 302
    assert (Question.objects.get().answer, Concern.objects.get().state) == ("Nummer 7", "checked")

    form["version"] = Dossier.objects.get().version
    again = desk.post(at_desk(asked, "antwort/"), form)
    assert again.status_code == 409
    assert "Nummer 7" in text_of(again)


def test_asking_is_for_who_looks_after_it(helper_desk, concern):
    assert helper_desk.post(at_desk(concern, "rueckfrage/"), {"text": WORDS}).status_code == 404
    assert helper_desk.post(at_desk(concern, "antwort/"), {"text": WORDS}).status_code == 404


def test_the_page_with_a_question_needs_few_statements(
    desk, asked, mira, body, django_assert_max_num_queries
):
    with django_assert_max_num_queries(12):
        assert desk.get(at_desk(asked)).status_code == 200


@pytest.mark.parametrize(
    ("person", "hint"),
    [
        ({"way": AnswerWay.PHONE, "phone": "030 23125 100"}, "die Person anrufen"),
        ({"way": AnswerWay.POST, "address": "Weg 1"}, "der Person schreiben"),
        ({"way": AnswerWay.LINK}, "Wir können die Person nicht erreichen"),
    ],
)
def test_the_desk_says_how_the_question_gets_there(desk, quarter, person, hint):
    told = make_concern(quarter, **person)
    assert hint in text_of(desk.get(at_desk(told, "?tat=question")))


def test_a_phone_task_stands_on_today_with_the_number(desk, quarter, mira):
    told = make_concern(quarter, way=AnswerWay.PHONE, phone="+49 30 23125 100")
    ask_person(viewer=mira, concern=told, text=WORDS, version=1, now=timezone.now())

    page = desk.get("/buero/")

    [item] = page.context["others"]
    assert (item.follow_up.reason, item.phone) == ("call", "+49 30 23125 100")
    assert 'href="tel:+493023125100"' in text_of(page)


# --- On the status page ---------------------------------------------------------------------------
def form_of(client, page) -> dict[str, object]:
    return {"submission_key": client.get(page).context["answer"]["submission_key"].value()}


def test_the_question_stands_on_top_and_is_answered_there(client, asked):
    page = page_of(asked)
    form = form_of(client, page)

    assert WORDS in text_of(client.get(page))
    assert client.get(f"{page}antwort/").status_code == 302
    assert Question.objects.get().state == "open"
    done = client.post(f"{page}antwort/", {**form, "text": "Nummer 7", "photos": [photo()]})

    assert (done.status_code, done.headers["Location"]) == (302, page)
    assert (Question.objects.get().answer, Document.objects.count()) == ("Nummer 7", 1)
    after = client.get(page)
    assert (after.context["answer"], [q.answer for q in after.context["told"]]) == (
        None,
        ["Nummer 7"],
    )
    twice = client.post(f"{page}antwort/", {**form, "text": "Nummer 7"})
    assert (twice.status_code, Question.objects.count()) == (302, 1)
    assert FollowUp.objects.filter(done_at=None).get().reason == "person-said"


def test_nothing_typed_is_lost(client, asked):
    page = page_of(asked)
    form = form_of(client, page)

    wrong = client.post(f"{page}antwort/", {**form, "text": " ", "photos": [photo("haus.jpg")]})

    assert wrong.status_code == 422
    kept = DraftPhoto.objects.get()
    assert "haus.jpg" in text_of(wrong)
    without = client.post(
        f"{page}antwort/", {**form, "text": "Nummer 7", "drop": str(kept.file_id)}
    )
    assert (without.status_code, "Nummer 7" in text_of(without)) == (200, True)
    assert not DraftPhoto.objects.exists()
    nonsense = client.post(f"{page}antwort/", {**form, "text": "Nummer 7", "drop": "x"})
    assert (nonsense.status_code, "Nummer 7" in text_of(nonsense)) == (422, True)
    forged = client.post(f"{page}antwort/", {"submission_key": "x", "text": "Nummer 7"})
    assert (forged.status_code, Question.objects.get().answer) == (302, "Nummer 7")


def test_a_second_answer_is_told_so_and_keeps_its_words(client, asked):
    page = page_of(asked)
    first, second = form_of(client, page), form_of(client, page)
    client.post(f"{page}antwort/", {**first, "text": "Nummer 7"})

    other = client.post(f"{page}antwort/", {**second, "text": "Oder doch Nummer 9"})

    assert (other.status_code, "Oder doch Nummer 9" in text_of(other)) == (409, True)
    assert Question.objects.get().answer == "Nummer 7"


def test_too_long_an_answer_is_explained(client, asked):
    page = page_of(asked)
    answer = client.post(f"{page}antwort/", {**form_of(client, page), "text": "x" * 4001})
    assert (answer.status_code, Question.objects.get().state) == (422, "open")


def test_who_was_asked_nothing_has_nothing_to_answer(client, concern):
    page = page_of(concern)
    assert client.post(f"{page}antwort/", {"text": "Hallo"}).headers["Location"] == page
    assert client.get(f"{page[:-2]}x/antwort/").status_code == 404
    assert client.get(page).context["answer"] is None


def test_floods_of_answers_are_slowed_down(client, asked, settings):
    settings.REPORTS_PER_HOUR = 1
    cache.clear()
    page = page_of(asked)
    codes = [client.post(f"{page}antwort/", {"text": " "}).status_code for _n in range(11)]
    assert (codes[9], codes[10]) == (422, 429)


def test_it_is_asked_in_the_language_of_the_page(client, asked):
    page = text_of(client.get(page_of(asked) + "?lang=ar"))
    assert "سؤالنا إليكم" in page


# --- In public ------------------------------------------------------------------------------------
def test_the_public_reads_that_a_question_was_asked_and_not_which(client, asked, mira):
    release_concern(
        viewer=mira,
        concern=asked,
        release=Release(
            title="Laterne",
            text="Eine Laterne ist aus.",
            precision=PlacePrecision.NONE,
            document_ids=frozenset(),
            is_checked=True,
        ),
        version=asked.dossier.version,
        now=timezone.now(),
    )
    page = text_of(client.get(f"/anliegen/{asked.dossier.reference}/"))
    assert "Rückfrage an die Person" in page
    assert "Wir haben die Person, die es uns gesagt hat, etwas gefragt" in page
    assert WORDS not in page
    assert "Rückfrage an Sie" not in page
    assert "Rückfrage an die Person" in text_of(client.get("/anliegen/?zustand=question"))


# --- By itself ------------------------------------------------------------------------------------
def test_the_job_reminds_and_gives_up(concern, mira):
    ask_person(viewer=mira, concern=concern, text=WORDS, version=1, now=timezone.now())
    long_ago = timezone.now().date() - timedelta(days=1)
    Question.objects.update(due_on=long_ago)
    tasks.tend_questions()
    tasks.tend_questions()
    assert Question.objects.get().state == "unanswered"
    assert Concern.objects.get().state == "checked"
    assert Mail.objects.filter(kind="teller").count() == 1
