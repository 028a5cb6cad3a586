"""The archive as a stream of bytes: a plain tar in which every byte is under a checksum."""

import json
import tarfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Any, Protocol

from quartiersladen.backups.refusals import Damaged, Foreign

FORMAT = 1
HEAD, SETTINGS, MANIFEST, TAIL = (
    "quartiersladen-backup.json",
    "settings.json",
    "manifest.json",
    "SHA256",
)
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
FILES = "files/"
BLOCK = tarfile.BLOCKSIZE
TAIL_BYTES = 4 * BLOCK  # header and text of SHA256, and the two empty blocks that end a tar
CHUNK = 1024 * 1024
MOST_MANIFEST = 512 * 1024 * 1024  # bytes; some 100 per uploaded file


class Readable(Protocol):
    """Whatever bytes can be read from."""

    def read(self, size: int = ..., /) -> bytes:
        """Return at most so many bytes, none at the end."""


class Writable(Protocol):
    """Whatever bytes can be written to."""

    def write(self, data: bytes, /) -> Any:  # noqa: ANN401 -- nobody reads it
        """Take the bytes."""


@dataclass(frozen=True, slots=True)
class Head:
    """What made the archive."""

    version: str
    engine: str
    made_at: datetime

    def as_json(self) -> dict[str, Any]:
        """Return what is written."""
        return {
            "program": "quartiersladen",
            "format": FORMAT,
            "version": self.version,
            "engine": self.engine,
            "made_at": self.made_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Contents:
    """What a whole archive says of itself.

    format: of the archive.  migrations: (app, name).  sizes: member -> bytes.
    missing: files that the database names and the storage did not have.
    dropped: files in the archive that were deleted while it was made; they stay away.
    """

    format: int
    head: Head
    migrations: frozenset[tuple[str, str]]
    sizes: dict[str, int]
    missing: tuple[str, ...]
    dropped: tuple[str, ...]


def tar_header(name: str, size: int) -> bytes:
    """Return the header of one member; it depends on name and size alone."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.GNU_FORMAT)


def padding(size: int) -> bytes:
    """Return what fills the last block of a member."""
    return b"\0" * (-size % BLOCK)


def _tail(digest: str) -> bytes:
    text = f"{digest}\n".encode()
    return tar_header(TAIL, len(text)) + text + padding(len(text)) + b"\0" * (2 * BLOCK)


class ArchiveWriter:
    """Writes members one after another and the manifest at the end; never seeks."""

    def __init__(self, sink: Writable, head: Head) -> None:
        self._sink = sink
        self._whole = sha256()
        self._members: list[dict[str, Any]] = []
        self._head = head
        self.add_bytes(HEAD, _json(head.as_json()))

    @property
    def names(self) -> set[str]:
        """Which members there are."""
        return {member["name"] for member in self._members}

    def _write(self, data: bytes) -> None:
        self._whole.update(data)
        self._sink.write(data)

    def add_bytes(self, name: str, content: bytes) -> None:
        """Add a small member."""
        self.add(name, BytesIO(content), len(content))

    def add(self, name: str, source: Readable, size: int) -> None:
        """Add a member of exactly `size` bytes. Raises EOFError if the source has fewer."""
        self._write(tar_header(name, size))
        checksum, left = sha256(), size
        while left:
            data = source.read(min(CHUNK, left))
            if not data:
                raise EOFError(name)
            checksum.update(data)
            self._write(data)
            left -= len(data)
        self._write(padding(size))
        self._members.append({"name": name, "size": size, "sha256": checksum.hexdigest()})

    def finish(
        self,
        *,
        migrations: Iterable[tuple[str, str]],
        missing: Iterable[str],
        dropped: Iterable[str],
    ) -> None:
        """Add the manifest and the checksum of everything before it."""
        manifest = self._head.as_json() | {
            "migrations": sorted(migrations),
            "missing": sorted(missing),
            "dropped": sorted(dropped),
            "members": self._members.copy(),
        }
        self.add_bytes(MANIFEST, _json(manifest))
        self._sink.write(_tail(self._whole.hexdigest()))


def _json(value: Any) -> bytes:  # noqa: ANN401 -- any JSON
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


@dataclass(slots=True)
class _Guarded:
    """Hands on what it reads, keeps the last bytes, and sums up all before them."""

    source: Readable
    whole: Any = field(default_factory=sha256)
    window: bytes = b""

    def read(self, size: int = CHUNK, /) -> bytes:
        data = self.source.read(size)
        held = self.window + data
        cut = max(0, len(held) - TAIL_BYTES)
        self.whole.update(held[:cut])
        self.window = held[cut:]
        return data


@dataclass(slots=True)
class _Summed:
    """One member, summed up while it is read."""

    source: Readable
    checksum: Any = field(default_factory=sha256)
    size: int = 0

    def read(self, size: int = CHUNK, /) -> bytes:
        data = self.source.read(size if size >= 0 else CHUNK)
        self.checksum.update(data)
        self.size += len(data)
        return data


Receive = Callable[[str, Readable], None]


def read_archive(source: Readable, receive: Receive) -> Contents:
    """Read an archive to its last byte and prove that it is whole.

    receive: called with name and content of each member but the manifest; it may read or not.
    Raises Foreign; Damaged, which may come after the last call of `receive`.
    """
    guarded = _Guarded(source)
    members: list[dict[str, Any]] = []
    try:
        manifest = _read_members(guarded, receive, members)
    except (tarfile.TarError, EOFError, ValueError) as exc:
        if not members:
            raise Foreign from exc
        raise Damaged("it cannot be read to its end") from exc
    if not members:
        raise Foreign
    while guarded.read():
        pass
    if guarded.window != _tail(guarded.whole.hexdigest()):
        raise Damaged("its checksum is wrong")
    if manifest.get("members") != members:
        raise Damaged("its list of contents is wrong")
    return _contents(manifest)


def _read_members(
    source: Readable, receive: Receive, members: list[dict[str, Any]]
) -> dict[str, Any]:
    """Hand on every member, write it down in `members`, and return the manifest."""
    manifest: dict[str, Any] = {}
    with tarfile.open(fileobj=source, mode="r|", bufsize=BLOCK * 128) as tar:  # type: ignore[call-overload]  # reading is all it needs
        for info in tar:
            _demand_plain(info, is_first=not members, is_last=bool(manifest))
            content = tar.extractfile(info)
            if info.name == MANIFEST:
                manifest = json.loads(content.read(MOST_MANIFEST))
            elif info.name != TAIL:
                members.append(_handed_on(info.name, content, receive))
    return manifest


def _handed_on(name: str, content: Readable, receive: Receive) -> dict[str, Any]:
    summed = _Summed(content)
    receive(name, summed)
    while summed.read():
        pass
    return {"name": name, "size": summed.size, "sha256": summed.checksum.hexdigest()}


def _demand_plain(info: tarfile.TarInfo, *, is_first: bool, is_last: bool) -> None:
    """Refuse what this program never writes: other names, links, devices, ways out."""
    if is_first and info.name != HEAD:
        raise Foreign
    known = {HEAD, SETTINGS, MANIFEST, TAIL, *DATABASES.values()}
    is_ours = info.name in known or (info.name.startswith(FILES) and is_inside(info.name))
    if info.type != tarfile.REGTYPE or not is_ours or is_last != (info.name == TAIL):
        raise Damaged("it holds something that does not belong there")


def is_inside(name: str) -> bool:
    """Return whether a member's name leads nowhere else."""
    parts = name.split("/")
    return "\\" not in name and "\0" not in name and not {"", ".", ".."} & set(parts)


def _contents(manifest: dict[str, Any]) -> Contents:
    try:
        names = [member["name"] for member in manifest["members"]]
        contents = Contents(
            format=int(manifest["format"]),
            head=Head(
                version=str(manifest["version"]),
                engine=str(manifest["engine"]),
                made_at=datetime.fromisoformat(manifest["made_at"]),
            ),
            migrations=frozenset((app, name) for app, name in manifest["migrations"]),
            sizes={member["name"]: int(member["size"]) for member in manifest["members"]},
            missing=tuple(map(str, manifest["missing"])),
            dropped=tuple(map(str, manifest["dropped"])),
        )
    except (KeyError, TypeError, ValueError) as exc:
        raise Damaged("its list of contents cannot be read") from exc
    needed = {HEAD, SETTINGS, DATABASES.get(contents.head.engine, "?")}
    if len(set(names)) != len(names) or not needed <= set(names):
        raise Damaged("its list of contents is wrong")
    return contents
