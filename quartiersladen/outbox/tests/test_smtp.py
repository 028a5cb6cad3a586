"""Talking to mail servers of several tempers. The servers here are real sockets."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from quartiersladen.outbox import smtp
from quartiersladen.outbox.smtp import Refused, greet, send

FROM, TO = "post@example.org", "anna@example.org"


def message():
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = FROM, TO, "Hallo"
    mail.set_content("Hallo")
    return mail


class Keeps:
    """Keeps what it gets, and whether the line was encrypted."""

    def __init__(self):
        self.taken = []

    async def handle_DATA(self, _server, session, envelope):  # noqa: N802 -- named by the library
        self.taken.append((session.host_name, session.ssl is not None, envelope.mail_from))
        return "250 taken"


@pytest.fixture
def certificate(tmp_path):
    """Make a certificate that no authority has signed, as a relay on the same machine has."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    cert = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = tmp_path / "relay.pem"
    path.write_bytes(secret + cert.public_bytes(Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    return context


@pytest.fixture
def server():
    """Return a function that starts a server and returns its port."""
    running = []

    def start(handler, **options):
        controller = Controller(handler, hostname="127.0.0.1", port=free_port(), **options)
        controller.start()
        running.append(controller)
        return controller.port

    yield start
    for controller in running:
        controller.stop()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def talk(listener, answers):
    """Say one of `answers` for each line heard, and after 354 the next only when the text ends."""
    line, _address = listener.accept()
    with line, line.makefile("rb") as heard:
        for answer in answers:
            line.sendall(answer.encode() + b"\r\n")
            if answer.startswith("354"):
                while heard.readline() not in {b".\r\n", b""}:
                    pass
            elif not heard.readline():
                return


@pytest.fixture
def scripted():
    """Return a function that starts a server which says the given lines, and its address."""
    threads, listeners = [], []

    def start(*answers):
        listener = socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=talk, args=(listener, answers))
        thread.start()
        listeners.append(listener)
        threads.append(thread)
        return f"smtp://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for thread in threads:
        thread.join(5)
    for listener in listeners:
        listener.close()


def test_it_greets_with_the_domain_of_the_sender(server):
    keeps = Keeps()

    send(f"smtp://127.0.0.1:{server(keeps)}", message(), sender=FROM, recipient=TO)

    assert keeps.taken == [("example.org", False, FROM)]


def test_it_encrypts_when_that_is_offered(server, certificate):
    keeps = Keeps()
    port = server(keeps, tls_context=certificate)

    send(f"smtp://127.0.0.1:{port}", message(), sender=FROM, recipient=TO)

    assert keeps.taken == [("example.org", True, FROM)]


def test_it_encrypts_from_the_first_byte_if_told_so(server, certificate):
    keeps = Keeps()
    port = server(keeps, ssl_context=certificate)

    send(f"smtps://localhost:{port}", message(), sender=FROM, recipient=TO)

    # The server understands nothing that is not encrypted.
    assert len(keeps.taken) == 1


def test_elsewhere_a_certificate_must_be_signed(server, certificate, monkeypatch):
    monkeypatch.setattr(smtp, "HERE", frozenset())
    port = server(Keeps(), tls_context=certificate)

    with pytest.raises(Refused, match="SSLCertVerificationError") as refusal:
        send(f"smtp://localhost:{port}", message(), sender=FROM, recipient=TO)

    assert refusal.value.is_final is False


class Guarded(Keeps):
    """Takes mails only from those who have signed in."""

    async def handle_MAIL(self, _server, session, envelope, address, _options):  # noqa: N802 -- named by the library
        if not session.authenticated:
            return "530 sign in first"
        envelope.mail_from = address
        return "250 OK"


def authenticate(_server, _session, _envelope, _mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"anna@x", b"p/w:1"), handled=False)


def test_it_signs_in(server):
    keeps = Guarded()
    port = server(keeps, authenticator=authenticate, auth_require_tls=False)

    send(f"smtp://anna%40x:p%2Fw%3A1@127.0.0.1:{port}", message(), sender=FROM, recipient=TO)

    assert len(keeps.taken) == 1


