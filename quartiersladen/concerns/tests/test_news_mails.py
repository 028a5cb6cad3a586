"""Mails about what is new: once, only what everybody may see, with a way out in each."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from django.conf import settings as django_settings
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from quartiersladen.concerns.models import Concern, Following
from quartiersladen.concerns.released import Around
from quartiersladen.concerns.services.following import Wish, last_monday, send_news, tell
from quartiersladen.concerns.services.questions import ask_person
from quartiersladen.concerns.services.release import conceal_concern
from quartiersladen.concerns.states import Rhythm
from quartiersladen.concerns.tasks import send_news as job
from quartiersladen.concerns.tests.test_feed import take_on
from quartiersladen.concerns.tests.test_following import confirmed
from quartiersladen.concerns.tests.test_joining import join
from quartiersladen.concerns.tests.test_public_filters import EAST, WEST, area, show
from quartiersladen.dossiers.models import Dossier
from quartiersladen.dossiers.services.journal import note
from quartiersladen.dossiers.states import Audience
from quartiersladen.outbox.frame import build
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.tasks import sweep
from quartiersladen.quarters.models import District
from quartiersladen.quarters.testing import NOON, make_quarter, make_theme

BEFORE = NOON - timedelta(days=3)  # Friday: then people began to follow
MONDAY = datetime(2026, 3, 9, 7, 30, tzinfo=UTC)  # half past eight in Leipzig
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _new_hour(db):
    caches["counts"].clear()


def news(**wanted):
    return list(Mail.objects.filter(kind="follow", **wanted).order_by("pk"))


def plain(mail):
    return build(mail).get_body(("plain",)).get_content()


# --- Weekly ----------------------------------------------------------------------------------------
def test_on_monday_one_mail_tells_what_is_new_and_what_became_of_the_rest(quarter, mira):
    old = show(mira, quarter, "Bank", now=BEFORE - DAY)
    confirmed(quarter, now=BEFORE)
    show(mira, quarter, "Lampe", now=NOON)
    take_on(mira, old, NOON)
    note(viewer=mira, dossier=old.dossier, text="Nur für uns", now=NOON)

    assert send_news(quarter=quarter, now=MONDAY) == 1

    [mail] = news()
    assert (mail.to_address, mail.subject) == ("nour@example.org", "Neues: alles im Quartier")
    text = plain(mail)
    lamp, bank = Dossier.objects.order_by("-pk").values_list("reference", flat=True)
    assert f"Neu: Lampe (Nr. {lamp})\nStand: Eingegangen\n" in text
    assert f"http://localhost:8000/anliegen/{lamp}/\n" in text
    assert f"\n\nBank (Nr. {bank})\n2. März 2026: Wir arbeiten selbst daran.\n" in text
    assert "weil Sie sie am 27. Februar 2026 auf unserer Website bestellt haben" in text
    assert "http://localhost:8000/w/" in text
    assert "Musterstraße 1" in text
    for hidden in ("Nur für uns", "Geheime Hecke"):
        assert hidden not in text


def test_who_follows_is_not_taken_for_the_person_who_told_it(quarter, mira):
    old = show(mira, quarter, "Bank", now=BEFORE - DAY)
    confirmed(quarter, now=BEFORE)
    for concern in (old, show(mira, quarter, "Lampe", now=NOON)):
        ask_person(
            viewer=mira,
            concern=concern,
            text="Vor welchem Haus?",
            version=Dossier.objects.get(pk=concern.pk).version,
            now=NOON,
        )

    send_news(quarter=quarter, now=MONDAY)

    text = plain(news()[0])
    assert "Stand: Rückfrage an die Person\n" in text
    assert "2. März 2026: Wir haben der Person, die es uns gesagt hat, eine Frage" in text
    for to_person in ("Rückfrage an Sie", "Ihnen eine Frage"):
        assert to_person not in text


def test_it_comes_once_also_when_two_workers_find_it_due(quarter, mira):
    confirmed(quarter, now=BEFORE)
    show(mira, quarter, "Lampe", now=NOON)
    first, second = (Following.objects.select_related("quarter").get() for _n in range(2))

    assert tell(following=first, until=MONDAY, now=MONDAY) is True
    assert tell(following=second, until=MONDAY, now=MONDAY) is False
    assert send_news(quarter=quarter, now=MONDAY + DAY) == 0
    assert len(news()) == 1
    row = Following.objects.get()
    assert (row.told_until, row.last_sent_at) == (MONDAY, MONDAY)


def test_nothing_new_is_no_mail_and_it_is_not_told_later(quarter, mira):
    confirmed(quarter, now=BEFORE)
    show(mira, quarter, "Alt", now=BEFORE - DAY)

    assert send_news(quarter=quarter, now=MONDAY) == 0
    assert Following.objects.get().last_sent_at is None
    assert send_news(quarter=quarter, now=MONDAY + 7 * DAY) == 0
    show(mira, quarter, "Lampe", now=MONDAY + 8 * DAY)
    assert send_news(quarter=quarter, now=MONDAY + 14 * DAY) == 1
    assert "Alt" not in plain(news()[0])


def test_a_week_has_one_mail_and_the_next_tells_the_rest(quarter, mira):
    confirmed(quarter, now=BEFORE)
    show(mira, quarter, "Lampe", now=NOON)
    send_news(quarter=quarter, now=MONDAY)
    show(mira, quarter, "Bank", now=MONDAY + timedelta(hours=2))

    assert send_news(quarter=quarter, now=MONDAY + 2 * DAY) == 0
    assert send_news(quarter=quarter, now=MONDAY + 7 * DAY) == 1
    assert ("Bank" in plain(news()[1]), "Lampe" in plain(news()[1])) == (True, False)


def test_what_is_written_at_that_moment_is_told_next_time(quarter, mira):
    confirmed(quarter, now=BEFORE)
    show(mira, quarter, "Lampe", now=NOON)
    show(mira, quarter, "Bank", now=MONDAY - timedelta(minutes=1))

    send_news(quarter=quarter, now=MONDAY)
    send_news(quarter=quarter, now=MONDAY + 7 * DAY)

    first, second = (plain(mail) for mail in news())
    assert ("Lampe" in first, "Bank" in first) == (True, False)
    assert ("Lampe" in second, "Bank" in second) == (False, True)


@pytest.mark.parametrize(
    ("moment", "monday"),
    [
        ("2026-03-09T05:59:00+00:00", "2026-03-02T06:00:00+00:00"),
        ("2026-03-09T06:00:00+00:00", "2026-03-09T06:00:00+00:00"),
        ("2026-03-15T23:30:00+00:00", "2026-03-09T06:00:00+00:00"),
        # Summer time has begun on the 29th.
        ("2026-03-30T05:00:00+00:00", "2026-03-30T05:00:00+00:00"),
    ],
)
def test_it_is_due_on_monday_at_seven_in_the_quarter(quarter, moment, monday):
    found = last_monday(quarter=quarter, moment=datetime.fromisoformat(moment))

    assert found.astimezone(UTC).isoformat() == monday


def test_who_has_not_confirmed_gets_nothing(quarter, mira):
    confirmed(quarter, now=BEFORE)
    Following.objects.update(confirmed_at=None)
    show(mira, quarter, "Lampe", now=NOON)
    unconfirmed = Following.objects.select_related("quarter").get()

    assert send_news(quarter=quarter, now=MONDAY) == 0
    assert tell(following=unconfirmed, until=MONDAY, now=MONDAY) is False


def test_hidden_confidential_and_foreign_ones_are_told_to_nobody(quarter, mira):
    west = make_quarter("west")
    confirmed(quarter, now=BEFORE)
    concealed = show(mira, quarter, "Lampe", now=NOON)
    conceal_concern(
        viewer=mira,
        concern=concealed,
        version=Dossier.objects.get(pk=concealed.pk).version,
        now=NOON,
    )
    secret = show(mira, quarter, "Streit", now=NOON)
    Dossier.objects.filter(pk=secret.pk).update(audience=Audience.CONFIDENTIAL)
    foreign = show(mira, quarter, "Fern", now=NOON)
    Concern.objects.filter(pk=foreign.pk).update(quarter=west)
    Dossier.objects.filter(pk=foreign.pk).update(quarter=west)

    assert send_news(quarter=quarter, now=MONDAY) == 0
    assert send_news(quarter=west, now=MONDAY) == 0


def test_a_theme_a_district_and_a_circle_narrow_it(quarter, mira):
    theme = make_theme(quarter, "licht")
    west = District.objects.create(quarter=quarter, name="Weststadt", outline=area(12.39, 12.41))
    wishes = {
        "thema": Wish(theme=theme),
        "ort": Wish(district=west),
        "beides": Wish(theme=theme, district=west),
        "kreis": Wish(around=Around(*EAST, 250)),
    }
    for name, wish in wishes.items():
        confirmed(quarter, wish, f"{name}@example.org", now=BEFORE)
    show(mira, quarter, "Lampe", WEST, theme=theme, now=NOON)
    show(mira, quarter, "Bank", WEST, now=NOON)
    show(mira, quarter, "Leuchte", EAST, theme=theme, now=NOON)
    show(mira, quarter, "Idee", now=NOON)

    send_news(quarter=quarter, now=MONDAY)

    told = {
        mail.to_address.partition("@")[0]: sorted(
            title for title in ("Lampe", "Bank", "Leuchte", "Idee") if title in mail.text
        )
        for mail in news()
    }
    assert told == {
        "thema": ["Lampe", "Leuchte"],
        "ort": ["Bank", "Lampe"],
        "beides": ["Lampe"],
        "kreis": ["Leuchte"],
    }
    subjects = {mail.to_address.partition("@")[0]: mail.subject for mail in news()}
    assert subjects["beides"] == "Neues: Straßenlicht, Weststadt"
    assert subjects["kreis"] == "Neues: bis 250 m um einen Ort"


def test_a_long_list_ends_with_where_the_rest_stands(quarter, mira):
    confirmed(quarter, now=BEFORE)
    for number in range(32):
        show(mira, quarter, f"Nr. {number}.", now=NOON + timedelta(minutes=number))

    send_news(quarter=quarter, now=MONDAY)

    text = plain(news()[0])
    assert text.count("Neu: Nr. ") == 30
    assert "Und noch 2 Anliegen. Alle stehen hier:\nhttp://localhost:8000/anliegen/\n" in text
    assert "Nr. 31." in text
    assert "Nr. 1." not in text


def test_ten_and_a_hundred_concerns_need_the_same_number_of_statements(
    quarter, mira, django_assert_max_num_queries
):
    counts = []
    for number, monday in ((3, MONDAY), (20, MONDAY + 7 * DAY)):
        if number == 3:
            confirmed(quarter, now=BEFORE)
        for _n in range(number):
            show(mira, quarter, "Lampe", now=monday - DAY)
        with django_assert_max_num_queries(14) as caught:
            assert send_news(quarter=quarter, now=monday) == 1
        counts.append(len(caught))
    assert counts[0] == counts[1]


# --- At once ---------------------------------------------------------------------------------------
def test_who_follows_one_concern_may_be_told_at_once(quarter, mira):
    concern, other = show(mira, quarter, "Lampe", now=BEFORE), show(mira, quarter, "Bank")
    wish = Wish(concern=concern, rhythm=Rhythm.AT_ONCE)
    confirmed(quarter, wish, now=BEFORE + timedelta(minutes=1))
    take_on(mira, other, NOON)
    soon = NOON + timedelta(minutes=10)
    assert send_news(quarter=quarter, now=soon) == 0
    take_on(mira, concern, NOON)

    assert send_news(quarter=quarter, now=soon) == 1
    assert send_news(quarter=quarter, now=soon + timedelta(minutes=10)) == 0

    [mail] = news()
    number = concern.dossier.reference
    assert mail.subject == f"Neues: Anliegen Nr. {number}"
    assert "Bank" not in mail.text
    assert "2. März 2026: Wir arbeiten selbst daran." in mail.text


@pytest.mark.parametrize("rhythm", Rhythm)
def test_who_follows_a_joined_concern_hears_of_the_leading_one(quarter, mira, rhythm):
    followed, leader = (
        show(mira, quarter, title, now=BEFORE - DAY) for title in ("Lampe", "Bank")
    )
    confirmed(quarter, Wish(concern=followed, rhythm=rhythm), now=BEFORE)
    join(mira, leader, followed)
    take_on(mira, Concern.objects.get(pk=leader.pk), NOON)

    assert send_news(quarter=quarter, now=MONDAY) == 1
    assert send_news(quarter=quarter, now=MONDAY + 7 * DAY) == 0

    [mail] = news()
    number = leader.dossier.reference
    assert mail.subject == f"Neues: Anliegen Nr. {followed.dossier.reference}"
    assert f"Es gehört zum Anliegen Nr. {number}" in mail.text
    assert f"\n\nBank (Nr. {number})\n2. März 2026: Wir arbeiten selbst daran.\n" in mail.text


@pytest.mark.parametrize("rhythm", Rhythm)
def test_a_leading_concern_that_is_not_shown_is_told_to_nobody(quarter, mira, rhythm):
    followed, leader = (
        show(mira, quarter, title, now=BEFORE - DAY) for title in ("Lampe", "Bank")
    )
    confirmed(quarter, Wish(concern=followed, rhythm=rhythm), now=BEFORE)
    join(mira, leader, followed)
    take_on(mira, Concern.objects.get(pk=leader.pk), NOON)
    Concern.objects.filter(pk=leader.pk).update(is_released=False)

    assert send_news(quarter=quarter, now=MONDAY) == 0


def test_a_concern_that_is_no_longer_shown_is_told_to_nobody(quarter, mira):
    concern = show(mira, quarter, "Lampe", now=BEFORE)
    confirmed(quarter, Wish(concern=concern, rhythm=Rhythm.AT_ONCE), now=BEFORE)
    take_on(mira, concern, NOON)
    Concern.objects.update(is_released=False, public_latitude=None, public_longitude=None)

    assert send_news(quarter=quarter, now=NOON + DAY) == 0


def test_one_concern_once_a_week_waits_for_monday(quarter, mira):
    concern = show(mira, quarter, "Lampe", now=BEFORE - DAY)
    confirmed(quarter, Wish(concern=concern), now=NOON - timedelta(hours=1))
    take_on(mira, concern, NOON)

    assert send_news(quarter=quarter, now=NOON + DAY) == 0
    assert send_news(quarter=quarter, now=MONDAY) == 1


# --- MAIL-01, 02: what a mail programme reads -------------------------------------------------------
def test_the_headers_of_a_list_reach_the_mailbox_as_they_are(quarter, mira, settings, smtp_sink):
    settings.BASE_URL = "https://quartier.example.org"
    settings.MAIL_DOMAIN = "post.example.org"
    confirmed(quarter, now=BEFORE)
    show(mira, quarter, "Grüne Lampe " + "ö" * 80, now=NOON)
    send_news(quarter=quarter, now=MONDAY)
    Mail.objects.filter(kind="follow-confirm").delete()

    sweep()

    [envelope] = smtp_sink.envelopes
    raw = envelope.content
    message = message_from_bytes(raw, policy=policy.default)
    assert message["List-Id"] == "<anliegen.ost.post.example.org>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Owner"] == "<mailto:buero@ost.example.org>"
    assert message["List-Archive"] == "<https://quartier.example.org/anliegen/>"
    assert message["Message-ID"].endswith("@post.example.org>")
    assert message["To"] == "nour@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    for name in ("From", "Date", "Subject"):
        assert message[name]
    way_out = message["List-Unsubscribe"]
    text = message.get_body(("plain",)).get_content()
    assert way_out.startswith("<https://quartier.example.org/w/")
    # The same link in the text, in both of its forms.
    assert way_out.strip("<>") in text
    assert way_out.strip("<>") in message.get_body(("html",)).get_content()
    # 7-bit safe and in short lines, so that no server on the way changes what is signed.
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"=?" not in raw.split(b"List-Unsubscribe:")[1].split(b"\r\n")[0]


def test_the_link_in_the_header_leaves(quarter, mira):
    confirmed(quarter, now=BEFORE)
    show(mira, quarter, "Lampe", now=NOON)
    send_news(quarter=quarter, now=MONDAY)
    [mail] = news()
    # The books hold no way in.
    assert mail.headers["List-Unsubscribe"] == "<[[link:leave]]>"
    url = build(mail)["List-Unsubscribe"].strip("<>")

    Client().post(url.removeprefix("http://localhost:8000"))

    assert Following.objects.count() == 0


def test_a_quarter_without_an_address_names_no_owner(quarter, mira):
    quarter.email = ""
    quarter.save()
    confirmed(quarter, now=BEFORE)
    show(mira, quarter, "Lampe", now=NOON)

    send_news(quarter=quarter, now=MONDAY)

    assert "List-Owner" not in news()[0].headers


# --- Languages ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("code", [code for code, _name in django_settings.LANGUAGES])
def test_each_reads_it_in_the_language_in_which_they_asked(quarter, mira, code):
    names = {"de": "Straßenlicht", "en": "Street light", "vi": "Đèn đường"}
    theme = make_theme(quarter, "licht", name=names)
    confirmed(quarter, Wish(theme=theme), language=code, now=BEFORE)
    show(mira, quarter, "Lampe", theme=theme, now=NOON)

    send_news(quarter=quarter, now=MONDAY)

    [mail] = news()
    greetings = {
        "de": "Guten Tag,",
        "de-simple": "Guten Tag,",
        "en": "Good day,",
        "ar": "تحية طيبة،",
        "ru": "Здравствуйте!",
        "uk": "Добрий день!",
        "tr": "İyi günler,",
        "vi": "Xin chào,",
    }
    first_mail = Mail.objects.get(kind="follow-confirm")
    assert (mail.language, first_mail.language) == (code, code)
    assert mail.text.split("\n\n")[0] == first_mail.text.split("\n\n")[0]
    assert mail.text.startswith(greetings[code])
    named = {"en": "Street light", "vi": "Đèn đường"}.get(code, "Straßenlicht")
    assert mail.subject.endswith(named)


def test_the_job_writes_for_every_quarter(quarter, mira):
    now = timezone.now()
    concern = show(mira, quarter, "Lampe", now=now - 2 * DAY)
    confirmed(quarter, Wish(concern=concern, rhythm=Rhythm.AT_ONCE), now=now - DAY)
    take_on(mira, concern, now - timedelta(hours=1))

    job()
    job()

    assert len(news()) == 1
