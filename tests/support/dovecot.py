"""A real mailbox for tests: Dovecot on the loopback address, with a folder and a port of its own."""

import grp
import imaplib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

PROGRAMS = (Path("/usr/sbin/dovecot"), Path("/usr/local/sbin/dovecot"))
PASSWORD = "sicheres/Wort@7"  # noqa: S105 -- of a server that lives as long as the tests
PATIENCE = 60  # seconds until it must answer
CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
listen = 127.0.0.1
protocols = imap
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
first_valid_uid = 0
mail_uid = {owner}
mail_gid = {owner_group}
mail_location = maildir:{folder}/mail/%u
mailbox_list_index = no
mail_privileged_group =
disable_plaintext_auth = no
ssl = yes
{certificate}
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner_group} home={folder}/own/%u allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def program() -> Path | None:
    """Return where Dovecot is; None without one."""
    found = shutil.which("dovecot")
    return next((path for path in PROGRAMS if path.exists()), Path(found) if found else None)


def is_demanded() -> bool:
    """Return whether a missing mail server is an error, as in CI."""
    return os.environ.get("REQUIRE_BROWSER", "") not in {"", "0"}


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _number in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@dataclass(frozen=True)
class Server:
    """A running server. Whoever signs in has a mailbox, so every test takes one of its own."""

    port: int
    tls_port: int
    folder: Path

    def mailbox(self) -> "Mailbox":
        """Return an empty mailbox."""
        return Mailbox(self, f"buero-{uuid4().hex[:8]}@ost.example.org")


@dataclass(frozen=True)
class Mailbox:
    """One mailbox, to which mails are delivered as to any other."""

    server: Server
    user: str

    @property
    def url(self) -> str:
        """The address as IMAP_URL wants it, without encryption."""
        return f"imap://{self._who}@127.0.0.1:{self.server.port}/INBOX"

    @property
    def tls_url(self) -> str:
        """The same with encryption from the first byte on."""
        return f"imaps://{self._who}@127.0.0.1:{self.server.tls_port}/INBOX"

    @property
    def _who(self) -> str:
        return f"{quote(self.user, safe='')}:{quote(PASSWORD, safe='')}"

    @contextmanager
    def opened(self) -> Iterator[imaplib.IMAP4]:
        """Open the mailbox as a mail programme does."""
        client = imaplib.IMAP4("127.0.0.1", self.server.port)
        client.login(self.user, PASSWORD)
        client.select("INBOX")
        yield client
        client.logout()

    def deliver(self, *mails: bytes) -> None:
        """Put mails into the mailbox, oldest first."""
        with self.opened() as client:
            for mail in mails:
                kind, said = client.append("INBOX", "", "", mail)
                assert kind == "OK", said

    def flags(self) -> list[bytes]:
        """Return the flags of each mail in the inbox."""
        with self.opened() as client:
            found = client.fetch("1:*", "(FLAGS)")[1]
        return [line for line in found if isinstance(line, bytes)]

    def count(self, folder: str = "INBOX") -> int:
        """Return how many mails lie in a folder."""
        with self.opened() as client:
            kind, said = client.select(folder, readonly=True)
            assert kind == "OK", said
            return int(said[0] or 0)

    def number_anew(self) -> None:
        """Make the folder anew with the same mails, as a server does that was moved."""
        with self.opened() as client:
            client.create("Alt")
            client.copy("1:*", "Alt")
            client.store("1:*", "+FLAGS", r"(\Deleted)")
            client.expunge()
        inbox = self.server.folder / "mail" / self.user
        for name in (
            "dovecot-uidlist",
            "dovecot.index",
            "dovecot.index.log",
            "dovecot.index.cache",
        ):
            (inbox / name).unlink(missing_ok=True)
        with self.opened() as client:
            client.select("Alt")
            client.copy("1:*", "INBOX")


def _certificate(folder: Path) -> str:
    """Let the server make its own certificate, as one on the same machine does."""
    key, own = folder / "key.pem", folder / "cert.pem"
    openssl = shutil.which("openssl")
    assert openssl is not None, "Dovecot is there, but no openssl"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-keyout", str(key), "-out", str(own), "-days", "2", "-nodes", "-subj", "/CN=localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    return f"ssl_cert = <{own}\nssl_key = <{key}"


@contextmanager
def running_dovecot(folder: Path) -> Iterator[Server]:
    """Start the server in `folder` and end it, by its own process."""
    found = program()
    assert found is not None, "REQUIRE_BROWSER is set, but no Dovecot was found"
    port, tls_port = _free_ports(2)
    me = pwd.getpwuid(os.geteuid())
    is_root = me.pw_uid == 0
    # It gives nobody's mails to root; Debian's package brings users for it.
    owner = pwd.getpwnam("nobody") if is_root else me
    internal, login = ("dovecot", "dovenull") if is_root else (me.pw_name, me.pw_name)
    for name in ("run", "mail", "own"):
        (folder / name).mkdir(parents=True)
    for name in ("mail", "own"):
        os.chown(folder / name, owner.pw_uid, owner.pw_gid)
    for parent in (folder, *folder.parents):
        # The server's own users have to get there.
        if parent.owner() == me.pw_name and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    configuration = folder / "dovecot.conf"
    configuration.write_text(
        CONFIGURATION.format(
            folder=folder,
            internal=internal,
            login=login,
            group=grp.getgrgid(pwd.getpwnam(internal).pw_gid).gr_name,
            owner=owner.pw_uid,
            owner_group=owner.pw_gid,
            port=port,
            tls_port=tls_port,
            password=PASSWORD,
            certificate=_certificate(folder),
        ),
        encoding="utf-8",
    )
    with (folder / "out").open("wb") as out:
        server = subprocess.Popen(
            [str(found), "-F", "-c", str(configuration)], stdout=out, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_ready(port, server, folder)
        yield Server(port, tls_port, folder)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=PATIENCE)


def _wait_until_ready(port: int, server: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not _greets(port):
        files = [path for path in (folder / "out", folder / "log") if path.exists()]
        told = "\n".join(path.read_text(errors="replace") for path in files)
        assert server.poll() is None, told
        assert time.monotonic() < deadline, told
        time.sleep(0.05)


def _greets(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
            return line.recv(4) == b"* OK"
    except OSError:
        return False
