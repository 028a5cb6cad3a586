"""Who follows what is new: found by the address, handed out, erased; the ledger keeps its lines."""

import json

import pytest
from django.utils import timezone

from quartiersladen.accounts.rules import link_viewer
from quartiersladen.accounts.states import LinkPurpose, Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.concerns.models import Following
from quartiersladen.concerns.released import Around
from quartiersladen.concerns.services.following import Wish, ask_to_follow, confirm_following
from quartiersladen.concerns.testing import make_concern
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.outbox.models import Mail
from quartiersladen.privacy import erasure
from quartiersladen.privacy.models import Consent
from quartiersladen.privacy.registry import Order
from quartiersladen.quarters.testing import NOON, make_quarter, make_theme
from tests.support.sign_in import signed_in_client

ADDRESS = "nour@example.org"


def follow(quarter, wish, email=ADDRESS):
    ask_to_follow(
        quarter=quarter, wish=wish, email=email, language="de", wording="Ja, bitte.", now=NOON
    )
    following = Following.objects.select_related("quarter").latest("pk")
    confirm_following(
        viewer=link_viewer(quarter.pk, LinkPurpose.FOLLOW_CONFIRM, following.pk),
        following=following,
        now=NOON,
    )
    return Following.objects.get(pk=following.pk)


def found(viewer, quarter, words):
    return [(row.key, row.detail) for row in erasure.find_people(viewer, quarter, words)]


def test_followers_are_found_by_their_address_in_their_quarter_alone(quarter, mira, ines):
    theme = make_theme(quarter, "licht")
    mine = follow(quarter, Wish(theme=theme))
    follow(quarter, Wish(), "anders@example.org")
    west = make_quarter("west")
    foreign = follow(west, Wish())

    assert found(mira, quarter, "NOUR@") == [(f"concerns.following:{mine.pk}", "Straßenlicht")]
    with pytest.raises(NotAllowed):
        erasure.find_people(ines, quarter, "nour")
    with pytest.raises(erasure.NobodyChosen):
        erasure.get_person(mira, quarter, [f"concerns.following:{foreign.pk}"])


def test_what_is_held_is_handed_out_with_both_moments(quarter):
    desk = signed_in_client(make_member(quarter, Role.MODERATOR, "Mo"))
    mine = follow(quarter, Wish(around=Around(51.34, 12.4, 500)))

    answer = desk.get("/buero/auskunft/person.json", {"wer": f"concerns.following:{mine.pk}"})

    sections = {
        section["key"]: section["records"] for section in json.loads(answer.content)["sections"]
    }
    [record] = sections["followings"]
    facts = {fact["key"]: fact["value"] for fact in record["facts"]}
    assert facts == {
        "email": ADDRESS,
        "language": "de",
        "point": "51.34, 12.4",
        "rhythm": "Einmal in der Woche, alles in einer E-Mail",
        "asked_on": "02.03.2026",
        "confirmed_on": "02.03.2026",
    }
    assert len(sections["consents"]) == 2


def test_erasing_ends_everything_that_the_address_follows(quarter, karla):
    theme = make_theme(quarter, "licht")
    chosen, other = follow(quarter, Wish(theme=theme)), follow(quarter, Wish())
    kept = follow(quarter, Wish(), "anders@example.org")
    rows = [f"concerns.following:{chosen.pk}"]
    plan = erasure.preview_erasure(karla, quarter, rows).lines
    assert [line.count for line in plan if "abonniert" in str(line.what)] == [2]

    erasure.erase_person(viewer=karla, quarter=quarter, rows=rows, order=Order(), now=NOON)

    assert list(Following.objects.all()) == [kept]
    assert Mail.objects.filter(to_address=ADDRESS).count() == 0
    for following in (chosen, other):
        lines = Consent.objects.filter(subject=following.consent_subject).order_by("pk")
        assert [line.step for line in lines] == ["asked", "given", "withdrawn"]
    # Once more is harmless, and leaves nobody to choose.
    with pytest.raises(erasure.NobodyChosen):
        erasure.erase_person(viewer=karla, quarter=quarter, rows=rows, order=Order(), now=NOON)


def test_a_teller_who_is_erased_follows_nothing_any_more(quarter, karla):
    concern = make_concern(quarter, "Es ist dunkel.", name="Nour", email="Nour@example.org")
    follow(quarter, Wish())

    erasure.erase_person(
        viewer=karla,
        quarter=quarter,
        rows=[f"concerns.teller:{concern.pk}"],
        order=Order(),
        now=timezone.now(),
    )

    assert Following.objects.count() == 0


def test_words_of_the_public_search_are_blackened_with_the_public_text(quarter, karla):
    concern = make_concern(quarter, "Frau Brandt sagt es.", name="Sabine Brandt")
    concern.is_released, concern.public_text = True, "Sabine Brandt sagt es."
    concern.public_words = "2026-0001 sabine brandt sagt es."
    concern.save()

    erasure.erase_person(
        viewer=karla,
        quarter=quarter,
        rows=[f"concerns.teller:{concern.pk}"],
        order=Order(),
        now=NOON,
    )

    concern.refresh_from_db()
    assert "Brandt" not in concern.public_text
    assert "brandt" not in concern.public_words
