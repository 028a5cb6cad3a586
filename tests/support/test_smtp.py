import smtplib
from email.message import EmailMessage

import pytest

from tests.support.smtp import SmtpSink


def letter(to):
    message = EmailMessage()
    message["From"], message["To"] = "buero@example.org", to
    message["Subject"] = "Grüße aus dem Büro"
    message.set_content("Die Laterne brennt wieder.\n")
    return message


@pytest.fixture
def sink():
    with SmtpSink() as running:
        yield running


def send(sink, to="resident@example.org"):
    with smtplib.SMTP("127.0.0.1", int(sink.url.rsplit(":", 1)[1])) as line:
        line.send_message(letter(to))


def test_it_keeps_what_it_gets(sink):
    send(sink)

    assert [m["Subject"] for m in sink.messages_to("resident@example.org")] == [
        "Grüße aus dem Büro"
    ]
    assert sink.messages[0].get_content() == "Die Laterne brennt wieder.\r\n"
    assert sink.envelopes[0].sender == "buero@example.org"


def test_it_refuses_when_told_to_and_takes_again(sink):
    sink.refuse(451, "later")
    with pytest.raises(smtplib.SMTPDataError, match="later"):
        send(sink)

    sink.accept()
    send(sink)

    assert len(sink.messages) == 1


def test_it_refuses_one_recipient(sink):
    sink.refuse_recipient("gone@example.org", 550, "no such user")

    with pytest.raises(smtplib.SMTPRecipientsRefused, match="no such user"):
        send(sink, "gone@example.org")

    assert sink.messages == []


def test_it_hangs_up_in_the_middle_of_the_text(sink):
    sink.hang_up()

    with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
        send(sink)

    sink.accept()
    send(sink)
    assert len(sink.messages) == 1


def test_it_talks_nonsense(sink):
    sink.talk_nonsense()

    with pytest.raises(smtplib.SMTPResponseException):
        send(sink)


def test_it_is_down_and_comes_up_at_the_same_address(sink):
    url = sink.url
    sink.go_down()
    with pytest.raises(ConnectionRefusedError):
        send(sink)

    sink.come_up()
    send(sink)

    assert (sink.url, len(sink.messages)) == (url, 1)
