"""Which class a mail is: MAIL-05, MAIL-06, MAIL-11."""

import pytest

from quartiersladen.correspondence.incoming.bounces import in_words, words_in
from quartiersladen.correspondence.incoming.reading import received
from quartiersladen.correspondence.incoming.sorting import Return, sort
from quartiersladen.correspondence.incoming.states import Delivery, MailClass
from quartiersladen.correspondence.testing import make_mail, make_notice

D = Delivery
OURS = Return(is_bounce=True, is_ours=True, to="nour@example.org")
OWN = frozenset({"buero@ost.example.org"})


def sorted_as(raw, returned=Return()):  # noqa: B008 -- frozen
    return sort(received(raw), raw, returned=returned, own=OWN)


def class_of(raw, returned=Return()):  # noqa: B008 -- frozen
    found = sorted_as(raw, returned)
    return found and found.mail_class


@pytest.mark.parametrize("action", ["failed", "delayed", "relayed", "delivered", "expanded"])
@pytest.mark.parametrize(
    ("status", "means"),
    [
        ("5.1.1", D.WRONG_ADDRESS),
        ("5.2.2", D.FAILED),
        ("5.7.1", D.REFUSED),
        ("4.2.2", D.FAILED),
        # The server has stopped trying: it will not arrive any more.
        ("4.4.7", D.FAILED),
    ],
)
def test_a_notice_by_the_standard_says_whether_it_arrived(action, status, means):
    found = sorted_as(make_notice(("nour@example.org", action, status)))

    expected = {"failed": means, "delayed": D.DELAYED}.get(action, D.ARRIVED)
    assert (found.mail_class, found.delivery) == (MailClass.BOUNCE, expected)


def test_of_several_recipients_the_one_whom_we_wrote_to_counts():
    raw = make_notice(
        ("a@example.org", "failed", "5.1.1"), ("nour@example.org", "delayed", "4.2.2")
    )

    assert sorted_as(raw, OURS).delivery == D.DELAYED
    assert sorted_as(raw).delivery == D.WRONG_ADDRESS


@pytest.mark.parametrize(
    ("words", "means"),
    [
        ("Ihre Nachricht konnte nicht zugestellt werden.", D.FAILED),
        ("Die Zustellung ist endgültig fehlgeschlagen.", D.FAILED),
        ("Empfänger unbekannt: nour@example.org", D.WRONG_ADDRESS),
        ("Das Postfach nour@example.org existiert nicht.", D.WRONG_ADDRESS),
        ("Die E-Mail-Adresse wurde nicht gefunden.", D.WRONG_ADDRESS),
        ("Die Zustellung verzögert sich. Es wird weiterhin versucht.", D.DELAYED),
        ("Die Nachricht wurde noch nicht zugestellt.", D.DELAYED),
        ("Die Mail konnte nicht zugestellt werden: als Spam eingestuft.", D.REFUSED),
        ("550 user unknown", D.WRONG_ADDRESS),
        ("Die Laterne ist aus.", None),
        ("", None),
    ],
)
def test_plain_german_words_say_it_as_well(words, means):
    assert in_words(words) == means


def server(text: str) -> bytes:
    return make_mail(text, sender="Mail Delivery <mailer-daemon@web.example>")


def test_a_server_without_the_standard_is_understood_by_its_words():
    found = sorted_as(server("Ihre Nachricht konnte leider nicht zugestellt werden."))

    assert (found.mail_class, found.delivery) == (MailClass.BOUNCE, D.FAILED)


def test_the_dialect_of_an_old_server_is_understood():
    qmail = (
        "Hi. This is the qmail-send program at mx.example.org.\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        "<nour@example.org>:\n"
        "Sorry, no mailbox here by that name. (#5.1.1)\n\n"
        "--- Below this line is a copy of the message.\n"
    )

    assert sorted_as(server(qmail)).delivery in {D.FAILED, D.WRONG_ADDRESS}


def test_what_a_person_writes_about_a_parcel_is_no_notice():
    raw = make_mail("Mein Paket konnte nicht zugestellt werden, weil die Klingel kaputt ist.")

    assert class_of(raw) is None


def test_a_server_that_writes_nothing_certain_changes_nothing():
    assert sorted_as(server("Guten Tag")).delivery == D.ARRIVED
    assert sorted_as(server("Guten Tag"), OURS).delivery == D.FAILED


def test_a_return_path_without_the_right_proof_is_ignored():
    forged = Return(is_bounce=True, is_ours=False)
    found = sorted_as(make_notice(("nour@example.org", "failed", "5.1.1")), forged)

    assert (found.mail_class, found.delivery, found.is_forged) == (MailClass.BOUNCE, None, True)


@pytest.mark.parametrize(
    ("headers", "subject"),
    [
        ({"Auto_Submitted": "auto-replied"}, "Bin weg"),
        ({"Auto_Submitted": "auto-generated"}, "Bericht"),
        ({"Auto_Submitted": "auto-replied (vacation); owner=x"}, "Bin weg"),
        ({"X_Autoreply": "yes"}, "Bin weg"),
        ({"Precedence": "junk"}, "Bin weg"),
        ({"Precedence": "auto_reply"}, "Bin weg"),
        ({}, "Automatische Antwort: Laterne"),
        ({}, "Abwesenheitsnotiz"),
        ({}, "Out of office: Laterne"),
        ({"Return_Path": "<>", "Auto_Submitted": "auto-replied"}, "Ich bin im Urlaub"),
    ],
)
def test_an_answer_of_a_programme_is_no_answer(headers, subject):
    raw = make_mail("Ich bin bis Montag nicht da.", subject=subject, **headers)

    assert class_of(raw) == MailClass.AUTO
    # It often comes to the return path: that does not make it a failed delivery.
    assert class_of(raw, OURS) == MailClass.AUTO


@pytest.mark.parametrize(
    "headers",
    [
        {"Precedence": "bulk"},
        {"Precedence": "list"},
        {"List_Id": "Rundbrief <rundbrief.example.org>"},
        {"List_Unsubscribe": "<https://example.org/>"},
    ],
)
def test_a_mailing_list_is_no_case(headers):
    assert class_of(make_mail(**headers)) == MailClass.LIST


@pytest.mark.parametrize("headers", [{}, {"Auto_Submitted": "auto-generated"}])
def test_our_own_mail_that_came_back_to_us_is_no_case(headers):
    assert class_of(make_mail(sender="Buero@ost.example.org", **headers)) == MailClass.OWN


@pytest.mark.parametrize("kind", ["disposition-notification", "feedback-report"])
def test_a_receipt_and_a_complaint_are_no_answers(kind):
    raw = make_notice(words="gelesen").replace(b"delivery-status;", kind.encode() + b";")
    raw = raw.replace(b"Auto-Submitted: auto-replied\r\n", b"")

    assert class_of(raw) == MailClass.AUTO


@pytest.mark.parametrize("headers", [{}, {"Auto_Submitted": "no"}, {"Precedence": "first-class"}])
def test_what_a_person_wrote_is_left_to_the_books(headers):
    assert sorted_as(make_mail(**headers)) is None


def test_the_books_get_the_servers_own_words():
    notice = received(make_notice(("nour@example.org", "failed", "5.1.1")))
    words = received(server("\n\nKein Postfach\nmit diesem Namen"))

    assert words_in(notice) == "5.1.1 550 5.1.1 said the other server"
    assert words_in(words) == "Kein Postfach"
