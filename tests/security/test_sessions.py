"""Who is signed in where: listed in plain words, ended at once, and nothing more is kept."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quartiersladen.accounts import services
from quartiersladen.accounts.adapter import ClosedHouseAdapter
from quartiersladen.accounts.devices import Device, device_of
from quartiersladen.accounts.models import Membership, Session, User
from quartiersladen.accounts.sessions import IDLE, SEEN_EVERY, SessionStore
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.tasks import drop_sessions
from quartiersladen.accounts.testing import PASSWORD, make_member
from quartiersladen.privacy.models import Trail
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.testing import make_quarter
from tests.support.sign_in import signed_in_client

PLACE = "/konto/sitzungen/"
PHONE = "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"


@pytest.fixture
def quarter(db) -> Quarter:
    cache.clear()
    return make_quarter("ost")


@pytest.fixture
def mira(quarter) -> User:
    return make_member(quarter, Role.MODERATOR, "Mira")


def browser(user: User, agent: str = LAPTOP) -> Client:
    """Return a browser in which somebody has signed in and looked at the desk once."""
    client = signed_in_client(user)
    client.defaults["HTTP_USER_AGENT"] = agent
    client.post("/konto/reauthenticate/", {"password": PASSWORD})
    client.get("/buero/")
    return client


def key_of(client: Client) -> str:
    return client.cookies[django_settings.SESSION_COOKIE_NAME].value


def is_in(client: Client) -> bool:
    return client.get("/buero/").status_code == 200


def shown(client: Client) -> list[tuple[str, bool]]:
    context = client.get(PLACE).context
    return [
        (f"{row.browser}/{row.system}", row.session_key == context["current"])
        for row in context["sessions"]
    ]


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (PHONE, Device("Chrome", "Android")),
        (LAPTOP, Device("Firefox", "Windows")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1 Version/17.0 Mobile Safari/604.1", Device("Safari", "iPhone")),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/537 Chrome/130 Safari/537 Edg/130", Device("Edge", "Mac")),
        ("<script>alert(1)</script>", Device()),
        ("", Device()),
    ],
)  # fmt: skip
def test_a_device_is_told_in_two_words(agent, device):
    assert device_of(agent) == device


def test_everybody_sees_their_own_sessions_and_which_one_this_is(mira, quarter):
    browser(make_member(quarter, Role.LEAD, "Karla"))
    phone, laptop = browser(mira, PHONE), browser(mira)

    assert sorted(shown(laptop)) == [("Chrome/Android", False), ("Firefox/Windows", True)]
    text = laptop.get(PLACE).content.decode()
    assert "Chrome unter Android" in text
    assert text.count("dieses Gerät") == 1
    assert [key in text for key in (key_of(phone), key_of(laptop))] == [False, False]


def test_strangers_are_asked_to_sign_in(client, quarter):
    assert client.get(PLACE).headers["Location"] == f"/anmelden/?next={PLACE}"
    assert (
        client.post(PLACE, {"session": "all-others"}).headers["Location"].startswith("/anmelden/")
    )


def test_one_session_is_ended_at_once(mira):
    phone, laptop = browser(mira, PHONE), browser(mira)
    handle = Session.objects.get(session_key=key_of(phone)).handle

    assert laptop.post(PLACE, {"session": handle}).headers["Location"] == PLACE

    assert (is_in(phone), is_in(laptop)) == (False, True)
    assert laptop.post(PLACE, {"session": handle}).status_code == 404


def test_all_others_are_ended_and_this_one_stays(mira):
    others, laptop = [browser(mira, PHONE), browser(mira)], browser(mira)

    laptop.post(PLACE, {"session": "all-others"})

    assert ([is_in(other) for other in others], is_in(laptop)) == ([False, False], True)
    assert shown(laptop) == [("Firefox/Windows", True)]


@pytest.mark.parametrize("what", ["key", "handle", "nothing"])
def test_nobody_ends_the_session_of_somebody_else(mira, quarter, what):
    karla, own = browser(make_member(quarter, Role.LEAD, "Karla")), browser(mira)
    row = Session.objects.get(session_key=key_of(karla))
    named = {"key": row.session_key, "handle": row.handle, "nothing": ""}[what]

    assert own.post(PLACE, {"session": named}).status_code == 404
    assert is_in(karla)


def test_ending_asks_for_the_password_when_the_last_time_is_long_ago(mira):
    phone, laptop = browser(mira, PHONE), signed_in_client(mira)
    handle = Session.objects.get(session_key=key_of(phone)).handle

    asked = laptop.post(PLACE, {"session": handle})
    assert asked.headers["Location"] == f"/konto/reauthenticate/?next={PLACE.replace('/', '%2F')}"
    assert is_in(phone)

    laptop.post(asked.headers["Location"], {"password": PASSWORD, "next": PLACE})
    assert not is_in(phone)


def test_a_new_password_ends_all_other_sessions_at_once(mira):
    phone, laptop = browser(mira, PHONE), browser(mira)
    new = "noch ein sicherer Satz 27"

    done = laptop.post(
        "/konto/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )

    assert done.status_code == 302
    assert (is_in(phone), is_in(laptop)) == (False, True)
    assert shown(laptop) == [("Firefox/Windows", True)]


def test_a_wrong_old_password_ends_nothing(mira):
    phone, laptop = browser(mira, PHONE), browser(mira)
    new = "noch ein sicherer Satz 27"

    laptop.post(
        "/konto/password/change/", {"oldpassword": "x", "password1": new, "password2": new}
    )

    assert (is_in(phone), is_in(laptop)) == (True, True)


def test_an_account_that_is_switched_off_is_out_at_once(mira):
    laptop = browser(mira)
    User.objects.filter(pk=mira.pk).update(is_active=False)

    assert laptop.get("/buero/").headers["Location"] == "/anmelden/?next=/buero/"


@pytest.mark.parametrize("began_days_ago", [0, 1, 400])
def test_a_role_that_ends_is_over_at_once_even_if_it_began_today(quarter, mira, began_days_ago):
    lead, laptop = browser(make_member(quarter, Role.LEAD, "Karla")), browser(mira)
    began = quarter.local_day(timezone.now()) - timedelta(days=began_days_ago)
    Membership.objects.filter(user=mira).update(from_on=began)
    member = Membership.objects.get(user=mira)

    lead.post(f"/buero/einstellungen/personen/{member.pk}/beenden/")

    assert laptop.get("/buero/").status_code == 302
    assert not Session.objects.filter(user=mira).exists()
    assert signed_in_client(mira).get("/buero/").status_code == 403


@pytest.mark.parametrize("role", [Role.LEAD, Role.ADMINISTRATOR])
def test_lead_and_administrator_sign_a_colleague_out_with_a_trail(quarter, mira, role):
    boss, laptop = browser(make_member(quarter, role, "Karla")), browser(mira)
    member = Membership.objects.get(user=mira)
    place = f"/buero/einstellungen/personen/{member.pk}/abmelden/"
    assert boss.get(place).context["member"] == member
    assert is_in(laptop)

    assert boss.post(place).headers["Location"] == "/buero/einstellungen/personen/"

    assert not is_in(laptop)
    line = Trail.objects.get()
    assert (line.deed, line.subject, line.by.name) == (
        "member signed out",
        f"accounts.membership:{member.pk}",
        "Karla",
    )


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.HELPER, Role.CLIENT])
def test_others_sign_nobody_out(quarter, mira, role):
    other, laptop = browser(make_member(quarter, role, "Jo")), browser(mira)
    member = Membership.objects.get(user=mira)

    answer = other.post(f"/buero/einstellungen/personen/{member.pk}/abmelden/")

    assert (answer.status_code, is_in(laptop), Trail.objects.count()) == (403, True, 0)


def test_the_lead_of_another_quarter_signs_nobody_out(mira):
    west = make_quarter("west")
    vera, laptop = browser(make_member(west, Role.LEAD, "Vera")), browser(mira)
    member = Membership.objects.get(user=mira)

    for place in ("/q/west/buero/", "/buero/"):
        answer = vera.post(f"{place}einstellungen/personen/{member.pk}/abmelden/")
        assert answer.status_code in {403, 404}
    assert is_in(laptop)


def test_signing_in_gives_a_new_key_and_the_old_one_opens_nothing(client, mira):
    client.post("/anmelden/", {"login": mira.email, "password": "falsch"})
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies[django_settings.SESSION_COOKIE_NAME] = planted = session.session_key

    client.post("/anmelden/", {"login": mira.email, "password": PASSWORD})

    assert key_of(client) != planted
    stranger = Client()
    stranger.cookies[django_settings.SESSION_COOKIE_NAME] = planted
    assert stranger.get(PLACE).headers["Location"].startswith("/anmelden/")
    assert not Session.objects.filter(session_key=planted).exists()


def test_a_key_that_somebody_made_up_is_never_taken(mira):
    client = Client()
    client.cookies[django_settings.SESSION_COOKIE_NAME] = "a" * 32
    client.post("/anmelden/", {"login": mira.email, "password": PASSWORD})

    assert key_of(client) != "a" * 32


def test_signing_out_ends_the_session_on_the_server(mira):
    laptop = browser(mira)
    key = key_of(laptop)

    laptop.post("/konto/logout/")

    again = Client()
    again.cookies[django_settings.SESSION_COOKIE_NAME] = key
    assert again.get(PLACE).headers["Location"].startswith("/anmelden/")


def aged(client: Client, **ages: timedelta) -> None:
    now = timezone.now()
    Session.objects.filter(session_key=key_of(client)).update(
        **{name: now - age for name, age in ages.items()}
    )


def test_a_session_is_over_after_three_idle_hours(mira):
    laptop, other = browser(mira), browser(mira)
    aged(other, last_seen_at=IDLE - timedelta(minutes=1))
    aged(laptop, last_seen_at=IDLE + timedelta(minutes=1))

    assert (is_in(laptop), is_in(other)) == (False, True)
    assert not Session.objects.filter(session_key=key_of(laptop)).exists()


def test_a_session_is_over_twelve_hours_after_it_began_whatever_happens_in_it(mira):
    laptop = browser(mira)
    aged(laptop, started_at=timedelta(hours=11, minutes=59))
    laptop.post("/konto/reauthenticate/", {"password": PASSWORD})  # writes into the session

    row = Session.objects.get(session_key=key_of(laptop))
    assert row.expire_date - row.started_at == timedelta(hours=12)
    aged(laptop, expire_date=timedelta(seconds=1))
    assert not is_in(laptop)


def test_last_seen_costs_one_write_in_five_minutes_and_no_read(mira):
    laptop = browser(mira)
    row = Session.objects.filter(session_key=key_of(laptop))

    with CaptureQueriesContext(connection) as first:
        laptop.get("/buero/suche/")
    before = row.get().last_seen_at
    aged(laptop, last_seen_at=SEEN_EVERY + timedelta(seconds=1))
    with CaptureQueriesContext(connection) as later:
        laptop.get("/buero/suche/")

    assert len(later) == len(first) + 1
    assert row.get().last_seen_at > before
    assert not [q for q in first if "accounts_session" in q["sql"] and "UPDATE" in q["sql"]]


def test_a_cookie_that_is_used_on_another_device_shows_there(mira):
    laptop, thief = browser(mira), Client(headers={"User-Agent": PHONE})
    thief.cookies[django_settings.SESSION_COOKIE_NAME] = key_of(laptop)
    aged(laptop, last_seen_at=SEEN_EVERY + timedelta(seconds=1))

    thief.get("/buero/")

    assert shown(laptop) == [("Chrome/Android", True)]


def test_the_public_has_no_session(client, quarter):
    assert django_settings.SESSION_COOKIE_NAME not in client.get("/").cookies
    assert Session.objects.count() == 0


def test_what_is_over_is_forgotten(mira):
    clients = [browser(mira) for _n in range(3)]
    aged(clients[0], expire_date=timedelta(seconds=1))
    aged(clients[1], last_seen_at=IDLE + timedelta(seconds=1))

    drop_sessions()

    assert [row.session_key for row in Session.objects.all()] == [key_of(clients[2])]


def test_no_network_address_and_no_full_user_agent_is_kept(mira):
    laptop = browser(mira)
    row = Session.objects.get(session_key=key_of(laptop))

    kept = " ".join(str(value) for value in (*row.__dict__.values(), row.get_decoded()))
    assert [word in kept for word in ("127.0.0.1", "Gecko", "132.0")] == [False] * 3
    assert (str(row), row.handle in kept) == (f"{mira.pk} Firefox Windows {row.started_at:%Y-%m-%d}", False)  # fmt: skip


def test_a_flushed_store_begins_anew(mira):
    store = SessionStore(key_of(browser(mira)))
    store.load()
    store.flush()
    store["x"] = 1
    store.save()

    row = Session.objects.get(session_key=store.session_key)
    assert (row.user_id, timezone.now() - row.started_at < timedelta(minutes=1)) == (None, True)


def test_ending_says_how_often(mira):
    [browser(mira) for _n in range(2)]

    assert (services.end_sessions(user_id=mira.pk), services.end_sessions(user_id=mira.pk)) == (
        2,
        0,
    )


def test_no_password_is_new_while_old_sessions_stay(mira, monkeypatch):
    def broken(**_asked):
        raise ConnectionError

    browser(mira)
    monkeypatch.setattr(services, "end_sessions", broken)

    with pytest.raises(ConnectionError):
        ClosedHouseAdapter().set_password(mira, "ganz-neu-und-lang-genug")

    assert User.objects.get(pk=mira.pk).check_password(PASSWORD)


def test_from_where_somebody_signed_in_is_kept_no_longer_than_it_locks(client, mira):
    client.post("/anmelden/", {"login": mira.email, "password": "falsch"})
    client.post("/anmelden/", {"login": "fremd@example.org", "password": "falsch"})
    AccessAttempt.objects.filter(username=mira.email).update(
        attempt_time=timezone.now() - timedelta(minutes=16)
    )

    drop_sessions()

    assert [attempt.username for attempt in AccessAttempt.objects.all()] == ["fremd@example.org"]
    client.post("/anmelden/", {"login": mira.email, "password": PASSWORD})
    assert AccessLog.objects.count() == 0
