""" "Me too": one press, counted by a cookie, with or without an address."""

import re
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from quartiersladen.accounts.rules import link_viewer
from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.concerns.letters import voice_link
from quartiersladen.concerns.models import Concern, Voice
from quartiersladen.concerns.privacy import HOLDER
from quartiersladen.concerns.queries.voices import public_voice_count, voice_count
from quartiersladen.concerns.services import forgetting, life, voices
from quartiersladen.concerns.services.voices import AddressOfVoiceGone
from quartiersladen.concerns.states import AnswerWay, ConcernState, Result, Witness
from quartiersladen.concerns.tasks import drop_unconfirmed, tell_voices
from quartiersladen.concerns.testing import make_concern
from quartiersladen.concerns.tests.test_similar import show
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.kernel.links import make_token
from quartiersladen.outbox.models import Mail
from quartiersladen.privacy.registry import Identity, Order, Person
from quartiersladen.quarters.testing import NOON, make_quarter


@pytest.fixture(autouse=True)
def _at_home(quarter):
    cache.clear()


@pytest.fixture
def shown(quarter, mira):
    """A released open concern."""
    return show(mira, make_concern(quarter, now=NOON))


def path(concern) -> str:
    return f"/anliegen/{concern.dossier.reference}/"


def say(concern, cookie="a", email="", *, language="de", now=NOON) -> Any:
    return voices.add_voice(
        concern=concern, cookie=cookie, email=email, language=language, now=now
    )


def holder(voice):
    return link_viewer(voice.concern.quarter_id, LinkPurpose.VOICE, voice.pk)


def confirmed(concern, cookie, email, *, language="de") -> Voice:
    voice: Voice = say(concern, cookie, email, language=language)
    voices.confirm_voice(viewer=holder(voice), voice=voice, now=NOON)
    return voice


def own_page(voice) -> str:
    link = voice_link(voice)
    token = make_token(
        link.purpose, subject_id=link.subject_id, generation=link.generation, expires_on=None
    )
    return link.path.format(token=token)


def close(viewer, concern):
    concern.refresh_from_db()
    concern.dossier.refresh_from_db()
    life.close_concern(
        viewer=viewer,
        concern=concern,
        ending=life.Ending(Result.FIXED, "Sie leuchtet wieder.", witness=Witness.OFFICE),
        version=concern.dossier.version,
        now=NOON,
    )


def answers() -> list[tuple[str, str]]:
    """The mails to voices behind the first one, in which the address is confirmed."""
    rows = Mail.objects.filter(kind="voice").exclude(text__contains="72")
    return list(rows.order_by("pk").values_list("to_address", "subject"))


