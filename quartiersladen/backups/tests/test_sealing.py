"""Encryption: the age format, opened by the passphrase and by nothing else."""

import io
import os
import tarfile
from base64 import b64encode
from hashlib import scrypt

import pyrage
import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from quartiersladen.backups.archive import BLOCK, padding, tar_header
from quartiersladen.backups.refusals import Damaged, Foreign, WrongPassphrase
from quartiersladen.backups.sealing import KEY, opened, sealed

pytestmark = pytest.mark.once
PASSPHRASE = "drei Laternen am Platz"  # noqa: S105 -- opens nothing but this
CONTENT = b"quartiersladen" * 20_000  # several pieces of 64 KB


@pytest.fixture(scope="module")
def strongly_locked():
    out = io.BytesIO()
    with sealed(out, PASSPHRASE) as sink:
        for start in range(0, len(CONTENT), 50_000):
            sink.write(CONTENT[start : start + 50_000])
    return out.getvalue()


def lightly_sealed(secret):
    """Lock a few bytes in the age format, by a passphrase that is tried 1,024 times and not 2^18.

    The format is the same; only guessing, which is slow on purpose, is quick.
    """
    file_key, salt, nonce = (os.urandom(16) for _part in range(3))
    work = 10

    def text(data):
        return b64encode(data).rstrip(b"=")

    def derived(salt, info):
        return HKDF(SHA256(), 32, salt, info).derive(file_key)

    label = b"age-encryption.org/v1/scrypt" + salt
    key = scrypt(PASSPHRASE.encode(), salt=label, n=1 << work, r=8, p=1, dklen=32)
    wrapped = ChaCha20Poly1305(key).encrypt(bytes(12), file_key, None)
    head = b"age-encryption.org/v1\n-> scrypt %s %d\n%s\n---" % (text(salt), work, text(wrapped))
    mac = HMAC(derived(None, b"header"), SHA256())
    mac.update(head)
    body = ChaCha20Poly1305(derived(nonce, b"payload")).encrypt(bytes(11) + b"\1", secret, None)
    return b"%s %s\n%s%s" % (head, text(mac.finalize()), nonce, body)


@pytest.fixture(scope="module")
def locked(strongly_locked):
    """The same archive with a lock that opens at once."""
    size = int(strongly_locked[124:135], 8)
    strong = strongly_locked[BLOCK : BLOCK + size]
    light = lightly_sealed(pyrage.passphrase.decrypt(strong, PASSPHRASE))
    rest = strongly_locked[BLOCK + size + len(padding(size)) :]
    return tar_header(KEY, len(light)) + light + padding(len(light)) + rest


def read(content, passphrase=PASSPHRASE):
    with opened(io.BytesIO(content), passphrase) as source:
        return source.read()


def test_the_passphrase_opens_it(strongly_locked):
    assert read(strongly_locked) == CONTENT
    assert CONTENT[:100] not in strongly_locked


def test_a_light_lock_opens_as_the_strong_one_does(strongly_locked, locked):
    assert read(locked) == CONTENT
    assert len(locked) == len(strongly_locked)


def test_the_ordinary_tools_open_it(strongly_locked):
    """As docs/operations.md tells it: tar, then age with the passphrase, then age with the key."""
    with tarfile.open(fileobj=io.BytesIO(strongly_locked)) as tar:
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
