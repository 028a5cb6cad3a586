"""Pages behind signed links: whoever holds one needs no account, and nobody else gets in."""

from datetime import timedelta

import pytest
from django.utils import timezone

from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.concerns.letters import status_link
from quartiersladen.concerns.models import Concern, Referral, Teller
from quartiersladen.concerns.services.life import Ending, close_concern, withdraw_concern
from quartiersladen.concerns.services.tellers import drop_unconfirmed
from quartiersladen.concerns.states import PlaceKind, Result
from quartiersladen.concerns.testing import make_concern, make_referral
from quartiersladen.kernel.links import make_token
from quartiersladen.quarters.testing import make_quarter


def token_for(purpose: str, row: Concern | Referral, generation: int) -> str:
    return make_token(purpose, subject_id=row.pk, generation=generation, expires_on=None)


def status_address(concern: Concern) -> str:
    link = status_link(concern, concern.teller)
    return f"/s/{token_for(link.purpose, concern, link.generation)}/"


def confirm_address(concern: Concern) -> str:
    generation = concern.teller.link_generation
    return f"/b/{token_for(LinkPurpose.TELLER_EMAIL, concern, generation)}/"


def case_address(referral: Referral) -> str:
    return f"/f/{token_for(LinkPurpose.REFERRAL, referral, referral.link_generation)}/"


@pytest.fixture
def concern(quarter):
    return make_concern(
        quarter, "Die Laterne ist aus.", email="nour@example.org", now=timezone.now()
    )


@pytest.fixture
def referral(mira, concern, body):
    return make_referral(mira, concern, body, now=timezone.now())


@pytest.mark.parametrize("kind", ["s", "b", "f"])
def test_a_wrong_link_says_no_more_than_a_missing_page(client, quarter, concern, kind):
    foreign = make_concern(make_quarter("west"), "Anderswo")
    good = status_address(concern).strip("/").removeprefix("s/")
    of_foreign = status_address(foreign).strip("/").removeprefix("s/")
    missing = client.get("/gibt-es-nicht/")
    for token in ("x", "%F0%9F%92%A5", good[:-2] + "AA", of_foreign, "A" * 500):
        page = client.get(f"/{kind}/{token}/")
        assert (page.status_code, page.content) == (404, missing.content)


@pytest.mark.parametrize(
    ("kind", "purpose"),
    [
        ("s", LinkPurpose.TELLER_STATUS),
        ("b", LinkPurpose.TELLER_EMAIL),
        ("f", LinkPurpose.REFERRAL),
    ],
)
def test_a_link_ends_with_its_last_day_like_a_missing_page(
    client, quarter, referral, kind, purpose
):
    today = quarter.local_day(timezone.now())
    subject = referral if kind == "f" else referral.concern

    def opened(last_day):
        token = make_token(purpose, subject_id=subject.pk, generation=1, expires_on=last_day)
        return client.get(f"/{kind}/{token}/")

    assert opened(today).status_code == 200
    ended = opened(today - timedelta(days=1))
    assert (ended.status_code, ended.content) == (404, client.get("/gibt-es-nicht/").content)


def test_the_status_page_is_for_its_holder_until_the_link_is_renewed(client, concern):
    address = status_address(concern)
    assert "Die Laterne ist aus." in client.get(address).content.decode()
    assert client.delete(address).status_code == 405

    Teller.objects.update(link_generation=2)

    assert client.get(address).status_code == 404


def test_a_place_outside_the_area_is_told_so_and_counts_all_the_same(client, quarter):
    outside = make_concern(quarter, place_kind=PlaceKind.POINT, latitude=51.2, longitude=12.2)
    inside = make_concern(quarter, place_kind=PlaceKind.POINT, latitude=51.34, longitude=12.41)

    assert client.get(status_address(outside)).context["is_outside"] is True
    assert client.get(status_address(inside)).context["is_outside"] is False


def test_taking_back_asks_first_and_happens_once(client, concern):
    address = status_address(concern)
    assert "asks_to_withdraw" in client.get(f"{address}?zurueckziehen").context
    assert Concern.objects.get().state == "new"

    assert client.post(address).headers["Location"] == address

    assert Concern.objects.get().state == "withdrawn"
    page = client.get(address)
    assert (page.status_code, page.context["may_withdraw"]) == (200, False)
    assert client.post(address).status_code == 409


def test_looking_at_the_confirmation_changes_nothing_pressing_does(client, concern):
    address = confirm_address(concern)
    assert client.get(address).context["is_done"] is False
    assert Teller.objects.get().email_confirmed_at is None

    assert client.post(address).context["is_done"] is True

    assert Teller.objects.get().email_confirmed_at is not None
    assert client.get(address).context["is_done"] is True


def test_an_address_that_was_not_confirmed_in_time_is_gone(client, concern):
    address = confirm_address(concern)
    drop_unconfirmed(now=timezone.now() + timedelta(days=5))

    page = client.post(address)

    assert page.status_code == 409
    assert "nicht rechtzeitig bestätigt" in page.context["sentence"]
    assert Teller.objects.get().email == ""


