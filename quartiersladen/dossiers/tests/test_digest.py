from datetime import UTC, date, datetime, timedelta

import pytest

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.dossiers.models import Digest
from quartiersladen.dossiers.services.dates import first_follow_up
from quartiersladen.dossiers.services.digests import send_digests
from quartiersladen.dossiers.services.dossier import hold_dossier, open_dossier
from quartiersladen.dossiers.states import Audience, FollowUpReason, Kind
from quartiersladen.dossiers.tasks import send_digests as job
from quartiersladen.outbox.models import Mail
from quartiersladen.quarters.testing import NOON, make_quarter

SEVEN = datetime(2026, 3, 2, 6, tzinfo=UTC)  # a Monday, seven in Leipzig
TODAY = date(2026, 3, 2)

pytestmark = pytest.mark.django_db


@pytest.fixture
def quarter():
    return make_quarter()


@pytest.fixture
def mira(quarter):
    return make_member(quarter, Role.MODERATOR, "Mira")


def make_due(quarter, days=0, *, assigned_to=None, reason=FollowUpReason.FIRST_LOOK, note=""):
    dossier = open_dossier(
        quarter=quarter,
        kind=Kind.CONCERN,
        title="Frau Beispiel im dritten Stock",
        audience=Audience.OFFICE,
        language="de",
        assigned_to_id=assigned_to and assigned_to.pk,
        search_words="",
        now=NOON,
    )
    day = TODAY + timedelta(days=days)
    item = first_follow_up(dossier=dossier, due_on=day, reason=reason, now=NOON)
    item.note = note
    item.save()
    return dossier


def test_it_says_what_is_due_with_links_and_without_titles(quarter, mira):
    first = make_due(quarter, -3, reason=FollowUpReason.ASK_BODY, note="Lichtwerk")
    second = make_due(quarter, reason=FollowUpReason.WORK, note="Frau Beispiel anrufen")
    make_due(quarter, 1)

    assert send_digests(quarter=quarter, now=SEVEN) == 1

    mail = Mail.objects.get()
    assert (mail.to_address, mail.kind) == (mira.email, "digest")
    base = "http://localhost:8000/buero/vorgang"
    blocks = mail.text.split("\n\n")[2:]
    assert [block.splitlines()[1] for block in blocks] == [
        f"{base}/{first.reference}/",
        f"{base}/{second.reference}/",
    ]
    assert "Lichtwerk" in blocks[0]
    assert "Beispiel" not in mail.text


def test_each_person_gets_it_once_a_day(quarter, mira):
    make_due(quarter)

    counts = [send_digests(quarter=quarter, now=SEVEN) for _run in range(2)]

    assert (counts, Digest.objects.count()) == ([1, 0], 1)
    assert send_digests(quarter=quarter, now=SEVEN + timedelta(days=1)) == 1


def test_nothing_due_makes_no_mail_that_day(quarter, mira):
    assert send_digests(quarter=quarter, now=SEVEN) == 0

    make_due(quarter)

    assert send_digests(quarter=quarter, now=SEVEN + timedelta(hours=1)) == 0
    assert Mail.objects.count() == 0


def test_what_a_colleague_looks_after_is_theirs(quarter, mira):
    helper = make_member(quarter, Role.HELPER, "Timo")
    make_due(quarter, assigned_to=helper)

    send_digests(quarter=quarter, now=SEVEN)

    assert [mail.to_address for mail in Mail.objects.all()] == [helper.email]


@pytest.mark.parametrize("role", [Role.CLIENT, Role.ADMINISTRATOR])
def test_roles_without_a_desk_get_none(quarter, role):
    make_member(quarter, role)
    make_due(quarter)

    assert send_digests(quarter=quarter, now=SEVEN) == 0


@pytest.mark.parametrize(
    "now",
    [
        SEVEN - timedelta(minutes=1),
        SEVEN + timedelta(hours=5),
        SEVEN - timedelta(days=1),
        datetime(2026, 4, 3, 6, tzinfo=UTC),
    ],
    ids=["too early", "noon", "Sunday", "Good Friday"],
)
def test_only_on_the_morning_of_a_working_day(quarter, mira, now):
    make_due(quarter)

    assert send_digests(quarter=quarter, now=now) == 0
    assert Digest.objects.count() == 0


def test_a_holiday_of_another_land_is_a_working_day_here(mira, quarter):
    repentance_day = datetime(2026, 11, 18, 6, tzinfo=UTC)
    other = make_quarter("tor", land="ST")
    make_member(other, Role.LEAD, "Nele")
    make_due(quarter)
    make_due(other)

    assert send_digests(quarter=quarter, now=repentance_day) == 0
    assert send_digests(quarter=other, now=repentance_day) == 1


def test_the_job_asks_every_quarter():
    job()

    assert Digest.objects.count() == 0


def test_what_waits_to_be_let_in_is_one_block_when_its_first_look_is_due(quarter, mira):
    for days in (-1, 0, 1):
        hold_dossier(dossier=make_due(quarter, days), now=NOON)

    assert send_digests(quarter=quarter, now=SEVEN) == 1

    mail = Mail.objects.get()
    assert mail.subject.startswith("2 ")
    [block] = mail.text.split("\n\n")[2:]
    words, *places = block.splitlines()
    assert words.startswith("2 Meldungen warten, die noch nicht zur Arbeit zählen.")
    assert places == [
        "Quarantäne: http://localhost:8000/buero/quarantaene/",
        "Eingegangene Mails: http://localhost:8000/buero/post/eingang/?art=new",
    ]
