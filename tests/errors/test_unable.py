"""Disk or database cannot work: a page that says so, and everything works again afterwards."""

import errno
import sqlite3
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from secrets import token_hex

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone

from quartiersladen.accounts.access import public
from quartiersladen.accounts.models import Session
from quartiersladen.accounts.sessions import SEEN_EVERY
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.concerns.forms.report import new_key
from quartiersladen.concerns.models import Concern, Draft
from quartiersladen.concerns.testing import photo
from quartiersladen.config.urls import handler400 as handler400
from quartiersladen.config.urls import handler500 as handler500
from quartiersladen.config.urls import urlpatterns as house
from quartiersladen.dossiers.models import Dossier
from quartiersladen.files.models import StoredFile
from quartiersladen.outbox.models import Mail
from quartiersladen.quarters import queries
from quartiersladen.quarters.testing import make_quarter
from tests.support.sign_in import signed_in_client

FORM, DESK = "/anliegen/neu/", "/buero/anliegen/"
TYPED = "Mit der Zurück-Taste Ihres Browsers kommen Sie zu Ihrem Text"
READ_ONLY = "SET default_transaction_read_only = on"
READ_WRITE = "SET default_transaction_read_only = off"
FULL = """CREATE FUNCTION test_full() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END$$;
    CREATE TRIGGER test_full BEFORE INSERT OR UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION test_full()"""


class AlmostFullDisk(FileSystemStorage):
    """Has room for one photo with its small copy, and for half a second one."""

    def save(self, name, content, max_length=None):
        if sum(path.stat().st_size > 0 for path in Path(self.location).rglob("*.jpg")) >= 2:
            super().save(name, ContentFile(b"half"), max_length)
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().save(name, content, max_length)


@public
def out_of_space(_request):
    raise OSError(errno.ENOSPC, "No space left on device")


@public
def keep_much(request):
    """Bring into the session what needs room."""
    request.session["much"] = token_hex(25_000)  # it is packed, and this cannot be
    return HttpResponse("kept")


urlpatterns = [*house, path("voll/", out_of_space), path("viel/", keep_much)]


def form(**fields):
    return {
        "submission_key": new_key(),
        "kind": "problem",
        "text": "Die Laterne ist dunkel.",
        "place_kind": "none",
        "way": "mail",
        "email": "nour@example.org",
    } | fields


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


@contextmanager
def full_database(table):
    """Let the database have no room for another row of `table`."""
    if connection.vendor == "sqlite":
        # SQLite's own limit says what a full disk says. Without free pages it holds at once.
        run("VACUUM")
        before, pages = run("PRAGMA max_page_count"), run("PRAGMA page_count")
        run(f"PRAGMA max_page_count = {pages}")
        undo = f"PRAGMA max_page_count = {before}"
    else:
        run(FULL.format(table=table))
        undo = f"DROP TRIGGER test_full ON {table}; DROP FUNCTION test_full"
    try:
        yield
    finally:
        run(undo)


@contextmanager
def unreachable_database():
    """Let the database be gone: the server does not listen, or the file is not there."""
    connection.close()
    name = {"sqlite": "NAME", "postgresql": "PORT"}[connection.vendor]
    nowhere = {"sqlite": "/nowhere/at/all.sqlite3", "postgresql": "1"}[connection.vendor]
    before, connection.settings_dict[name] = connection.settings_dict[name], nowhere
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict[name] = before


@pytest.fixture
def quarter(transactional_db):
    return make_quarter("ost")


@pytest.fixture
def outside(client):
    """A browser that gets the page where a test's client would rise."""
    client.raise_request_exception = False
    return client


def assert_helps(page, *, typed):
    text = page.content.decode()
    assert (page.status_code, page.headers["Retry-After"]) == (503, "120")
    assert page.headers["Cache-Control"].split(", ")[-1] == "no-store"
    assert "030 23125 014" in text
    assert '<html lang="de"' in text
    assert (TYPED in text) == typed


def files_in(folder):
    return [path.name for path in folder.rglob("*") if path.is_file()]


def assert_nothing_was_kept(folder):
    kept = (Concern, Dossier, Mail, Draft, StoredFile)
    assert {model.__name__: model.objects.count() for model in kept} == {
        model.__name__: 0 for model in kept
    }
    assert files_in(folder) == []


@pytest.fixture
def storage(tmp_path, settings):
    """Return a function that puts the files of this test into a folder of its own."""

    def use(backend):
        name = f"{backend.__module__}.{backend.__qualname__}"
        options = {"location": tmp_path, "base_url": None}
        settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": name, "OPTIONS": options}}
        return tmp_path

    return use


def test_a_full_database_keeps_nothing_and_works_again(outside, quarter, storage):
    folder = storage(FileSystemStorage)
    sent = form(text="Die Laterne ist dunkel. " * 150)
    with full_database("concerns_concern"):
        page = outside.post(FORM, sent)
    assert_helps(page, typed=True)
    assert_nothing_was_kept(folder)

    assert outside.post(FORM, sent).status_code == 302

    assert Dossier.objects.get().reference.endswith("-0001")
    assert (Concern.objects.count(), Mail.objects.count()) == (1, 1)