def test_a_body_does_not_read_who_signed_the_words(client, quarter, mira, body):
    words = "Die Laterne ist aus.\nNour Amari\nnour@example.org"
    concern = make_concern(quarter, words, name="Nour Amari", now=timezone.now())
    referral = make_referral(mira, concern, body, now=timezone.now())

    page = client.get(case_address(referral)).content.decode()

    assert "Die Laterne ist aus.\n[Name]\n[E-Mail-Adresse]</p>" in page
    assert "Amari" not in page
    assert "nour@" not in page


def test_a_body_reads_its_case_and_nothing_of_the_person(client, referral):
    page = client.get(case_address(referral))
    text = page.content.decode()
    assert "Die Laterne ist aus." in text
    assert "nour@example.org" not in text
    assert (page.headers["X-Robots-Tag"], page.context["may_reply"]) == ("noindex", True)
    assert Referral.objects.get().state == "sent"


@pytest.mark.parametrize(
    ("form", "state"),
    [
        ({"deed": "accept", "expected_on": "2099-01-02"}, "accepted"),
        ({"deed": "accept"}, "accepted"),
        ({"deed": "decline", "words": "Das macht die Stadtreinigung."}, "declined"),
        ({"deed": "answer", "words": "Die Lampe ist getauscht."}, "answered"),
        ({"deed": "answer", "words": "Getauscht.", "expected_on": "morgen"}, "answered"),
    ],
)
def test_a_body_replies(client, referral, form, state):
    address = case_address(referral)
    assert client.post(address, form).headers["Location"] == address
    assert Referral.objects.get().state == state


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "deed"),
        ({"deed": "decline", "words": " "}, "words"),
        ({"deed": "answer"}, "words"),
        ({"deed": "accept", "expected_on": "morgen"}, "expected_on"),
        ({"deed": "accept", "expected_on": "2020-01-02"}, "expected_on"),
    ],
)
def test_a_reply_that_says_nothing_is_explained(client, referral, form, field):
    page = client.post(case_address(referral), form)
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    assert Referral.objects.get().state == "sent"


def test_the_second_answer_is_refused_and_what_was_typed_stays(client, referral):
    address = case_address(referral)
    client.post(address, {"deed": "answer", "words": "Erste Antwort."})

    page = client.post(address, {"deed": "answer", "words": "Zweite Antwort."})

    assert page.status_code == 409
    assert "Zweite Antwort." in page.content.decode()
    assert Referral.objects.get().reply == "Erste Antwort."


@pytest.mark.parametrize(
    ("place", "point"),
    [
        ({"place_kind": PlaceKind.POINT, "latitude": 51.34, "longitude": 12.41}, "51.34,12.41"),
        ({"place_kind": PlaceKind.ADDRESS, "place_text": "Rosenweg 3"}, ""),
    ],
)
def test_a_body_sees_the_place_on_a_map_if_there_is_a_point(
    client, quarter, mira, body, place, point
):
    referral = make_referral(mira, make_concern(quarter, **place), body, now=timezone.now())
    assert client.get(case_address(referral)).context["point"] == point


def test_a_reply_on_what_the_office_does_itself_leaves_it_there_due_today(
    client, desk, quarter, referral
):
    concern = Concern.objects.select_related("dossier").get()
    form = {
        "version": concern.dossier.version,
        "scope": "ours",
        "due_on": (timezone.now() + timedelta(days=20)).date(),
    }
    desk.post(f"/buero/anliegen/{concern.dossier.reference}/zustaendigkeit/", form)

    client.post(case_address(referral), {"deed": "answer", "words": "Erledigt."})

    concern.refresh_from_db()
    assert (concern.state, concern.next_on) == ("ours", quarter.local_day(timezone.now()))
    waiting = desk.get("/buero/").context["replies"]
    assert [(reply.body.name, reply.reply) for reply in waiting] == [("Lichtwerk", "Erledigt.")]


def test_a_case_that_was_taken_back_is_no_longer_shown(client, mira, concern, referral):
    withdraw_concern(viewer=mira, concern=concern, version=None, now=timezone.now())
    assert client.get(case_address(referral)).status_code == 404


def test_the_status_page_tells_the_whole_way(client, mira, concern, referral):
    client.post(case_address(referral), {"deed": "answer", "words": "Erledigt."})
    concern.refresh_from_db()
    close_concern(
        viewer=mira,
        concern=concern,
        ending=Ending(Result.NOT_POSSIBLE, answer="Leider nicht.", reason="Kein Strom im Weg."),
        version=concern.dossier.version,
        now=timezone.now(),
    )

    steps = client.get(status_address(concern)).context["steps"]

    assert [(step.sentence, step.quote) for step in steps] == [
        ("Es ist bei uns eingegangen.", ""),
        ("Wir haben es an Lichtwerk gegeben.", ""),
        ("Lichtwerk hat uns geantwortet.", ""),
        ("Beantwortet: Es ist nicht möglich.", "Leider nicht.\n\nKein Strom im Weg."),
    ]