# --- One press -----------------------------------------------------------------------------------
def test_one_press_counts_once_per_browser(client, shown):
    pressed = [client.post(f"{path(shown)}stimme/") for _press in range(2)]

    assert [page.status_code for page in pressed] == [302, 302]
    assert pressed[0]["Location"] == f"{path(shown)}?stimme=gezaehlt#stimme"
    cookie = client.cookies["stimme"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    voice = Voice.objects.get()
    assert voice.cookie_hash == sha256(cookie.value.encode()).hexdigest()
    assert (voice.email, Mail.objects.count()) == ("", 0)
    assert "Ihre Stimme zählt" in client.get(pressed[0]["Location"]).content.decode()


def test_the_count_is_public_from_three(client, shown):
    for n in range(2):
        say(shown, f"{n}")
    assert (voice_count(shown), public_voice_count(shown)) == (2, 0)
    assert "das Gleiche gesagt" not in client.get(path(shown)).content.decode()

    say(shown, "3")
    assert "3 Menschen haben uns das Gleiche gesagt" in client.get(path(shown)).content.decode()


@pytest.mark.parametrize("state", ["hidden", "closed", "withdrawn", "unknown"])
def test_what_nobody_can_read_or_nobody_works_on_takes_no_voice(
    client, quarter, mira, shown, state
):
    address = f"{path(shown)}stimme/"
    if state == "hidden":
        Concern.objects.update(is_released=False, public_latitude=None, public_longitude=None)
    elif state == "closed":
        close(mira, shown)
    elif state == "withdrawn":
        life.withdraw_concern(viewer=mira, concern=shown, version=shown.dossier.version, now=NOON)
    else:
        address = "/anliegen/2026-9999/stimme/"

    assert (client.post(address).status_code, Voice.objects.count()) == (404, 0)
    assert client.get(address).status_code == 405


def test_the_service_takes_no_voice_for_what_is_not_released(quarter):
    with pytest.raises(NotAllowed):
        say(make_concern(quarter))


def test_a_program_is_not_counted_and_not_told(client, shown):
    page = client.post(f"{path(shown)}stimme/", {"website": "x"})

    assert (page.status_code, Voice.objects.count()) == (302, 0)


def test_a_wrong_address_is_explained_where_it_was_typed(client, shown):
    for email in ("keine", "jürgen@example.org"):
        page = client.post(f"{path(shown)}stimme/", {"email": email})
        assert (page.status_code, "email" in page.context["voice_form"].errors) == (422, True)
    assert Voice.objects.count() == 0


def test_a_flood_of_voices_ends(client, settings, shown):
    settings.REPORTS_PER_HOUR = 2
    statuses = []
    for _n in range(3):
        client.cookies.clear()
        statuses.append(client.post(f"{path(shown)}stimme/").status_code)

    assert (statuses, Voice.objects.count()) == ([302, 302, 429], 2)


# --- With an address -----------------------------------------------------------------------------
def test_an_address_is_asked_once_and_confirmed_by_a_press(client, shown):
    client.post(f"{path(shown)}stimme/?lang=tr", {"email": "nachbarin@example.org"})

    voice = Voice.objects.get()
    mail = Mail.objects.get()
    assert (mail.to_address, mail.language, mail.kind) == ("nachbarin@example.org", "tr", "voice")
    assert shown.text not in mail.text
    looked = client.get(own_page(voice))
    assert (looked.status_code, looked.headers["X-Robots-Tag"]) == (200, "noindex")
    voice.refresh_from_db()
    assert voice.email_confirmed_at is None

    for _press in range(2):
        assert client.post(own_page(voice)).status_code == 200
    voice.refresh_from_db()
    assert voice.email_confirmed_at is not None


def test_who_pressed_first_can_leave_an_address_later(shown):
    first = say(shown)
    later = say(shown, email="spaet@example.org")

    assert (first.pk, later.pk) == (later.pk, first.pk)
    assert say(shown, email="anders@example.org") is None
    assert [mail.to_address for mail in Mail.objects.all()] == ["spaet@example.org"]


def test_the_same_address_from_another_browser_gets_no_second_mail(shown):
    say(shown, "a", "eine@example.org")

    assert say(shown, "b", "eine@example.org") is None
    assert (Voice.objects.count(), Mail.objects.count()) == (1, 1)


def test_nobody_fills_the_letter_box_of_somebody_else(client, quarter, mira):
    cases = [show(mira, make_concern(quarter, f"Bank {number}")) for number in range(5)]

    for number, concern in enumerate(cases):
        Client().post(f"{path(concern)}stimme/", {"email": f"{'Opfer' if number % 2 else 'opfer'}@example.org"})  # fmt: skip

    assert Voice.objects.count() == len(cases)
    assert set(Voice.objects.values_list("email", flat=True)) == {"opfer@example.org"}
    assert Mail.objects.filter(kind="voice").count() == 3


def test_a_voice_is_taken_back_with_its_mails(client, shown):
    voice = confirmed(shown, "a", "weg@example.org")

    page = client.post(own_page(voice), {"zurueck": "1"})

    assert (page.status_code, page.context["is_gone"]) == (200, True)
    assert Voice.objects.count() == 0
    assert set(Mail.objects.values_list("to_address", flat=True)) == {""}
    assert client.get(own_page(voice)).status_code == 404


def test_only_the_own_link_opens_a_voice(client, quarter, shown):
    voice = confirmed(shown, "a", "a@example.org")
    other = say(shown, "b", "b@example.org")

    with pytest.raises(NotAllowed):
        voices.confirm_voice(viewer=holder(voice), voice=other, now=NOON)
    with pytest.raises(NotAllowed):
        voices.take_back_voice(viewer=holder(voice), voice=other)
    west = make_quarter("west")
    assert client.get(f"/q/{west.slug}{own_page(voice)}").status_code == 404
    assert client.get("/stimme/unsinn/").status_code == 404


def test_an_address_that_nobody_confirms_goes_and_the_voice_stays(client, shown):
    since = timezone.now() - timedelta(hours=73)
    old = say(shown, "a", "alt@example.org", now=since)
    fresh = say(shown, "b", "neu@example.org", now=timezone.now())
    kept = confirmed(shown, "c", "bleibt@example.org")

    drop_unconfirmed()

    emails = dict(Voice.objects.values_list("pk", "email"))
    assert emails == {old.pk: "", fresh.pk: "neu@example.org", kept.pk: "bleibt@example.org"}
    assert not Mail.objects.filter(to_address="alt@example.org").exists()
    gone = client.post(own_page(old))
    assert (gone.status_code, str(AddressOfVoiceGone.sentence) in gone.content.decode()) == (
        409,
        True,
    )


# --- The answer ----------------------------------------------------------------------------------
def test_confirmed_voices_get_the_answer_once_in_their_language(quarter, mira, shown):
    confirmed(shown, "a", "deutsch@example.org")
    confirmed(shown, "b", "turk@example.org", language="tr")
    say(shown, "c", "unbestaetigt@example.org")
    say(shown, "d")
    close(mira, shown)

    for _run in range(2):
        tell_voices(shown.pk)

    number = shown.dossier.reference
    assert answers() == [
        ("deutsch@example.org", f"Anliegen Nr. {number}: die Antwort"),
        ("turk@example.org", f"{number} numaralı bildirim: yanıt"),
    ]
    assert (
        "Sie leuchtet wieder."
        in Mail.objects.get(to_address="turk@example.org", subject__contains="yanıt").text
    )


def test_who_told_it_gets_one_mail_only(quarter, mira):
    concern = make_concern(quarter, way=AnswerWay.MAIL, email="ich@example.org", now=NOON)
    concern.teller.email_confirmed_at = NOON
    concern.teller.save()
    show(mira, concern)
    confirmed(concern, "a", "Ich@example.org")
    close(mira, concern)

    tell_voices(concern.pk)

    assert answers() == []
    assert Mail.objects.filter(to_address__iexact="ich@example.org", kind="teller").count() == 1


def test_taken_up_again_and_answered_again_is_told_again(mira, shown):
    confirmed(shown, "a", "a@example.org")
    close(mira, shown)
    tell_voices(shown.pk)
    shown.refresh_from_db()
    life.reopen_concern(
        viewer=mira,
        concern=shown,
        why="wieder aus",
        version=shown.dossier.version,
        now=NOON,
    )
    tell_voices(shown.pk)
    assert len(answers()) == 1

    close(mira, shown)
    tell_voices(shown.pk)
    assert len(answers()) == 2


@pytest.mark.parametrize("is_joined", [False, True])
def test_an_address_confirmed_after_the_end_is_told_at_once(quarter, mira, shown, is_joined):
    said_to = show(mira, make_concern(quarter, now=NOON)) if is_joined else shown
    late = say(said_to, "a", "spaet@example.org")
    early = confirmed(said_to, "b", "frueh@example.org")
    if is_joined:
        Concern.objects.filter(pk=said_to.pk).update(state="joined", leader=shown, closed_at=NOON)
    close(mira, shown)
    tell_voices(shown.pk)
    OrmQ.objects.all().delete()

    for voice in (late, late, early):
        found = Voice.objects.select_related("concern").get(pk=voice.pk)
        voices.confirm_voice(viewer=holder(voice), voice=found, now=NOON)

    [job] = [one.task for one in OrmQ.objects.all()]
    assert (job["func"], job["args"]) == (voices.TELL, (shown.pk,))
    tell_voices(*job["args"])
    assert [to for to, _subject in answers()] == ["frueh@example.org", "spaet@example.org"]


def test_an_address_confirmed_before_the_end_waits_for_it(mira, shown):
    late = say(shown, "a", "spaet@example.org")
    OrmQ.objects.all().delete()

    voices.confirm_voice(viewer=holder(late), voice=late, now=NOON)

    assert OrmQ.objects.count() == 0


def test_without_a_voice_nothing_is_queued(mira, shown, django_assert_num_queries):
    close(mira, shown)

    assert voices.tell_voices(concern_id=shown.pk, now=NOON) == 0


def test_what_is_not_public_any_more_is_not_quoted(mira, shown):
    confirmed(shown, "a", "a@example.org")
    close(mira, shown)
    Concern.objects.update(is_released=False, public_latitude=None, public_longitude=None)

    tell_voices(shown.pk)

    mail = Mail.objects.get(subject__endswith="die Antwort")
    assert ("leuchtet" in mail.text, "[[link:voice]]" in mail.text) == (False, True)


# --- How long ------------------------------------------------------------------------------------
def test_the_contact_rule_forgets_who_it_was_and_keeps_the_number(client, quarter, mira, shown):
    voice = confirmed(shown, "a", "a@example.org")
    close(mira, shown)
    before = NOON + timedelta(days=181)

    gone = forgetting.let_contact_go(quarter=quarter, before=before, limit=10, now=before)
    again = forgetting.let_contact_go(quarter=quarter, before=before, limit=10, now=before)

    voice.refresh_from_db()
    assert (gone, again, voice.email, voice.cookie_hash) == (1, 0, "", f"gone-{voice.pk}")
    assert voice_count(shown) == 1
    assert not re.search("a@example.org", str(list(Mail.objects.values())))
    assert client.get(own_page(Voice(pk=voice.pk, link_generation=1))).status_code == 404


def test_a_voice_is_found_handed_out_and_erased_by_its_address(quarter, mira, hao, shown):
    voice = confirmed(shown, "a", "Sucht@example.org")
    other = confirmed(shown, "b", "andere@example.org")
    key = f"concerns.voice:{voice.pk}"

    found = HOLDER.find(mira, "sucht@example")
    assert [(one.key, one.name) for one in found] == [(key, "Sucht@example.org")]
    assert HOLDER.find(hao, "sucht@example") == []
    identity = HOLDER.recognise(mira, frozenset({key, "concerns.voice:x"}))
    assert identity == Identity(emails=frozenset({voice.email}), rows=frozenset({key}))
    assert HOLDER.recognise(hao, frozenset({key})) == Identity()

    person = Person(quarter, identity)
    section = next(one for one in HOLDER.sections(mira, person) if one.key == "voices")
    assert [fact.key for fact in section.records[0].facts] == ["email", "on", "confirmed"]
    line = next(one for one in HOLDER.plan(person) if one.count == 1)
    assert line.fate == "goes"

    HOLDER.erase(person, Order(), NOON)
    assert list(Voice.objects.all()) == [other]


def test_it_reads_as_a_sentence(shown):
    assert str(say(shown)) == f"{shown.pk} {NOON:%Y-%m-%d}"
    assert Concern.objects.get().state == ConcernState.NEW
