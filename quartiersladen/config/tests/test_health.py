"""What is wrong with the house: for everybody at /healthz, for administrators by `doctor`."""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_q.models import OrmQ, Task

from quartiersladen.config import checkup
from quartiersladen.kernel.jobs import enqueue
from quartiersladen.outbox.services import queue_mail
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


def test_doctor_compares_addresses(healthy, settings):
    settings.BASE_URL = "http://quartier.example.org"
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


def test_doctor_notices_mails_that_do_not_go(healthy, smtp_sink):
    quarter = make_quarter("tor")
    before = timezone.now() - timedelta(hours=7)
    queue_mail(quarter=quarter, kind="teller", to="a@example.org", subject="", text="", now=before)

    assert doctor() == (1, ["1 mails have been waiting for more than 6 hours."])


def test_doctor_looks_at_disk_and_folder(healthy, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "nowhere"

    assert doctor() == (1, ["The folder in DATA_DIR does not exist."])


def test_a_full_disk_is_a_fault(healthy, monkeypatch):
    monkeypatch.setattr(checkup, "SCARCE", 10**18)

    [fault] = checkup.disk()

    assert fault.startswith("Only ")


def test_pending_migrations_are_a_fault(healthy):
    MigrationRecorder(connection).record_unapplied("website", "0001_start")

    code, [fault] = doctor()

    assert (code, fault[1:]) == (1, " migrations are pending: run `quartiersladen migrate`.")


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
