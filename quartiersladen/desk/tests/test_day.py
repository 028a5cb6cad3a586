"""Today, search and the way to a dossier."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.timezone import localtime

from quartiersladen.accounts.models import User
from quartiersladen.accounts.rules import Viewer
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns.services.referrals import Ask, answer_referral, ask_again
from quartiersladen.concerns.testing import body_viewer, make_concern, make_referral
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.testing import make_body
from quartiersladen.dossiers.models import Dossier, FollowUp
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.services import deliver
from quartiersladen.outbox.states import MailState
from quartiersladen.quarters.testing import make_quarter

TODAY = "/buero/"
SEARCH = "/buero/suche/"


@pytest.fixture
def mira(quarter) -> Viewer:
    return viewer_of(make_member(quarter, Role.MODERATOR, "Mira"), quarter)


def make_due(concern, days: int) -> None:
    day = concern.quarter.local_day(timezone.now()) + timedelta(days=days)
    FollowUp.objects.filter(dossier=concern.dossier).update(due_on=day)


def test_today_shows_what_is_due_mine_first_and_nothing_that_is_not(desk, quarter):
    me = User.objects.get(name="Moderator")
    late, due, later, mine = (
        make_concern(quarter, text, now=timezone.now())
        for text in ("Spät", "Heute", "Bald", "Meins")
    )
    for concern, days in ((late, -3), (due, 0), (later, 1), (mine, 0)):
        make_due(concern, days)
    Dossier.objects.filter(pk=mine.pk).update(assigned_to=me)
    foreign = make_concern(make_quarter("west"), "Anderswo", now=timezone.now())
    make_due(foreign, -9)

    shown = desk.get(TODAY).context

    assert [item.follow_up.dossier.title for item in shown["mine"]] == ["Meins"]
    assert [item.follow_up.dossier.title for item in shown["others"]] == ["Spät", "Heute"]
    assert [concern.dossier.title for concern in shown["new"]] == [
        "Spät",
        "Heute",
        "Bald",
        "Meins",
    ]


def test_today_counts_how_often_a_body_was_asked_and_shows_replies(desk, quarter, mira):
    concern = make_concern(quarter, now=timezone.now())
    referral = make_referral(mira, concern, make_body(quarter), now=timezone.now())
    day = quarter.local_day(timezone.now())
    for _time in range(2):
        concern.refresh_from_db()
        referral.refresh_from_db()
        ask_again(
            viewer=mira,
            referral=referral,
            ask=Ask(Way.PHONE, "Zentrale"),
            ask_on=day,
            version=Dossier.objects.get().version,
            now=timezone.now(),
        )
    assert [item.asks for item in desk.get(TODAY).context["others"]] == [2]

    referral.refresh_from_db()
    answer_referral(
        viewer=body_viewer(referral), referral=referral, text="Erledigt.", now=timezone.now()
    )

    shown = desk.get(TODAY).context
    assert [reply.reply for reply in shown["replies"]] == ["Erledigt."]
    assert next(words for _entry, words, _who in shown["latest"]).startswith("Beantwortet von")


def test_today_says_which_mails_did_not_go(desk, quarter):
    make_concern(quarter, email="nour@example.org", now=timezone.now())
    assert desk.get(TODAY).context["waiting_mails"].number == 1
    Mail.objects.update(state=MailState.FAILED, last_error="550 unbekannt")
    shown = desk.get(TODAY).context
    assert [mail.to_address for mail in shown["failed_mails"]] == ["nour@example.org"]
    assert shown["waiting_mails"].number == 0


ALARM = "nimmt der Mailserver keine E-Mails an"


@pytest.mark.parametrize("page", [TODAY, "/buero/post/"])
def test_a_server_that_is_away_is_one_alarm_until_it_is_back(desk, quarter, smtp_sink, page):
    now = timezone.now()
    for number in range(3):
        make_concern(quarter, str(number), email=f"nour{number}@example.org", now=now)
    mails = list(Mail.objects.values_list("pk", flat=True))
    assert ALARM not in desk.get(page).content.decode()
    smtp_sink.refuse(421, "4.3.2 wir machen Pause")
    for pk in mails:
        deliver(mail_id=pk, now=now)

    text = desk.get(page).content.decode()

    assert (text.count(ALARM), text.count("wir machen Pause")) == (1, 1)
    words = " ".join(text.split())
    at, again = (localtime(when, quarter.zone) for when in (now, now + timedelta(minutes=1)))
    assert f"Seit {at:%H:%M} {ALARM}: 3 warten. Nächster Versuch: {again:%H:%M}." in words

    smtp_sink.accept()
    for pk in mails:
        deliver(mail_id=pk, now=now + timedelta(minutes=1))
    text = desk.get(page).content.decode()
    assert (text.count(ALARM), text.count("wir machen Pause")) == (0, 0)
    assert desk.get(page).context["waiting_mails"].number == 0


def test_an_outage_since_yesterday_says_the_day_and_a_refusal_of_some_is_one_line(
    desk, quarter, smtp_sink
):
    yesterday = timezone.now() - timedelta(days=1)
    make_concern(quarter, email="nour@example.org", now=yesterday)
    smtp_sink.refuse(421)
    deliver(mail_id=Mail.objects.get().pk, now=yesterday)
    at = localtime(yesterday, quarter.zone)
    assert f"Seit {at:%d.%m.%Y %H:%M} {ALARM}" in desk.get(TODAY).content.decode()

    smtp_sink.refuse(451, "grey list")
    deliver(mail_id=Mail.objects.get().pk, now=timezone.now())

    text = " ".join(desk.get(TODAY).content.decode().split())
    assert (ALARM in text, text.count("vorerst abgelehnt")) == (False, 1)


def test_everybody_lands_where_their_work_is(client, browser_of, quarter):
    assert client.get(TODAY).headers["Location"] == "/anmelden/?next=/buero/"
    places = {role: browser_of(role).get(TODAY) for role in Role}
    assert {role: page.headers.get("Location", "") for role, page in places.items()} == {
        Role.LEAD: "",
        Role.MODERATOR: "",
        Role.HELPER: "",
        Role.ADMINISTRATOR: "/buero/einstellungen/",
        **dict.fromkeys(
            set(Role) - {Role.LEAD, Role.MODERATOR, Role.HELPER, Role.ADMINISTRATOR}, "/"
        ),
    }


def test_today_needs_the_same_number_of_statements_for_ten_and_a_hundred(
    desk, quarter, django_assert_max_num_queries
):
    counts = []
    for number in (10, 100):
        for n in range(number):
            make_due(make_concern(quarter, f"{number} {n}", now=timezone.now()), -1)
        with django_assert_max_num_queries(14) as caught:
            assert desk.get(TODAY).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Laterne in der Lindenstraße", "strasse"),
        ("Frau Müller fragt nach", "muller"),
        ("Der Sperrmüll liegt dort", "müll"),
        ("Kinderspielplatz gesperrt", "spielplatz"),
    ],
)
def test_words_are_found_as_people_type_them(desk, quarter, text, words):
    make_concern(quarter, text)
    make_concern(quarter, "Etwas anderes")

    shown = desk.get(SEARCH, {"q": words}).context["hits"]

    assert [hit.title for hit, _marked in shown] == [text]
    assert shown[0][1].count("<mark>") == 1


def test_a_title_is_never_markup(desk, quarter):
    make_concern(quarter, "<script>alert(1)</script> Laterne")
    page = desk.get(SEARCH, {"q": "laterne"}).content.decode()
    assert "<script>alert" not in page
    assert "<mark>Laterne</mark>" in page


def test_a_number_leads_straight_to_it(desk, quarter):
    concern = make_concern(quarter)
    foreign = make_concern(make_quarter("west"))
    number = concern.dossier.reference
    path = f"/buero/anliegen/{number}/"
    assert desk.get(SEARCH, {"q": f" {number} "}).headers["Location"] == path
    assert desk.get(f"/buero/vorgang/{number}/").headers["Location"] == path
    assert desk.get("/buero/vorgang/2026-9999/").status_code == 404
    assert foreign.dossier.reference == number  # each quarter counts for itself


def test_short_words_and_no_words_are_no_search(desk, quarter):
    make_concern(quarter)
    assert desk.get(SEARCH).context["hits"] == []
    short = desk.get(SEARCH, {"q": "la"}).context
    assert (short["hits"], short["is_too_short"]) == ([], True)


def test_more_hits_than_fit_are_said(desk, quarter):
    for n in range(51):
        make_concern(quarter, f"Laterne {n}")
    shown = desk.get(SEARCH, {"q": "laterne"}).context
    assert (len(shown["hits"]), shown["has_more"]) == (50, True)
