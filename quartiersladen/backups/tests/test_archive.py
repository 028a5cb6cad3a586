"""The archive: what is written is read back, and anything else is refused."""

import io
import json
import subprocess
import tarfile
import zipfile
from hashlib import sha256

import pytest

from quartiersladen.backups import archive
from quartiersladen.backups.archive import ArchiveWriter, Head, is_inside, read_archive
from quartiersladen.backups.refusals import Damaged, Foreign
from quartiersladen.backups.tests.conftest import FILES, NOON, make_archive


class Dribble(io.BytesIO):
    """A source that gives little at a time, as a pipe does."""

    def read(self, size=-1, /):
        return super().read(min(size, 1000) if size >= 0 else 1000)


def members_of(content, *, source=io.BytesIO):
    found = {}
    contents = read_archive(
        source(content),
        lambda name, member: found.update({name: b"".join(iter(member.read, b""))}),
    )
    return contents, found


def closed(body: bytes) -> bytes:
    """Return a forged archive with a checksum that is right."""
    return body + archive._tail(sha256(body).hexdigest())


def body_of(members, *, manifest=None, kind=tarfile.REGTYPE) -> bytes:
    """Return an archive without its end. manifest: changes to a manifest that is right."""
    out = b""
    listed = []
    for name, content in members.items():
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(content), 0o600
        if kind != tarfile.REGTYPE and name.startswith("files/"):
            info.type, info.linkname, info.size = kind, "/etc/passwd", 0
            out += info.tobuf(tarfile.GNU_FORMAT)
            continue
        out += info.tobuf(tarfile.GNU_FORMAT) + content + archive.padding(len(content))
        listed.append({"name": name, "size": len(content), "sha256": sha256(content).hexdigest()})
    facts = Head("0.1.0", "sqlite", NOON).as_json() | {
        "migrations": [],
        "missing": [],
        "dropped": [],
        "members": listed,
    }
    text = json.dumps(facts | (manifest or {})).encode()
    return out + archive.tar_header("manifest.json", len(text)) + text + archive.padding(len(text))


HEAD = {"quartiersladen-backup.json": b"{}"}
REST = {"database.sqlite3": b"tables", "settings.json": b"{}"}


@pytest.mark.parametrize("source", [io.BytesIO, Dribble], ids=["file", "pipe"])
def test_what_goes_in_comes_out(whole, source):
    contents, found = members_of(whole, source=source)

    assert {name: found[f"files/{name}"] for name in FILES} == FILES
    assert found["database.sqlite3"] == b"tables" * 500
    assert (contents.head.engine, contents.head.made_at) == ("sqlite", NOON)
    assert contents.migrations == {("quarters", "0001_start")}
    assert contents.sizes["files/c"] == 256 * 9


def test_members_that_nobody_reads_are_checked_all_the_same(whole):
    assert read_archive(io.BytesIO(whole), lambda _name, _member: None).missing == ()


def test_the_ordinary_tar_reads_it(whole, tmp_path):
    (tmp_path / "a.tar").write_bytes(whole)

    listed = subprocess.run(
        ["/bin/tar", "tf", tmp_path / "a.tar"], capture_output=True, text=True, check=True
    )

    assert listed.stdout.splitlines()[0] == "quartiersladen-backup.json"
    assert listed.stdout.splitlines()[-1] == "SHA256"


def test_one_flipped_bit_anywhere_is_noticed(whole):
    taken = []
    for place in {*range(0, len(whole), 41), *range(512), *range(len(whole) - 2100, len(whole))}:
        broken = bytearray(whole)
        broken[place] ^= 1
        try:
            read_archive(io.BytesIO(bytes(broken)), lambda _name, _member: None)
        except (Damaged, Foreign):
            continue
        taken.append(place)

    assert taken == []


def test_one_that_is_cut_off_or_goes_on_is_noticed(whole):
    lengths = [1, 100, 511, 512, 600, *range(1024, len(whole), 512), len(whole) - 1]
    for content in [*(whole[:length] for length in lengths), whole + b"\0", whole + b"x" * 512]:
        with pytest.raises((Damaged, Foreign)):
            read_archive(io.BytesIO(content), lambda _name, _member: None)


