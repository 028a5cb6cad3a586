"""What the pages say about the way of a concern, in plain words."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from django.utils.formats import date_format

from quartiersladen.concerns.forms.report import new_key
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services.life import Ending, close_concern
from quartiersladen.concerns.services.referrals import (
    Ask,
    accept_referral,
    answer_referral,
    ask_again,
    decline_referral,
)
from quartiersladen.concerns.services.tellers import told_orally
from quartiersladen.concerns.services.triage import Decision, decide_scope
from quartiersladen.concerns.states import ConcernState, Result, Scope, Witness
from quartiersladen.concerns.testing import body_viewer, make_referral
from quartiersladen.correspondence.states import Way
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor, Audience

TELLER = "Die Person, die es mitgeteilt hat"


@pytest.fixture
def status_page(client, quarter):
    """The address of the page of who told the concern."""
    cache.clear()
    form = {
        "submission_key": new_key(),
        "kind": "problem",
        "text": "Die Laterne ist aus.",
        "place_kind": "quarter",
        "way": "link",
    }
    return client.post("/anliegen/neu/", form).headers["Location"]


@pytest.fixture
def concern(status_page):
    return Concern.objects.select_related("dossier", "teller", "quarter").get()


@pytest.fixture
def referral(mira, concern, body):
    return make_referral(mira, concern, body, now=timezone.now())


@pytest.fixture
def soon(quarter):
    return quarter.local_day(timezone.now()) + timedelta(days=20)


def sentences(client, address: str) -> list[str]:
    return [step.sentence for step in client.get(address).context["steps"]]


def long(day: date) -> str:
    return date_format(day, "j. F Y")


def test_the_receipt_says_the_next_two_days(client, status_page, concern):
    steps = client.get(status_page).context["steps"]
    assert [(step.on, step.sentence, step.is_next) for step in steps] == [
        (concern.told_on, "Es ist bei uns eingegangen.", False),
        (concern.next_on, "Bis dahin haben wir es uns angesehen.", True),
        (concern.promised_on, "Bis dahin sagen wir Ihnen, was wir wissen.", True),
    ]
    concern.teller.way = "none"
    concern.teller.save()
    assert sentences(client, status_page)[-1] == "Bis dahin ist es beantwortet."


def test_a_silent_body_is_told_as_it_is(client, mira, status_page, referral, soon):
    for _time in range(2):
        ask_again(
            viewer=mira,
            referral=referral,
            ask=Ask(Way.PHONE, "Zentrale", "Niemand wusste etwas."),
            ask_on=soon,
            version=referral.concern.dossier.version,
            now=timezone.now(),
        )

    page = client.get(status_page)

    assert [(step.sentence, step.is_next) for step in page.context["steps"]] == [
        ("Es ist bei uns eingegangen.", False),
        ("Wir haben es an Lichtwerk gegeben.", False),
        ("Wir haben bei Lichtwerk nachgefragt, bisher 1 Mal.", False),
        ("Wir haben bei Lichtwerk nachgefragt, bisher 2 Mal.", False),
        ("Wenn bis dahin niemand geantwortet hat, fragen wir nach.", True),
    ]
    assert "Niemand wusste etwas." not in page.content.decode()


@pytest.mark.parametrize(
    ("reply", "facts", "sentence"),
    [
        (accept_referral, {"expected_on": None}, "Lichtwerk hat es übernommen."),
        (
            accept_referral,
            {"expected_on": date(2099, 1, 2)},
            "Lichtwerk hat es übernommen und möchte bis zum 2. Januar 2099 fertig sein.",
        ),
        (
            decline_referral,
            {"reason": "Nein."},
            "Lichtwerk ist nach eigener Auskunft nicht zuständig.",
        ),
        (answer_referral, {"text": "Ja."}, "Lichtwerk hat uns geantwortet."),
    ],
)
def test_the_reply_of_a_body_is_told(client, status_page, referral, reply, facts, sentence):
    reply(viewer=body_viewer(referral), referral=referral, now=timezone.now(), **facts)
    assert sentences(client, status_page)[2] == sentence


def test_the_desk_reads_who_did_it(desk, concern, referral):
    answer_referral(
        viewer=body_viewer(referral), referral=referral, text="Ja.", now=timezone.now()
    )
    journal = desk.get(f"/buero/anliegen/{concern.dossier.reference}/").context["journal"]
    assert [line["who"] for line in journal] == [TELLER, "Mira", "Lichtwerk", "Lichtwerk"]


def test_a_deed_without_words_for_residents_is_no_empty_line(client, mira, status_page, concern):
    decide_scope(
        viewer=mira,
        concern=concern,
        decision=Decision(Scope.NOT_OURS, words="Das Bürgeramt hilft."),
        version=1,
        now=timezone.now(),
    )
    before = sentences(client, status_page)

    record(
        dossier=concern.dossier,
        deed="measured",
        actor=Actor.OFFICE,
        by_id=mira.user_id,
        audience=Audience.PUBLIC,
        now=timezone.now(),
    )

    assert sentences(client, status_page) == before


@pytest.mark.parametrize(
    ("scope", "sentence"),
    [
        (Scope.OURS, "Wir arbeiten selbst daran."),
        (Scope.PUBLIC_INTEREST, "Wir haben es uns angesehen. Wir geben es weiter."),
    ],
)
def test_whose_business_it_is_and_what_comes_next(
    client, mira, status_page, concern, soon, scope, sentence
):
    decide_scope(
        viewer=mira,
        concern=concern,
        decision=Decision(scope, due_on=soon),
        version=1,
        now=timezone.now(),
    )
    assert sentences(client, status_page)[1:] == [
        sentence,
        "Bis dahin tun wir den nächsten Schritt.",
    ]


@pytest.mark.parametrize(
    ("result", "witness", "sentence"),
    [
        (Result.FIXED, Witness.OFFICE, "Beantwortet: Es ist behoben. Das Büro hat es gesehen."),
        (
            Result.FIXED,
            Witness.BODY,
            "Beantwortet: Es ist behoben. Die zuständige Stelle sagt es.",
        ),
        (
            Result.PARTLY,
            Witness.RESIDENT,
            "Beantwortet: Es ist teilweise behoben. Eine Bewohnerin oder ein Bewohner sagt es.",
        ),
        (Result.NOT_POSSIBLE, None, "Beantwortet: Es ist nicht möglich."),
        (Result.NOT_OUR_TASK, None, "Beantwortet: Jemand anderes kann helfen."),
        (Result.NO_ANSWER, None, "Abgeschlossen: Die zuständige Stelle hat nicht geantwortet."),
    ],
)
def test_the_end_says_how_and_who_saw_it(
    client, mira, status_page, concern, result, witness, sentence
):
    close_concern(
        viewer=mira,
        concern=concern,
        ending=Ending(result, "Unsere Antwort.", "Unser Grund.", witness),
        version=1,
        now=timezone.now(),
    )
    told_on = concern.told_on
    told_orally(
        viewer=mira,
        concern=concern,
        told_on=told_on,
        text="Am Tresen.",
        version=concern.dossier.version,
        now=timezone.now(),
    )
    assert sentences(client, status_page)[1:] == [
        sentence,
        f"Wir haben die Antwort am {long(told_on)} mitgeteilt.",
    ]


def test_a_sheet_printed_after_the_end_promises_no_look(desk, mira, concern):
    sheet = f"/buero/anliegen/{concern.dossier.reference}/beleg/"
    assert len(desk.get(sheet).context["steps"]) == 3
    close_concern(
        viewer=mira,
        concern=concern,
        ending=Ending(Result.NOT_POSSIBLE, "Nein.", "Kein Strom."),
        version=1,
        now=timezone.now(),
    )
    assert len(desk.get(sheet).context["steps"]) == 2


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (ConcernState.NEW, "Ihre Nachricht ist da. Wir sehen sie uns bald an."),
        (ConcernState.CHECKED, "Wir haben es uns angesehen und tun den nächsten Schritt."),
        (ConcernState.OURS, "Wir kümmern uns darum."),
        (
            ConcernState.FORWARDED,
            "Jemand, der helfen kann, hat es jetzt. Wir warten auf die Antwort.",
        ),
        (ConcernState.ASKED_AGAIN, "Es hat uns noch niemand geantwortet. Wir haben nachgefragt."),
        (ConcernState.QUESTION, "Wir haben eine Frage an Sie."),
        (
            ConcernState.WITHDRAWN,
            "Dieses Anliegen wurde zurückgezogen. Wir unternehmen nichts mehr.",
        ),
    ],
)
def test_one_sentence_says_where_it_stands(client, status_page, state, sentence):
    closed = {"next_on": None} if state == ConcernState.WITHDRAWN else {}
    Concern.objects.update(state=state, **closed)
    assert client.get(status_page).context["headline"] == sentence


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"kind": "idea", "theme": ""}, "Eingeordnet: Idee, kein Thema"),
        ({"kind": "hint", "theme": "licht"}, "Eingeordnet: Hinweis, Straßenlicht"),
    ],
)
def test_the_desk_reads_how_it_was_sorted(desk, theme, concern, form, words):
    page = f"/buero/anliegen/{concern.dossier.reference}/"
    key = theme.pk if form["theme"] else ""
    desk.post(page + "einordnen/", {"version": 1, "kind": form["kind"], "theme": key})
    desk.post(page + "zuweisen/", {"version": 2, "colleague": ""})
    journal = desk.get(page).context["journal"]
    assert [line["words"] for line in journal][1:] == [words, "Es kümmert sich niemand Bestimmtes"]
    assert [line["who"] for line in journal] == [TELLER, "Ida", "Ida"]
