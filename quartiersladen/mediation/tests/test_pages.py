"""The page of a mediation and its deeds through HTTP; without scripts."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.testing import make_concern
from quartiersladen.dossiers.models import FollowUp
from quartiersladen.dossiers.queries import readings_of
from quartiersladen.mediation.models import Mediation, Party, Step
from quartiersladen.mediation.states import Side
from quartiersladen.mediation.testing import (
    agree,
    make_mediation,
    make_party,
    make_talk,
)
from tests.support.pdf import page_texts
from tests.support.sign_in import signed_in_client


@pytest.fixture
def concern(quarter):
    """Somebody cannot sleep, told a week ago."""
    return make_concern(
        quarter, "Im Hof ist es nachts laut.", now=timezone.now() - timedelta(days=7)
    )


@pytest.fixture
def mediation(mira, concern):
    """Begun a minute ago."""
    return make_mediation(mira, concern, now=timezone.now())


@pytest.fixture
def sides(mira, mediation):
    """Two parties."""
    now = timezone.now()
    return [
        make_party(mira, mediation, "Frau Sommer", phone="030 23125 101", now=now),
        make_party(mira, mediation, "Mieter 2. OG", Side.B, now=now),
    ]


def at(name, concern, *keys):
    return reverse(f"mediation:{name}", args=[concern.dossier.reference, *keys])


def day(days=0):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def send(desk, deed, mediation, *keys, **data):
    """Send a deed with the version as it is stored."""
    dossier = mediation.concern.dossier
    dossier.refresh_from_db(fields=["version"])
    return desk.post(at(deed, mediation.concern, *keys), {"version": dossier.version, **data})


def test_the_page_of_a_concern_without_one_says_what_happens(desk, concern):
    page = desk.get(at("page", concern)).content.decode()

    assert "Mit diesem Schritt wird das Anliegen vertraulich." in page
    assert f'action="{at("begin", concern)}"' in page


def test_a_mediation_begins_from_the_page(desk, concern):
    answer = desk.post(
        at("begin", concern),
        {
            "version": concern.dossier.version,
            "begun_on": day(),
            "next_kind": "first",
            "next_on": day(2),
        },
    )

    assert (answer.status_code, answer["Location"]) == (302, at("page", concern))
    assert Mediation.objects.get().concern == concern
    assert Concern.objects.get().dossier.is_confidential


def test_wrong_input_keeps_what_was_typed(desk, concern):
    sent = {"version": concern.dossier.version, "begun_on": day(3), "next_kind": "shuttle"}
    answer = desk.post(at("begin", concern), {**sent, "next_on": day(2)})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "Dieser Tag kommt erst noch." in page
    assert f'value="{day(3)}"' in page
    assert '<option value="shuttle" selected>' in page
    assert Mediation.objects.count() == 0


def test_a_faster_colleague_keeps_what_was_typed(desk, mediation):
    version = mediation.concern.dossier.version - 1
    answer = desk.post(
        at("party", mediation.concern),
        {"version": version, "name": "Frau Sommer", "side": "c", "contact": "Hof, links"},
    )
    page = answer.content.decode()

    assert answer.status_code == 409
    assert 'value="Frau Sommer"' in page
    assert 'value="Hof, links"' in page
    assert f'name="version" value="{version + 1}"' in page
    assert Party.objects.count() == 0


def test_it_begins_once_on_a_concern(desk, mediation):
    answer = send(desk, "begin", mediation, begun_on=day(), next_kind="first", next_on=day(2))
    assert answer.status_code == 409
    assert "läuft schon eine Vermittlung" in answer.content.decode()


def test_a_closed_concern_offers_none(desk, mira, concern):
    Concern.objects.update(state="withdrawn", next_on=None)
    page = desk.get(at("page", concern)).content.decode()
    assert at("begin", concern) not in page
    answer = desk.post(
        at("begin", concern),
        {
            "version": concern.dossier.version,
            "begun_on": day(),
            "next_kind": "first",
            "next_on": day(2),
        },
    )
    assert answer.status_code == 409


def test_the_whole_way(desk, mediation):
    """Parties, talks, agreement, look, end: one deed after the other, as the page sends them."""
    first = Step.objects.get()
    sides = [
        {"name": "Frau Sommer", "side": "a", "needs_interpreter": "on"},
        {"name": "Mieter 2. OG", "side": "b"},
    ]
    for data in sides:
        assert send(desk, "party", mediation, **data).status_code == 302
    one, two = Party.objects.order_by("number")
    for name, keys, data in [
        ("change", (two.pk,), {"name": "Familie Herbst", "side": "b", "language": "Farsi"}),
        ("answer", (one.pk,), {"answer": "agreed", "on": day()}),
        (
            "done",
            (first.pk,),
            {
                "kind": "first",
                "on": day(),
                "minutes": "40",
                "parties": [one.pk],
                "notes": "Sie schläft schlecht.",
                "next_kind": "joint",
                "next_on": day(4),
            },
        ),
        ("talk", (), {"kind": "call", "on": day(), "minutes": "10", "parties": [two.pk]}),
        ("plan", (), {"next_kind": "separate", "next_on": day(1)}),
        ("agreement", (), {"text": "Nach 22 Uhr ist Ruhe.", "check_on": day(28)}),
        ("consent", (one.pk,), {"consent": "signed", "on": day()}),
        ("consent", (two.pk,), {"consent": "orally", "on": day()}),
        ("look", (), {"holding": "holds", "note": "Ruhe."}),
        ("end", (), {"state": "agreed", "note": "Gut."}),
    ]:
        answer = send(desk, name, mediation, *keys, **data)
        assert (name, answer.status_code) == (name, 302)
    page = desk.get(at("page", mediation.concern)).content.decode()

    stored = Mediation.objects.get()
    assert (stored.state, stored.holding) == ("agreed", "holds")
    assert list(Step.objects.order_by("pk").values_list("state", "minutes")) == [
        ("done", 40),
        ("called_off", None),
        ("done", 10),
        ("called_off", None),
    ]
    assert list(Party.objects.order_by("number").values_list("state", "consent")) == [
        ("agreed", "signed"),
        ("agreed", "orally"),
    ]
    assert FollowUp.objects.get(done_at=None).reason == "work"
    assert "Sie haben sich geeinigt." in page
    assert reverse("concerns:close", args=[mediation.concern.dossier.reference]) in page


def test_after_the_end_a_look_asks_for_no_next_step(desk, mira, mediation, sides):
    agree(mira, mediation, *sides, now=timezone.now())
    send(desk, "end", mediation, state="agreed")
    page = desk.get(f"{at('page', mediation.concern)}?tat=look").content.decode()

    assert ('name="holding"' in page, 'name="next_on"' in page) == (True, False)
    assert send(desk, "look", mediation, holding="broken").status_code == 302
    assert Mediation.objects.get().holding == "broken"


def test_what_is_planned_can_be_called_off_and_what_was_done_corrected(desk, mira, mediation):
    first = Step.objects.get()
    talk = make_talk(mira, mediation, now=timezone.now())

    off = send(desk, "off", mediation, first.pk, next_kind="call", next_on=day(1))
    correct = send(
        desk, "correct", mediation, talk.pk, kind="call", on=day(), minutes="5", notes="Kurz."
    )

    assert (off.status_code, correct.status_code) == (302, 302)
    assert Step.objects.get(pk=first.pk).state == "called_off"
    assert Step.objects.get(pk=talk.pk).notes == "Kurz."


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"next_kind": "call"}, "Bitte wählen Sie einen Tag für den nächsten Schritt."),
        ({"next_on": "2030-01-02"}, "Bitte wählen Sie, was als Nächstes kommt."),
        ({}, "Bitte planen Sie den nächsten Schritt mit seinem Tag."),
        ({"next_kind": "call", "next_on": "2020-01-02"}, "muss heute oder später sein"),
    ],
)
def test_a_next_step_is_whole(desk, mediation, data, words):
    answer = send(desk, "off", mediation, Step.objects.get().pk, **data)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Step.objects.get().state == "planned"


def test_a_party_is_erased_from_the_page(desk, mediation, sides):
    unsure = send(desk, "erase", mediation, sides[0].pk)
    sure = send(desk, "erase", mediation, sides[0].pk, is_meant="on")
    page = desk.get(at("page", mediation.concern)).content.decode()

    assert (unsure.status_code, sure.status_code) == (422, 302)
    assert "Sommer" not in page
    assert at("erase", mediation.concern, sides[0].pk) not in page


def test_every_deed_unfolds_by_its_word_in_the_address(desk, mira, mediation, sides):
    agree(mira, mediation, now=timezone.now())
    talk = make_talk(mira, mediation, *sides, now=timezone.now())
    planned = Step.objects.get(state="planned")
    path = at("page", mediation.concern)
    names = [
        *("party", "talk", "plan", "agreement", "look", "end"),
        *(f"{kind}-{sides[0].pk}" for kind in ("answer", "consent", "change", "erase")),
        *(f"{kind}-{planned.pk}" for kind in ("done", "off")),
        f"correct-{talk.pk}",
    ]

    for name in names:
        page = desk.get(f"{path}?tat={name}").content.decode()
        assert page.count("<form") == 1 + desk.get(path).content.decode().count("<form"), name
        assert f'id="{name}"' in page


def test_an_earlier_one_can_be_read_and_another_begun(desk, mira, mediation):
    Mediation.objects.update(state="none", ended_on=mediation.begun_on, end_note="Erste Runde")
    path = at("page", mediation.concern)
    assert "?tat=begin" in desk.get(path).content.decode()
    assert at("begin", mediation.concern) in desk.get(f"{path}?tat=begin").content.decode()
    mediation.concern.dossier.refresh_from_db()
    second = make_mediation(mira, mediation.concern, now=timezone.now())

    now, earlier = (desk.get(p).content.decode() for p in (path, f"{path}?von={mediation.pk}"))

    assert ("Erste Runde" in now, "Erste Runde" in earlier) == (False, True)
    assert f"?von={mediation.pk}" in now
    assert desk.get(f"{path}?tat=begin").content.decode().count(at("begin", second.concern)) == 0
    assert desk.get(f"{path}?von={second.pk + 1}").status_code == 404


def test_the_agreement_is_printed_with_a_line_for_everybody(desk, mira, mediation, sides):
    path = at("agreement_pdf", mediation.concern)
    assert desk.get(path).status_code == 404
    third = make_party(mira, mediation, "Herr Lenz", Side.BETWEEN, now=timezone.now())
    Party.objects.filter(pk=third.pk).update(state="declined", answered_on=day())
    agree(mira, mediation, sides[0], text="Nach 22 Uhr\nist Ruhe.", now=timezone.now())

    answer = desk.get(path)
    [words] = page_texts(answer.content)

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == (
        f'inline; filename="vereinbarung-{mediation.concern.dossier.reference}.pdf"'
    )
    for part in ("Vereinbarung", "Frau Sommer", "Mieter 2. OG", "ist Ruhe.", "Mira"):
        assert part in words
    assert words.count("Ort, Tag, Unterschrift") == 2
    assert "Lenz" not in words


def test_an_agreement_without_a_day_to_ask_is_printed_too(desk, mira, mediation, sides):
    agree(mira, mediation, check_in=None, now=timezone.now())
    [words] = page_texts(desk.get(at("agreement_pdf", mediation.concern)).content)
    assert "fragen" not in words


def test_reading_is_written_down(desk, mira, mediation, sides):
    agree(mira, mediation, now=timezone.now())
    desk.get(at("page", mediation.concern))
    desk.get(at("agreement_pdf", mediation.concern))

    read = [(line.who, line.what) for line in readings_of(mira, mediation.concern.dossier)]
    assert sorted(read) == [("Mira", "mediation"), ("Mira", "paper")]


def paths(mediation, party, step):
    concern = mediation.concern
    alone = ("page", "agreement_pdf")
    posts = ("begin", "party", "plan", "talk", "agreement", "look", "end")
    return [
        *((at(name, concern), "get") for name in alone),
        *((at(name, concern), "post") for name in posts),
        *(
            (at(name, concern, party.pk), "post")
            for name in ("change", "answer", "consent", "erase")
        ),
        *((at(name, concern, step.pk), "post") for name in ("done", "off", "correct")),
    ]


@pytest.mark.parametrize("who", ["ida", "lena", "tom", "client", "admin"])
def test_for_everybody_else_nothing_is_there(people, mira, mediation, sides, who):
    agree(mira, mediation, now=timezone.now())
    browser = signed_in_client(people[who])

    for path, method in paths(mediation, sides[0], Step.objects.get()):
        answer = getattr(browser, method)(path, {"version": 99})
        assert (path, answer.status_code) == (path, 404)


def test_without_a_sign_in_it_leads_to_the_sign_in(client, mediation):
    answer = client.get(at("page", mediation.concern))
    assert (answer.status_code, "/anmelden/" in answer["Location"]) == (302, True)


def test_parties_and_steps_of_others_are_missing(desk, mira, quarter, mediation, sides):
    other = make_mediation(mira, make_concern(quarter, "Anderes"), now=timezone.now())
    stranger = make_party(mira, other, now=timezone.now())
    talk = make_talk(mira, other, now=timezone.now())

    assert send(desk, "answer", mediation, stranger.pk).status_code == 404
    assert send(desk, "done", mediation, talk.pk).status_code == 404
    assert send(desk, "done", mediation, 0).status_code == 404


def test_deeds_before_the_beginning_are_missing(desk, concern):
    assert desk.post(at("plan", concern), {"version": 1}).status_code == 404


def test_the_page_of_the_concern_leads_there(desk, mira, mediation, quarter):
    plain = make_concern(quarter, "Eine Lampe", submission_key=uuid4())
    shown = {
        concern.pk: desk.get(reverse("concerns:office_detail", args=[concern.dossier.reference]))
        for concern in (plain, mediation.concern)
    }

    assert "Vermittlung beginnen" in shown[plain.pk].content.decode()
    assert at("page", mediation.concern) in shown[mediation.concern.pk].content.decode()
    journal = shown[mediation.concern.pk].content.decode()
    assert "Vermittlung begonnen am" in journal


@pytest.mark.parametrize("count", [1, 10])
def test_the_page_takes_the_same_statements_however_long_it_is(
    desk, mira, mediation, count, django_assert_num_queries
):
    now = timezone.now()
    for number in range(count):
        make_talk(mira, mediation, make_party(mira, mediation, f"P {number}", now=now), now=now)
    path = at("page", mediation.concern)
    desk.get(path)  # writes that it was read
    with django_assert_num_queries(11):
        desk.get(path)