def as_zip():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("quartiersladen-backup.json", "{}")
    return out.getvalue()


def as_tar(name):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as file:
        file.addfile(tarfile.TarInfo(name))
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"x" * 5000, b"\0" * 10240, as_zip(), as_tar("etc/hosts"), as_tar("../../up")],
    ids=["empty", "text", "zeros", "zip", "tar", "tar that leads out"],
)
def test_something_else_is_refused(content):
    with pytest.raises(Foreign, match=r"^This file is no backup made by Quartiersladen\.$"):
        members_of(content)


def test_a_forged_archive_that_is_right_would_be_taken():
    assert members_of(closed(body_of(HEAD | {"files/a": b"a"} | REST)))[1]["files/a"] == b"a"


@pytest.mark.parametrize(
    "name",
    ["files/../../evil", "files//x", "/etc/passwd", "files/a\\b", "else", "files/.", "files/"],
)
def test_a_name_that_leads_elsewhere_is_refused(name):
    received = []
    with pytest.raises(Damaged, match="something that does not belong there"):
        read_archive(
            io.BytesIO(closed(body_of(HEAD | {name: b"evil"} | REST))),
            lambda name, _member: received.append(name),
        )

    assert received == ["quartiersladen-backup.json"]


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE],
)
def test_links_devices_and_folders_are_refused(kind):
    with pytest.raises(Damaged, match="something that does not belong there"):
        members_of(closed(body_of(HEAD | {"files/a": b""} | REST, kind=kind)))


@pytest.mark.parametrize(
    ("members", "manifest"),
    [
        (HEAD | REST, {"members": []}),
        (HEAD | {"database.sqlite3": b"tables"}, None),
        (HEAD | {"settings.json": b"{}"}, None),
        (HEAD | REST, {"engine": "oracle"}),
        (HEAD | REST, {"made_at": "yesterday"}),
        (HEAD | REST, {"migrations": [["one"]]}),
        (HEAD | REST, {"format": None}),
    ],
    ids=["list", "keys", "database", "engine", "time", "migrations", "format"],
)
def test_a_wrong_manifest_is_refused(members, manifest):
    with pytest.raises(Damaged):
        members_of(closed(body_of(members, manifest=manifest)))


def test_a_wrong_checksum_of_one_member_is_refused():
    right = body_of(HEAD | REST)
    wrong = right.replace(sha256(b"tables").hexdigest().encode(), b"0" * 64)

    assert wrong != right
    with pytest.raises(Damaged, match="its list of contents is wrong"):
        members_of(closed(wrong))


def test_one_without_a_manifest_is_refused():
    body = b"".join(
        archive.tar_header(name, len(content)) + content + archive.padding(len(content))
        for name, content in (HEAD | REST).items()
    )

    with pytest.raises(Damaged):
        members_of(closed(body))


def test_a_member_twice_is_refused():
    once = make_archive(files={"a": b"1"}, migrations=[])
    out = io.BytesIO()
    writer = ArchiveWriter(out, Head("0.1.0", "sqlite", NOON))
    for _time in range(2):
        writer.add_bytes("files/a", b"1")
    writer.add_bytes("database.sqlite3", b"")
    writer.add_bytes("settings.json", b"{}")
    writer.finish(migrations=[], missing=[], dropped=[])

    assert members_of(once)[1]["files/a"] == b"1"
    with pytest.raises(Damaged, match="its list of contents is wrong"):
        members_of(out.getvalue())


def test_a_source_that_is_shorter_than_it_said_is_no_member():
    writer = ArchiveWriter(io.BytesIO(), Head("0.1.0", "sqlite", NOON))

    with pytest.raises(EOFError):
        writer.add("files/a", io.BytesIO(b"12"), 3)


def test_names_with_a_zero_lead_nowhere():
    assert [is_inside("files/a\0b"), is_inside("files/a b")] == [False, True]
