"""The disk is full while the house runs: a page that helps, nothing by halves, no restart."""

import tempfile
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from tests.support.disk import filled, forbidden_to_write, may_mount, small_file_system
from tests.support.environment import ENGINE
from tests.support.house import house_in, until
from tests.support.neighbours import FORM, Form, ask
from tests.support.smtp import SmtpSink

TEXT = "Die Laterne ist dunkel. " * 150
BACK = "Mit der Zurück-Taste Ihres Browsers kommen Sie zu Ihrem Text"


@contextmanager
def by_a_small_file_system(house):
    with filled(house.folder):
        yield


@contextmanager
def by_a_quota(house):
    with forbidden_to_write(list(house.processes())):
        yield


def ways():
    with tempfile.TemporaryDirectory() as name:
        return [by_a_quota, *([by_a_small_file_system] if may_mount(Path(name)) else [])]


@pytest.fixture
def folder(tmp_path, request):
    """A folder on a file system of its own where that is what becomes full."""
    if request.getfixturevalue("full") is by_a_quota:
        yield tmp_path
        return
    with small_file_system(tmp_path):
        yield tmp_path


def large_photo():
    """A photo of several megabytes: Django keeps such an upload in a temporary file."""
    out = BytesIO()
    Image.effect_noise((2400, 1800), 90).convert("RGB").save(out, "JPEG", quality=95)
    assert len(out.getvalue()) > 2_621_440
    return SimpleUploadedFile("lampe.jpg", out.getvalue(), "image/jpeg")


def send(house, form, **photos):
    """Send a form with photos as a browser does."""
    typed = {"kind": "problem", "text": TEXT, "place_kind": "none", "way": "mail"}
    data = form.fields | typed | {"email": "nour@example.org"} | photos
    headers = {"Cookie": form.cookie, "Content-Type": MULTIPART_CONTENT}
    return ask(house.port, "POST", FORM, encode_multipart(BOUNDARY, data), headers)


def assert_helps(answer):
    assert (answer.status, answer.headers.get("retry-after")) == (503, "120")
    assert BACK in answer.text
    assert "030 23125 014" in answer.text


def counts(house):
    return list(
        house.count("concerns_concern", "dossiers_dossier", "outbox_mail", "files_storedfile")
    )


def photos_in(folder):
    return [path for path in folder.rglob("*.jpg") if "static" not in path.parts]


@pytest.mark.parametrize("full", ways(), ids=lambda way: way.__name__)
def test_a_full_disk(folder, founded, full):
    temporary = folder / "tmp"
    temporary.mkdir()
    with (
        SmtpSink() as sink,
        house_in(folder, founded, SMTP_URL=sink.url, TMPDIR=str(temporary)) as house,
    ):
        house.start("serve")
        assert until(house.answers)
        form = Form.opened(house.port)
        before = set(house.processes())

        with full(house):
            assert_helps(send(house, form, photos=large_photo()))
            if ENGINE == "sqlite":
                # PostgreSQL lies elsewhere; there the text alone finds room.
                assert_helps(send(house, form))
            assert ask(house.port, "GET", "/").status == 200
            assert (counts(house), photos_in(folder)) == ([0, 0, 0, 0], [])

        assert send(house, form, photos=large_photo()).status == 302
        assert counts(house) == [1, 1, 1, 1]
        assert len(photos_in(folder)) == 2
        [(reference,)] = house.rows("SELECT reference FROM dossiers_dossier")
        assert reference.endswith("-0001")
        assert until(lambda: len(sink.messages) == 1)
        served = {pid for pid, (line, _up) in house.processes().items() if " web " in line}
        assert served <= before
        house.end()
        assert list(temporary.iterdir()) == []