def test_a_full_disk_keeps_no_photo_without_its_form(outside, quarter, storage):
    folder = storage(AlmostFullDisk)
    page = outside.post(FORM, form(photos=[photo("eins.jpg"), photo("zwei.jpg")]))

    assert_helps(page, typed=True)
    assert_nothing_was_kept(folder)

    storage(FileSystemStorage)
    sent = form(photos=[photo("eins.jpg"), photo("zwei.jpg")])
    assert outside.post(FORM, sent).status_code == 302
    assert (StoredFile.objects.count(), len(files_in(folder))) == (2, 4)


def test_photos_that_the_database_has_no_room_for_leave_no_files(outside, quarter, storage):
    folder = storage(FileSystemStorage)
    with full_database("files_storedfile"):
        page = outside.post(FORM, form(photos=[photo()], text="x" * 4000))

    assert_helps(page, typed=True)
    # On SQLite the photo's small rows may still have found room in a page, with their draft.
    assert len(files_in(folder)) == 2 * StoredFile.objects.count()


@pytest.mark.parametrize("is_new", [True, False])
def test_a_session_that_cannot_be_kept(quarter, settings, is_new):
    settings.ROOT_URLCONF = __name__
    user = make_member(quarter, Role.MODERATOR, "Mira")
    browser = Client() if is_new else signed_in_client(user)
    browser.raise_request_exception = False
    with full_database("accounts_session"):
        page = browser.get("/viel/")
    assert_helps(page, typed=False)

    assert browser.get("/viel/").content == b"kept"


def test_reading_at_the_desk_goes_on_although_nobody_can_be_seen(quarter):
    user = make_member(quarter, Role.MODERATOR, "Mira")
    browser = signed_in_client(user)
    long_ago = timezone.now() - SEEN_EVERY - timedelta(seconds=1)
    Session.objects.update(last_seen_at=long_ago)
    run("PRAGMA query_only = ON" if connection.vendor == "sqlite" else READ_ONLY)
    try:
        page = browser.get("/buero/")
    finally:
        run("PRAGMA query_only = OFF" if connection.vendor == "sqlite" else READ_WRITE)

    assert (page.status_code, Session.objects.get().last_seen_at) == (200, long_ago)
    assert browser.get("/buero/").status_code == 200
    assert Session.objects.get().last_seen_at > long_ago


@pytest.mark.sqlite
def test_a_database_that_somebody_holds_for_too_long(outside, quarter, tmp_path):
    run("PRAGMA busy_timeout = 50")
    holder = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        page = outside.post(FORM, form())
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    assert_helps(page, typed=True)

    assert outside.post(FORM, form()).status_code == 302


@pytest.mark.parametrize("path", ["/", FORM, "/anliegen/2026-0001/"])
def test_a_database_that_is_away(outside, quarter, path):
    outside.get("/")
    with unreachable_database():
        assert_helps(outside.get(path), typed=False)
        assert_helps(outside.post(path, form()), typed=True)

    assert outside.post(FORM, form()).status_code == 302


def test_a_colleague_and_a_quarter_with_a_prefix_get_the_page_as_well(quarter):
    west = make_quarter("west", phone="030 23125 077")
    staff = signed_in_client(make_member(west, Role.MODERATOR, "Mira"))
    staff.raise_request_exception = False
    staff.get("/q/west/buero/")
    with unreachable_database():
        page = staff.get("/q/west/buero/")

    text = page.content.decode()
    assert (page.status_code, "030 23125 077" in text) == (503, True)
    assert 'href="/q/west/"' in text


def test_a_process_that_never_saw_the_quarter_has_no_number_to_give(quarter, outside):
    queries._SEEN.clear()
    with unreachable_database():
        page = outside.get("/")

    assert (page.status_code, page.headers["Retry-After"]) == (503, "120")
    assert "Einen Moment, bitte" in page.content.decode()


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/anliegen.geojson", {}), ("/", {"accept": "application/json"})],
)
def test_machines_get_data(outside, quarter, path, headers):
    outside.get("/")
    with unreachable_database():
        page = outside.get(path, headers=headers)

    assert (page.status_code, page.headers["Retry-After"]) == (503, "120")
    assert page.json() == {"status": 503, "detail": "Einen Moment, bitte"}


def test_in_arabic_and_in_leichte_sprache(outside, quarter, settings):
    settings.ROOT_URLCONF = __name__
    arabic, simple = (outside.get("/voll/", {"lang": code}) for code in ("ar", "de-simple"))

    assert arabic.headers["Content-Language"] == "ar"
    assert 'lang="ar"' in arabic.content.decode()
    assert 'dir="rtl"' in arabic.content.decode()
    assert (simple.headers["Content-Language"], simple.status_code) == ("de", 503)


def test_a_fault_of_ours_stays_one(outside, quarter):
    run("ALTER TABLE quarters_premises RENAME TO elsewhere")
    try:
        page = outside.get("/kontakt/")
    finally:
        run("ALTER TABLE elsewhere RENAME TO quarters_premises")

    assert page.status_code == 500
