"""A house moves: backup here, restore there, and everything is as it was."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from uuid import uuid4

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from quartiersladen.concerns.forms.report import new_key
from quartiersladen.concerns.testing import photo
from quartiersladen.kernel.links import make_token
from tests.support.places import contents_of, new_place

PATIENCE = 180  # seconds, on a machine that does much else
FORM = "/anliegen/neu/"
KILLED = """
import os, signal, sys
import django
from quartiersladen.__main__ import main
from quartiersladen.config.sqlite import use_modern_sqlite

sys.argv = ["quartiersladen", "restore", sys.argv[1]]
os.environ["DJANGO_SETTINGS_MODULE"] = "quartiersladen.config.settings"
use_modern_sqlite()
django.setup()
from quartiersladen.backups.services import restoring

plain = restoring._Taker.{at}

def die(self, *arguments):
    plain(self, *arguments)
    os.kill(os.getpid(), signal.SIGKILL)

restoring._Taker.{at} = die
main()
"""


@pytest.fixture(scope="package")
def filled(updated):
    """Give every file that the database names some bytes."""
    with updated.connection() as connection:
        rows = connection.execute(
            "SELECT storage_name, thumbnail_name FROM files_storedfile"
        ).fetchall()
    for name in [name for row in rows for name in row]:
        path = updated.folder / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(3000))
    return updated


@pytest.fixture(scope="package")
def archive(filled, tmp_path_factory):
    """Return a backup of it with the rows of the moment before."""
    path = tmp_path_factory.mktemp("backup") / "house.tar"
    rows = filled.rows()
    made = filled.run("backup", str(path), SECRET_KEY_FALLBACKS="former-" + "k" * 40)
    assert (made.returncode, made.stderr) == (0, "")
    assert "read back and found whole" in made.stdout
    return path, rows


def names_in_schema(place):
    """Return what there is; PostgreSQL words some checks anew when it restores them."""
    return [names for *names, _definition in place.schema()]


def status_page(place):
    """Return the address in the mail to somebody who told a concern."""
    with place.connection() as connection:
        [pk, generation] = connection.execute(
            "SELECT concern_id, link_generation FROM concerns_teller "
            "JOIN concerns_concern ON dossier_id = concern_id "
            "WHERE quarter_id = 1 ORDER BY 1"
        ).fetchone()
    return (
        f"/s/{make_token('teller-status', subject_id=pk, generation=generation, expires_on=None)}/"
    )


def test_everything_comes_back_and_links_in_old_mails_open(filled, archive, tmp_path, settings):
    path, rows = archive
    with new_place(tmp_path / "house") as there:
        done = there.run("restore", str(path), SECRET_KEY=None)

        assert (done.returncode, done.stderr) == (0, "")
        assert "quartiersladen migrate" not in done.stdout
        assert there.rows() == rows
        assert names_in_schema(there) == names_in_schema(filled)
        assert there.files() == filled.files()
        assert len(there.files()) >= 10
        kept = (there.folder / "secret_key").read_text()
        assert kept == filled.environment["SECRET_KEY"]
        # Without a further step: SECRET_KEY is not set there.
        pages = []
        for key in (kept, "former-" + "k" * 40, "stranger" * 9):
            settings.SECRET_KEY = key
            pages.append(status_page(there))
        opened = there.told("tests.upgrade.house", "open", " ".join(pages), SECRET_KEY=None)
        assert opened == [200, 200, 404]


def test_a_house_with_something_in_it_is_refused_and_stays_as_it_was(filled, archive):
    path, _rows = archive
    before = (filled.rows(), contents_of(filled.folder))

    refused = filled.run("restore", str(path))

    assert (refused.returncode, refused.stderr) == (
        1,
        "CommandError: The database is not empty; a restore never overwrites anything.\n",
    )
    assert (filled.rows(), contents_of(filled.folder)) == before


@pytest.mark.parametrize(
    ("at", "command", "code", "words"),
    [
        ("_take_file", "check", 2, "quartiersladen: a restore into {} is going on or was broken"),
        ("finish", "restore", 1, "CommandError: An earlier restore into {} was broken off"),
    ],
)
def test_half_a_house_is_never_opened(archive, tmp_path, at, command, code, words):
    path, _rows = archive
    with new_place(tmp_path / "house") as there:
        killed = subprocess.run(
            [sys.executable, "-c", KILLED.format(at=at), str(path)],
            env=there.environment,
            capture_output=True,
            check=False,
        )
        assert killed.returncode == -signal.SIGKILL

        refused = there.run(command, *([str(path)] if command == "restore" else []))
        sentence = words.format(there.folder)
        assert (refused.returncode, refused.stderr[: len(sentence)]) == (code, sentence)
        assert refused.stderr.count("\n") == 1


# --- While everybody works ------------------------------------------------------------------------
class Visitors:
    """Tell concerns with a photo, one after another, until they are asked to stop."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.told: list[str] = []
        self.faults: list[str] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._tell) for _number in range(2)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_fault):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def ask(self, method: str, body: bytes = b"", **headers: str):
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as connection:
            connection.request(method, FORM, body, headers)
            response = connection.getresponse()
            return response, response.read().decode()

    def _tell(self) -> None:
        response, page = self.ask("GET")
        token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        cookie = response.headers["Set-Cookie"].split(";")[0]
        while not self._stop.is_set():
            words = f"Die Laterne ist aus. {uuid4().hex}"
            form = {
                "csrfmiddlewaretoken": token,
                "submission_key": new_key(),
                "kind": "problem",
                "text": words,
                "place_kind": "none",
                "way": "link",
                "photos": photo(),
            }
            body = encode_multipart(BOUNDARY, form)
            headers = {"Cookie": cookie, "Content-Type": MULTIPART_CONTENT}
            try:
                response, page = self.ask("POST", body, **headers)
            except (OSError, HTTPException) as exc:
                self.faults.append(repr(exc))
                return
            if response.status != 302:
                self.faults.append(f"{response.status} {page[:200]}")
                return
            self.told.append(words)


