"""What is wrong with the house: for everybody at /healthz, for administrators by `doctor`."""

import sqlite3
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_q.models import OrmQ, Task

from quartiersladen.backups.models import Backup
from quartiersladen.config import checkup
from quartiersladen.kernel.jobs import enqueue
from quartiersladen.outbox.services import queue_mail
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.testing import make_quarter

pytestmark = pytest.mark.django_db


def job_finished(*, minutes_ago=0):
    at = timezone.now() - timedelta(minutes=minutes_ago)
    Task.objects.create(id=uuid4().hex, name="x", func="x", started=at, stopped=at, success=True)


def doctor():
    """Return the exit code and the lines."""
    out = StringIO()
    try:
        call_command("doctor", stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


@pytest.fixture
def healthy(settings):
    settings.DEMO = True  # a demo needs no mail server
    make_quarter()
    job_finished()


def test_healthz_is_200_while_the_worker_works(client, healthy):
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok", "faults": []})
    assert "no-store" in response.headers["Cache-Control"]


def test_healthz_needs_no_quarter(client):
    job_finished()

    assert client.get("/healthz").status_code == 200


def test_healthz_is_503_without_a_worker(client):
    response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json()["faults"] == [
        "No worker has run yet: start `quartiersladen serve` or `quartiersladen worker`."
    ]


def test_healthz_is_503_when_the_worker_fell_silent(client):
    job_finished(minutes_ago=8)

    assert client.get("/healthz").json() == {
        "status": "faulty",
        "faults": ["The worker has finished no job for 8 minutes."],
    }


def test_jobs_that_nobody_takes_are_a_fault(client, healthy):
    enqueue("quartiersladen.config.tasks.heartbeat")
    assert client.get("/healthz").status_code == 200

    OrmQ.objects.update(lock=timezone.now() - timedelta(minutes=31))

    assert client.get("/healthz").json()["faults"] == [
        "1 jobs have been waiting for more than 30 minutes."
    ]


def test_doctor_finds_nothing_wrong(healthy):
    assert doctor() == (0, ["All is well."])


def test_doctor_says_when_nothing_is_set_up():
    assert doctor() == (
        1,
        [
            "There is no quarter yet: run `quartiersladen init`.",
            "No worker has run yet: start `quartiersladen serve` or `quartiersladen worker`.",
            "No mail server is named in SMTP_URL: mails wait at /buero/post/.",
        ],
    )


def test_doctor_compares_addresses(healthy, smtp_sink, settings):
    settings.DEMO = False
    settings.BASE_URL, settings.BEHIND_PROXY = "https://quartier.example.org", True
    make_quarter("tor", host="tor.example.org", name="Am Tor")

    assert doctor() == (
        1,
        [
            "BASE_URL leads to quartier.example.org, which is not in ALLOWED_HOSTS.",
            "Am Tor answers at tor.example.org, which is not in ALLOWED_HOSTS.",
        ],
    )

    settings.ALLOWED_HOSTS = [".example.org", "tor.example.org"]
    assert doctor() == (0, ["All is well."])


def test_doctor_greets_the_mail_server(healthy, smtp_sink, settings):
    assert doctor() == (0, ["All is well."])

    settings.SMTP_URL = "smtp://127.0.0.1:1"
    code, [fault] = doctor()
    assert code == 1
    assert fault.startswith("The mail server 127.0.0.1 does not take mails: ConnectionRefused")


def test_doctor_opens_the_mailboxes(healthy, mailbox, settings):
    assert doctor()[0] == 0
    settings.IMAP_URL = "imap://a:geheim@127.0.0.1:1/INBOX"
    code, [fault] = doctor()

    assert code == 1
    assert fault.startswith("The mailbox at 127.0.0.1 cannot be read: ConnectionRefused")
    assert "geheim" not in fault


def test_doctor_notices_mails_that_do_not_go(client, healthy, smtp_sink):
    quarter = make_quarter("tor")
    before = timezone.now() - timedelta(hours=7)
    queue_mail(quarter=quarter, kind="teller", to="a@example.org", subject="", text="", now=before)

    assert doctor() == (1, ["1 mails have been waiting for more than 6 hours."])
    assert client.get("/healthz").json()["faults"] == doctor()[1]


def test_doctor_looks_at_disk_and_folder(healthy, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "nowhere"

    assert doctor() == (1, ["The folder in DATA_DIR does not exist."])


def test_a_full_disk_is_a_fault(client, healthy, monkeypatch, settings, tmp_path):
    settings.BACKUP_DIR = str(tmp_path)
    monkeypatch.setattr(checkup, "SCARCE", 10**18)

    faults = client.get("/healthz").json()["faults"]

    assert [fault.partition(" MB ")[0].split()[0] for fault in faults] == ["Only", "Only"]
    assert [fault.rpartition(" ")[2] for fault in faults] == ["DATA_DIR.", "BACKUP_DIR."]


def test_pending_migrations_are_a_fault(client, healthy):
    MigrationRecorder(connection).record_unapplied("website", "0001_start")

    code, [fault] = doctor()

    assert (code, fault[1:]) == (1, " migrations are pending: run `quartiersladen migrate`.")
    assert client.get("/healthz").json()["faults"] == [fault]


def test_files_that_cannot_be_kept_are_a_fault(healthy, settings, tmp_path):
    occupied = tmp_path / "file"
    occupied.write_text("")
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": occupied},
        }
    }

    assert doctor() == (1, [f"Nothing can be written into {occupied}."])


