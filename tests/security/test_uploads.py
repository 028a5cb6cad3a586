"""What somebody uploads is never run, never served under its name, and never kept as it came."""

import re
import struct
import zlib
from io import BytesIO
from uuid import uuid4
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.cache import cache
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.concerns.forms.report import new_key
from quartiersladen.dossiers.models import Document
from quartiersladen.files.models import StoredFile
from quartiersladen.quarters.testing import make_quarter
from tests.support.sign_in import signed_in_client

FORM = "/anliegen/neu/"
SCRIPT = b"<html><script>alert(document.domain)</script></html>"
PHP = b"<?php system($_GET['c']); ?>"


def picture(kind: str = "JPEG", **options: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, kind, **options)
    return out.getvalue()


def archive() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        packed.writestr("../../evil.html", SCRIPT * 1000)
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """Return a tiny file that claims, and would unpack to, a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + crc

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")  # fmt: skip


def with_text(text: str) -> bytes:
    info = PngInfo()
    info.add_text("Comment", text)
    return picture("PNG", pnginfo=info)


#: Pictures that are something else at the same time.
BOTH = {
    "script behind the picture": picture() + SCRIPT,
    "script in the comment": picture(comment=SCRIPT),
    "script in the text of a PNG": with_text(SCRIPT.decode()),
    "program behind the picture": picture() + PHP,
    "archive behind the picture": picture("PNG") + archive(),
    "place in the picture": picture(exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0GPS-52.5-13.4"),
}
#: Things that only call themselves a picture.
OTHER = {
    "page": SCRIPT,
    "drawing": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "archive": archive(),
    "animation that is a script": b"GIF89a/*" + SCRIPT + b"*/=1;",
    "table": b"%PDF-1.7\n" + SCRIPT,
    "huge": png_of(60_000, 60_000),
    "endless": png_of(2**31 - 1, 2**31 - 1),
    "broken": picture()[:200],
    "nothing": b"\0" * 64,
}
NAMES = ["evil.html", "evil.svg", "evil.jpg.php", "../../../etc/passwd", 'a"; filename="b.html', "a\r\nX-Evil: 1.jpg", "\u202egpj.exe", "a" * 300 + ".jpg"]  # fmt: skip


@pytest.fixture
def quarter(db):
    cache.clear()
    return make_quarter("ost")


def send(client: Client, content: bytes, name: str = "evil.html", kind: str = "text/html"):
    return client.post(
        FORM,
        {
            "submission_key": new_key(),
            "kind": "problem",
            "text": "Die Laterne ist aus.",
            "theme": "",
            "place_kind": "quarter",
            "way": "link",
            "photos": SimpleUploadedFile(name, content, kind),
        },
    )


def checked(answer) -> None:
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert re.fullmatch(r'inline; filename="[-0-9a-f]{36}\.jpg"', answer.headers["Content-Disposition"])  # fmt: skip
    assert "X-Evil" not in answer.headers
    assert answer.content[:3] == b"\xff\xd8\xff"


@pytest.mark.parametrize("what", BOTH)
def test_a_picture_that_is_something_else_as_well_is_written_anew(client, quarter, what):
    done = send(client, BOTH[what])

    assert done.status_code == 302
    document = Document.objects.get()
    desk = signed_in_client(make_member(quarter, Role.LEAD, "Karla"))
    for name in ("bild.jpg", "klein.jpg", "evil.html"):
        answer = desk.get(f"/datei/{document.file_id}/{name}")
        checked(answer)
        for trace in (b"script", b"<?php", b"PK\x03\x04", b"GPS", b"evil"):
            assert trace not in answer.content


@pytest.mark.parametrize("what", OTHER)
def test_what_is_no_picture_is_refused_whatever_it_calls_itself(client, quarter, what):
    answer = send(client, OTHER[what], name="lampe.jpg", kind="image/jpeg")

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["photos"])
    assert (StoredFile.objects.count(), Document.objects.count()) == (0, 0)


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_file_decides_nothing(client, quarter, name):
    assert send(client, picture(), name=name).status_code == 302

    kept = StoredFile.objects.get()
    assert re.fullmatch(r"\d{4}-\d{2}/[-0-9a-f]{36}\.jpg", kept.storage_name)
    assert storages["default"].exists(kept.storage_name)
    desk = signed_in_client(make_member(quarter, Role.LEAD, "Karla"))
    checked(desk.get(f"/datei/{kept.pk}/bild.jpg"))


def test_a_photo_that_was_not_released_is_for_the_office_alone(client, quarter):
    send(client, picture())
    kept = StoredFile.objects.get()
    stranger = signed_in_client(make_member(make_quarter("west"), Role.LEAD, "Vera"))

    assert client.get(f"/datei/{kept.pk}/bild.jpg").status_code == 404
    assert stranger.get(f"/datei/{kept.pk}/bild.jpg").status_code == 404
    assert stranger.get(f"/q/west/datei/{kept.pk}/bild.jpg").status_code == 404
    assert client.get(f"/datei/{uuid4()}/bild.jpg").status_code == 404


@pytest.mark.parametrize("path", ["/datei/../settings.py", "/datei/%2e%2e/%2e%2e/x", "/datei/x/bild.jpg", "/datei/0/"])  # fmt: skip
def test_no_path_leads_out_of_the_files(client, quarter, path):
    assert client.get(path).status_code == 404