def until(condition) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


def answers(port: int) -> bool:
    with suppress(OSError), closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        connection.request("GET", FORM)
        return connection.getresponse().status == 200
    return False


@pytest.fixture
def served(updated, tmp_path):
    """A copy of the house with `serve` running."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with new_place(tmp_path / "busy", like=updated) as place:
        process = subprocess.Popen(
            [sys.executable, "-m", "quartiersladen", "serve"],
            env=place.with_settings(PORT=str(port), REPORTS_PER_HOUR="100000"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            until(lambda: answers(port))
            yield place, port
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)


def column(place, sql: str) -> set[str]:
    with place.connection() as connection:
        return {row[0] for row in connection.execute(sql).fetchall()}


def lost_photos(place) -> list[str]:
    """Return the photos whose bytes are not those that the database knows."""
    with place.connection() as connection:
        rows = connection.execute(
            "SELECT storage_name, thumbnail_name, sha256 FROM files_storedfile "
            "WHERE created_at > '2026-03-03'"
        ).fetchall()
    files = place.files()
    return [
        name
        for name, thumbnail, checksum in rows
        if sha256(files.get(name, b"")).hexdigest() != checksum or not files.get(thumbnail)
    ]


def test_a_backup_under_load_holds_all_that_was_confirmed_before(served, tmp_path):
    place, port = served
    secret, path = tmp_path / "passphrase", tmp_path / "house.tar"
    secret.write_text("drei Laternen am Platz\n")
    with Visitors(port) as visitors:
        until(lambda: len(visitors.told) > 3 or visitors.faults)
        before = set(visitors.told)
        made = place.run("backup", str(path), "--passphrase-file", str(secret))
        until(lambda: len(visitors.told) > len(before) + 2 or visitors.faults)

    assert (made.returncode, made.stderr, visitors.faults) == (0, "", [])
    with new_place(tmp_path / "there") as there:
        wrong = there.run("restore", str(path))
        assert (wrong.returncode, there.folder.exists()) == (1, False)
        done = there.run("restore", str(path), "--passphrase-file", str(secret))

        assert (done.returncode, done.stderr) == (0, "")
        texts = "SELECT text FROM concerns_concern"
        assert before <= column(there, texts) <= column(place, texts)
        assert set(there.rows()["dossiers_entry"]) <= set(place.rows()["dossiers_entry"])
        assert lost_photos(there) == []
        assert column(there, "SELECT storage_name FROM files_storedfile") > set()


# --- When there is no room ------------------------------------------------------------------------
def test_no_room_leaves_no_half_archive_and_raises_an_alarm(updated, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    with new_place(tmp_path / "house", like=updated) as place:
        (place.folder / "files").mkdir(exist_ok=True)
        (place.folder / "files" / "large").write_bytes(bytes(12_000_000))
        command = f"ulimit -f 20000; exec {sys.executable} -m quartiersladen backup --nightly"
        settings = {"BACKUP_DIR": str(folder), "TIME_ZONE": None}
        failed = subprocess.run(
            ["/bin/sh", "-c", command],
            env=place.with_settings(**settings),
            capture_output=True,
            text=True,
            check=False,
        )

        assert failed.returncode == 1, failed.stderr
        assert "could not be written: File too large." in failed.stderr
        assert list(folder.iterdir()) == []
        assert "The last backup failed." in place.run("doctor", **settings).stdout

        (place.folder / "files" / "large").unlink()
        with place.connection() as connection:
            connection.execute("UPDATE backups_backup SET started_at = '2026-01-01 00:00:00+00'")
            connection.commit()
        made = place.run("backup", "--nightly", **settings)

        assert (made.returncode, made.stderr) == (0, "")
        assert len(list(folder.glob("quartiersladen-*.tar"))) == 1
        assert "The last backup failed." not in place.run("doctor", **settings).stdout