@pytest.mark.sqlite
def test_an_old_sqlite_is_a_fault(client, healthy, monkeypatch):
    assert client.get("/healthz").status_code == 200

    monkeypatch.setattr(checkup, "OLDEST_SAFE", (9, 0, 0))
    monkeypatch.setattr(checkup, "is_safe", lambda version: version >= "9")

    fault = f"SQLite {sqlite3.sqlite_version} can lose data; 9.0.0 or newer is needed."
    assert client.get("/healthz").json()["faults"] == [fault]
    assert doctor() == (1, [fault])


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        (
            {"BASE_URL": "quartier.example.org", "ALLOWED_HOSTS": ["", "localhost"]},
            ["BASE_URL must begin with https:// (or http://) and a host name."],
        ),
        (
            {"BEHIND_PROXY": True},
            [
                "BEHIND_PROXY is on, but BASE_URL begins with http://: cookies are not kept safe.",
            ],
        ),
    ],
)
def test_settings_that_contradict_each_other_are_a_fault(
    client, healthy, smtp_sink, settings, changes, faults
):
    settings.DEMO = False
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    assert (client.get("/healthz").status_code, doctor()[0]) == (200, 0)

    for name, value in changes.items():
        setattr(settings, name, value)

    assert doctor() == (1, faults)
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["faults"]) == (
        503,
        ["The settings contradict each other: `quartiersladen doctor` says where."],
    )


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"LOG_LEVEL": "DEBUG"}, "LOG_LEVEL is DEBUG: the log grows fast and can hold personal"),
    ],
)
def test_doctor_warns_of_risks(healthy, smtp_sink, settings, changes, fault):
    settings.DEMO = False
    settings.ALLOWED_HOSTS = ["localhost", ".example.org"]
    assert doctor() == (0, ["All is well."])

    for name, value in changes.items():
        setattr(settings, name, value)

    code, [found] = doctor()
    assert (code, found[: len(fault)]) == (1, fault)


def test_a_key_that_is_not_the_kept_one_is_a_fault(healthy, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    (tmp_path / "secret_key").write_text(f"{settings.SECRET_KEY}\n")
    assert doctor() == (0, ["All is well."])

    (tmp_path / "secret_key").write_text("another")

    assert doctor() == (
        1,
        ["SECRET_KEY is not the one in DATA_DIR/secret_key: links in old mails do not open."],
    )


def good_backup(*, days_ago, night=None):
    at = timezone.now() - timedelta(days=days_ago)
    return Backup.objects.create(
        state="done", started_at=at, finished_at=at, size_bytes=1, night=night
    )


def test_a_backup_older_than_agreed_is_a_fault(client, healthy, smtp_sink, settings):
    settings.DEMO = False
    Quarter.objects.update(backup_days=7)
    make_quarter("tor", backup_days=3)

    assert doctor() == (1, ["There is no backup; one every 3 days is agreed."])
    last = good_backup(days_ago=2)
    assert doctor() == (0, ["All is well."])

    last.started_at -= timedelta(days=2)
    last.save()
    fault = "The last backup is 4 days old; one every 3 days is agreed."
    assert doctor() == (1, [fault])
    assert client.get("/healthz").json()["faults"] == [fault]

    Backup.objects.create(state="failed", started_at=timezone.now(), error="/srv/secret/place")
    assert client.get("/healthz").json()["faults"] == ["The last backup failed."]

    settings.DEMO = True
    assert client.get("/healthz").status_code == 200


def test_a_folder_for_backups_is_looked_at(healthy, settings, tmp_path):
    settings.BACKUP_DIR = str(tmp_path)
    assert doctor() == (0, ["All is well."])

    good_backup(days_ago=0, night=timezone.now().date())
    assert doctor() == (1, ["BACKUP_DIR holds no backup any more, though there was one."])
    (tmp_path / "quartiersladen-2026-03-02-0230.tar").touch()
    assert doctor() == (0, ["All is well."])

    settings.DATA_DIR = tmp_path
    assert doctor() == (1, ["BACKUP_DIR lies in DATA_DIR: whoever loses that folder loses both."])
    settings.BACKUP_DIR = str(tmp_path / "nowhere")
    assert doctor() == (1, ["The folder in BACKUP_DIR does not exist."])
