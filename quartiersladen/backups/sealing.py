"""Encryption of an archive of any size in the age format, by a passphrase.

The library locks bytes by a passphrase in memory, and streams for a key. So a fresh key is made for
each archive, the key alone is locked by the passphrase, and the archive is streamed for that key.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING, BinaryIO

from quartiersladen.backups.archive import BLOCK, CHUNK, HEAD, Readable, padding, tar_header
from quartiersladen.backups.refusals import Damaged, Foreign, WrongPassphrase

if TYPE_CHECKING:
    import pyrage

KEY, PAYLOAD = "key.age", "backup.tar.age"
SIZE_AT = slice(124, 136)  # where a tar header holds the size
MOST_KEY = 64 * 1024  # bytes


class _Sink:
    """The file; remembers why it took no more, because the library tells it only in words."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.fault: OSError | None = None

    def write(self, data: bytes, /) -> int:
        try:
            return self._file.write(data)
        except OSError as exc:
            self.fault = exc
            raise

    def flush(self) -> None:
        self._file.flush()


class _Worker(Thread):
    """Runs one call beside and keeps what it raised."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self.fault: Exception | None = None

    def run(self) -> None:
        try:
            self._work()
        except Exception as exc:  # noqa: BLE001 -- raised again where it is waited for
            self.fault = exc


@contextmanager
def sealed(file: BinaryIO, passphrase: str) -> Iterator[BinaryIO]:
    """Yield something to write an archive into; `file` gets it encrypted.

    file: empty and seekable; the size of what was encrypted is filled in at the end.
    """
    import pyrage  # noqa: PLC0415 -- only who makes or opens a backup needs it

    identity = pyrage.x25519.Identity.generate()
    key = pyrage.passphrase.encrypt(str(identity).encode(), passphrase)
    file.write(tar_header(KEY, len(key)) + key + padding(len(key)))
    header_at = file.tell()
    file.write(tar_header(PAYLOAD, 0))
    reading, writing = os.pipe()

    sink = _Sink(file)

    def encrypt() -> None:
        with open(reading, "rb") as source:  # noqa: PTH123 -- a pipe has no path
            pyrage.encrypt_io(source, sink, [identity.to_public()])

    worker = _Worker(encrypt)
    worker.start()
    try:
        # A worker that failed closes the pipe; what it says is worth more than that.
        with suppress(BrokenPipeError), open(writing, "wb", buffering=CHUNK) as target:  # noqa: PTH123 -- as above
            yield target
    finally:
        worker.join()
    if worker.fault is not None:
        raise sink.fault or worker.fault
    size = file.tell() - header_at - BLOCK
    file.write(padding(size) + b"\0" * (2 * BLOCK))
    file.seek(header_at)
    file.write(tar_header(PAYLOAD, size))


class _Part:
    """At most `size` bytes of a file from where it stands."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._left = file, size

    def read(self, size: int = -1, /) -> bytes:
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        return data


def _member(file: BinaryIO, name: str) -> int:
    """Return the size of the member that begins here. Raises Damaged."""
    header = file.read(BLOCK)
    with suppress(ValueError):
        size = int(header[SIZE_AT].rstrip(b"\0 "), 8) if header[124:125] < b"\x80" else 0
        size = size or int.from_bytes(header[125:136], "big")
        if header == tar_header(name, size):
            return size
    raise Damaged("it cannot be read to its end")


def _demand_bytes(file: BinaryIO, expected: bytes) -> None:
    if file.read(len(expected)) != expected:
        raise Damaged("its checksum is wrong")


def _identity(file: BinaryIO, passphrase: str) -> "pyrage.x25519.Identity":
    import pyrage  # noqa: PLC0415 -- as in sealed

    size = _member(file, KEY)
    if size > MOST_KEY:
        raise Damaged("its key cannot be read")
    key = file.read(size)
    _demand_bytes(file, padding(size))
    try:
        return pyrage.x25519.Identity.from_str(pyrage.passphrase.decrypt(key, passphrase).decode())
    except (pyrage.DecryptError, pyrage.IdentityError, ValueError) as exc:
        msg = "The passphrase does not open this backup, or the backup is damaged."
        raise WrongPassphrase(msg) from exc


@contextmanager
def _unsealed(file: BinaryIO, passphrase: str) -> Iterator[Readable]:
    import pyrage  # noqa: PLC0415 -- as in sealed

    identity = _identity(file, passphrase)
    size = _member(file, PAYLOAD)
    reading, writing = os.pipe()

    def decrypt() -> None:
        with open(writing, "wb", buffering=CHUNK) as target:  # noqa: PTH123 -- a pipe has no path
            pyrage.decrypt_io(_Part(file, size), target, [identity])

    worker = _Worker(decrypt)
    worker.start()
    try:
        with open(reading, "rb") as source:  # noqa: PTH123 -- as above
            yield source
    finally:
        worker.join()
    if worker.fault is not None:
        raise Damaged("it cannot be decrypted to its end") from worker.fault
    _demand_bytes(file, padding(size) + b"\0" * (2 * BLOCK))
    if file.read(1):
        raise Damaged("something hangs on its end")


@contextmanager
def opened(file: BinaryIO, passphrase: str | None) -> Iterator[Readable]:
    """Yield the archive in `file`, decrypted if it is encrypted.

    Raises Foreign; WrongPassphrase, also when there is none and one is needed; Damaged at the end.
    """
    name = file.read(100).split(b"\0")[0]
    file.seek(0)
    if name == HEAD.encode():
        yield file
    elif name != KEY.encode():
        raise Foreign
    elif passphrase is None:
        raise WrongPassphrase("This backup is encrypted: name a --passphrase-file.")
    else:
        with _unsealed(file, passphrase) as source:
            yield source