@pytest.mark.parametrize("who", ["anna%40x:wrong@", "anna%40x@", ""])
def test_a_wrong_sign_in_is_the_operators_matter_and_not_final(server, who):
    port = server(Guarded(), authenticator=authenticate, auth_require_tls=False)

    with pytest.raises(Refused, match=r"^53[05] ") as refusal:
        send(f"smtp://{who}127.0.0.1:{port}", message(), sender=FROM, recipient=TO)

    assert refusal.value.is_final is False


def test_a_password_does_not_travel_in_the_clear(server, monkeypatch):
    monkeypatch.setattr(smtp, "HERE", frozenset())
    heard = []

    def overhear(_server, _session, _envelope, _mechanism, data):
        heard.append(data)
        return AuthResult(success=True)

    port = server(Keeps(), authenticator=overhear, auth_require_tls=False)

    with pytest.raises(Refused) as refusal:
        send(f"smtp://anna:secret@127.0.0.1:{port}", message(), sender=FROM, recipient=TO)

    assert (heard, refusal.value.is_final) == ([], False)


BEGIN = ("220 hello", "250 example")
UNTIL_TEXT = (*BEGIN, "250 sender ok", "250 recipient ok", "354 go on")


def test_a_bad_farewell_after_the_mail_was_taken_does_not_count(scripted):
    url = scripted(*UNTIL_TEXT, "250 taken", "451 I am tired")

    send(url, message(), sender=FROM, recipient=TO)


def test_a_server_that_hangs_up_after_the_mail_was_taken(scripted):
    url = scripted(*UNTIL_TEXT, "250 taken")

    send(url, message(), sender=FROM, recipient=TO)


NO_SERVER = "Dort antwortet kein Mailserver."
NOT_ABOUT_IT, NOT_NOW, NEVER = (False, False), (True, False), (True, True)


@pytest.mark.parametrize(
    ("answers", "words", "weight"),
    [
        (("554 no service for you",), "554 no service for you", NOT_ABOUT_IT),
        ((*BEGIN, "553 sender not allowed", "250 reset"), "553 sender not allowed", NEVER),
        ((*BEGIN, "530 sign in first", "250 reset"), "530 sign in first", NOT_ABOUT_IT),
        ((*BEGIN, "452 no space", "250 reset"), "452 no space", NOT_ABOUT_IT),
        ((*BEGIN, "250 ok", "550 unknown", "250 reset"), "550 unknown", NEVER),
        ((*BEGIN, "250 ok", "450 later", "250 reset"), "450 later", NOT_NOW),
        ((*BEGIN, "250 ok", "421 closing"), "421 closing", NOT_ABOUT_IT),
        ((*UNTIL_TEXT, "552 too large", "250 reset"), "552 too large", NEVER),
        ((*UNTIL_TEXT, "451 later", "250 reset"), "451 later", NOT_NOW),
        ((*UNTIL_TEXT, "354 and more?", "250 reset"), "354 and more?", NOT_ABOUT_IT),
        ((*UNTIL_TEXT, "thank you", "250 reset"), NO_SERVER, NOT_ABOUT_IT),
        (BEGIN, "SMTPServerDisconnected: Connection unexpectedly closed", NOT_ABOUT_IT),
        (("<html>",), NO_SERVER, NOT_ABOUT_IT),
    ],
)
def test_what_the_server_says_is_kept_and_weighed(scripted, monkeypatch, answers, words, weight):
    monkeypatch.setattr(smtp, "TIMEOUT", 2)  # one of them waits for more than we have
    url = scripted(*answers)

    with pytest.raises(Refused) as refusal:
        send(url, message(), sender=FROM, recipient=TO)

    assert str(refusal.value) == words
    assert (refusal.value.is_about_mail, refusal.value.is_final) == weight


def test_greeting_sends_nothing(server):
    keeps = Keeps()

    greet(f"smtp://127.0.0.1:{server(keeps)}")

    assert keeps.taken == []


def test_nobody_there_to_greet():
    with pytest.raises(Refused, match="ConnectionRefusedError"):
        greet(f"smtp://127.0.0.1:{free_port()}")


def test_a_fault_without_words_is_named(monkeypatch):
    with pytest.raises(Refused, match=r"^TimeoutError$"), smtp._refusals():
        raise TimeoutError


def test_words_of_the_library_are_taken_as_they_are():
    assert str(smtp._answer(450, "later", is_about_mail=True)) == "450 later"
