"""Encryption: the age format, opened by the passphrase and by nothing else."""

import io
import tarfile

import pyrage
import pytest

from quartiersladen.backups.refusals import Damaged, Foreign, WrongPassphrase
from quartiersladen.backups.sealing import opened, sealed

PASSPHRASE = "drei Laternen am Platz"  # noqa: S105 -- opens nothing but this
CONTENT = b"quartiersladen" * 20_000  # several pieces of 64 KB


@pytest.fixture(scope="module")
def locked():
    out = io.BytesIO()
    with sealed(out, PASSPHRASE) as sink:
        for start in range(0, len(CONTENT), 50_000):
            sink.write(CONTENT[start : start + 50_000])
    return out.getvalue()


def read(content, passphrase=PASSPHRASE):
    with opened(io.BytesIO(content), passphrase) as source:
        return source.read()


def test_the_passphrase_opens_it(locked):
    assert read(locked) == CONTENT
    assert CONTENT[:100] not in locked


def test_the_ordinary_tools_open_it(locked):
    """As docs/operations.md tells it: tar, then age with the passphrase, then age with the key."""
    with tarfile.open(fileobj=io.BytesIO(locked)) as tar:
        key, archive = (tar.extractfile(name).read() for name in ("key.age", "backup.tar.age"))
        assert tar.getnames() == ["key.age", "backup.tar.age"]

    identity = pyrage.x25519.Identity.from_str(pyrage.passphrase.decrypt(key, PASSPHRASE).decode())

    assert pyrage.decrypt(archive, [identity]) == CONTENT


@pytest.mark.parametrize(
    ("passphrase", "sentence"),
    [
        (None, "This backup is encrypted: name a --passphrase-file."),
        ("falsch", "The passphrase does not open this backup, or the backup is damaged."),
    ],
)
def test_without_it_nobody_gets_in(locked, passphrase, sentence):
    with pytest.raises(WrongPassphrase) as refused:
        read(locked, passphrase)

    assert str(refused.value) == sentence


@pytest.mark.parametrize("place", [300, 700, 1_100, 1_400, 150_000, -1, -2000])
def test_damage_is_noticed(locked, place):
    broken = bytearray(locked)
    broken[place] ^= 1

    with pytest.raises((Damaged, WrongPassphrase)):
        read(bytes(broken))


@pytest.mark.parametrize("place", [3, 130, 127])
def test_damage_of_the_first_header_is_noticed(locked, place):
    broken = bytearray(locked)
    broken[place] ^= 1

    with pytest.raises((Damaged, Foreign)):
        read(bytes(broken))


def test_a_header_with_nonsense_for_a_size_is_noticed(locked):
    with pytest.raises(Damaged):
        read(locked[:124] + b"nonsense" + locked[132:])
    with pytest.raises(Damaged):
        read(locked[:124] + b"\x80" + b"\xff" * 11 + locked[136:])


def test_one_that_is_cut_off_or_goes_on_is_noticed(locked):
    for content in (locked[:-512], locked[:-1024] + locked[-512:], locked + b"\0"):
        with pytest.raises(Damaged):
            read(content)


def test_a_reader_that_loses_interest_ends_it(locked):
    def lose_interest():
        with opened(io.BytesIO(locked), PASSPHRASE) as source:
            raise KeyError(source.read(10))

    with pytest.raises(KeyError):
        lose_interest()


def test_a_disk_that_takes_no_more_is_named():
    class Full(io.BytesIO):
        def write(self, data, /):
            if len(data) > 10_000:
                raise OSError(28, "No space left on device")
            return super().write(data)

    def write():
        with sealed(Full(), PASSPHRASE) as out:
            for _time in range(100):
                out.write(b"x" * 100_000)

    with pytest.raises(OSError, match="No space left on device"):
        write()


def test_what_goes_wrong_inside_is_not_hidden():
    with pytest.raises(KeyError), sealed(io.BytesIO(), PASSPHRASE):
        raise KeyError
