"""What a mail says, whatever its bytes."""

import random
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartiersladen.correspondence.incoming.html import as_lines
from quartiersladen.correspondence.incoming.quoting import split
from quartiersladen.correspondence.incoming.reading import (
    MOST_BYTES,
    MOST_MULTIPARTS,
    TEXT_LENGTH,
    address_of,
    attached_bytes,
    received,
)
from quartiersladen.correspondence.incoming.states import Trouble
from quartiersladen.correspondence.testing import make_mail, make_notice


def test_it_says_who_wrote_what_and_when():
    mail = received(make_mail("Guten Tag,\n\nes ist dunkel.", Message_ID="<eins@example.org>"))

    assert (mail.sender_name, mail.sender_address) == ("Samuel Okafor", "okafor@example.org")
    assert (mail.subject, mail.text) == ("Laterne", "Guten Tag,\n\nes ist dunkel.")
    assert mail.written_at == datetime(2026, 3, 2, 11, tzinfo=UTC)
    assert (mail.message_id, mail.trouble) == ("<eins@example.org>", None)
    assert mail.recipients == ("buero@ost.example.org",)


@pytest.mark.parametrize(
    ("given_id", "kept"),
    [
        ("<eins@example.org>", "<eins@example.org>"),
        ("", ""),
        ("eins@example.org", ""),
        ("<>", ""),
        (f"<{'x' * 300}@example.org>", ""),
        ("<ü@example.org>", ""),
        ("<eins@example.org> <zwei@example.org>", "<eins@example.org>"),
    ],
)
def test_a_message_id_that_cannot_be_relied_on_is_none(given_id, kept):
    raw = f"From: a@example.org\r\nMessage-ID: {given_id}\r\n\r\nx".encode()

    assert received(raw).message_id == kept


def test_the_nearest_of_the_earlier_mails_comes_first():
    raw = make_mail(In_Reply_To="<c@example.org>", References="<a@x.example> <b@x.example>")

    assert received(raw).reply_to_ids == ("<c@example.org>", "<b@x.example>", "<a@x.example>")


def test_a_name_with_a_line_end_writes_no_header():
    raw = (
        b"From: =?utf-8?q?Nour=0D=0ABcc=3A_evil=40example=2Eorg?= <nour@example.org>\r\n"
        b"Subject: =?utf-8?b?TGljaHQNCkJjYzogZXZpbEBleGFtcGxlLm9yZw==?=\r\n\r\nx"
    )
    mail = received(raw)

    assert mail.sender_name == "Nour Bcc: evil@example.org"
    assert mail.subject == "Licht Bcc: evil@example.org"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("nour@example.org", "nour@example.org"),
        ("nour@EXAMPLE.org", "nour@example.org"),
        # The first letter of the second domain is Cyrillic.
        ("nour@аmazon.example", "nour@xn--mazon-3ve.example"),
        ("nour@köln.example", "nour@xn--kln-sna.example"),
        ("müller@example.org", "müller@example.org"),
        ("nour@exam ple.org", ""),
        ("nour", ""),
        ("@example.org", ""),
        (f"{'x' * 300}@example.org", ""),
        ("nour@\u202egro.elpmaxe", ""),
    ],
)
def test_two_domains_that_look_alike_stay_apart(written, kept):
    assert address_of(written) == kept


@pytest.mark.parametrize(
    "charset", ["utf-8", "latin-1", "no-such", "hex", "zlib", "idna", "punycode", "undefined"]
)
def test_letters_of_any_charset_are_letters(charset):
    raw = (
        f"From: a@example.org\r\nSubject: =?{charset}?q?Licht?=\r\n"
        f"Content-Type: text/plain; charset={charset}\r\n\r\nDunkel"
    ).encode()
    mail = received(raw)

    assert (mail.subject, mail.text, mail.trouble) == ("Licht", "Dunkel", None)


def test_html_alone_is_read_as_lines():
    html = (
        "<style>p{}</style><p>Guten&nbsp;Tag</p><script>alert(1)</script><ul><li>eins<li>zwei</ul>"
    )
    raw = make_mail(" ", html=html)

    assert received(raw).text == "Guten Tag\n\n- eins\n- zwei"


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<b>fett</b>", "fett"),
        ("a<br>b", "a\nb"),
        ('<a href="https://böse.example/">Sparkasse</a>', "Sparkasse <https://böse.example/>"),
        ('<a href="https://gut.example/">https://gut.example</a>', "https://gut.example"),
        ('<a href="javascript:alert(1)">x</a>', "x"),
        ("<blockquote>alt</blockquote>neu", "> alt\nneu"),
        ("<p>vorher</p><![foo[x", "vorher <![foo[x"),
        ("&lt;b&gt;", "<b>"),
        ("</p></blockquote></script>x", "x"),
        ("", ""),
    ],
)
def test_tags_become_lines(html, lines):
    assert as_lines(html) == lines


@pytest.mark.parametrize(
    ("text", "answer", "quoted"),
    [
        ("Ja.\n\nAm 2. März 2026 um 12:00 schrieb Büro:\n> Ist es aus?", "Ja.", "Am 2."),
        ("Ja.\n\nAm 2. März 2026 schrieb Quartier Ost\n<buero@ost.example.org>:\n> x", "Ja.", "Am"),
        ("Yes.\n\nOn Mon, 2 Mar 2026, Office wrote:\n> Is it?", "Yes.", "On Mon"),
        ("Ja.\n\n-----Ursprüngliche Nachricht-----\nVon: x", "Ja.", "-----"),
        ("Ja.\n\nVon: Büro\nGesendet: Montag\nAn: x\n\nalt", "Ja.", "Von"),
        ("Ja.\n\n> alt\n> älter\n", "Ja.", "> alt"),
        ("Ja.", "Ja.", ""),
        ("> erst die Frage?\nJa.\n> und die?\nNein.", "> erst die Frage?\nJa.\n> und die?\nNein.", ""),
        ("Am Montag schrieb mir niemand", "Am Montag schrieb mir niemand", ""),
        ("> nur Zitat", "> nur Zitat", ""),
        ("x" * 600, "x" * 600, ""),
    ],
)  # fmt: skip
def test_the_answer_is_told_from_what_it_quotes(text, answer, quoted):
    found = split(text)

    assert found[0] == answer
    assert found[1].startswith(quoted)
    assert bool(found[1]) == bool(quoted)


def test_files_are_listed_and_can_be_had():
    raw = make_mail(photos=[b"bild"], files=[("Brief.pdf", "application/pdf", b"%PDF-1")])
    photo, letter = received(raw).attachments

    assert (photo.name, photo.media_type) == ("Foto 1.jpg", "image/jpeg")
    assert (letter.name, letter.media_type) == ("Brief.pdf", "application/pdf")
    assert attached_bytes(raw, letter.number) == b"%PDF-1"
    assert attached_bytes(raw, 99) == b""
    assert attached_bytes(b"x" * (MOST_BYTES + 1), 0) == b""


def test_a_mail_that_was_sent_on_without_a_word_says_what_stands_in_it():
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "frau.b@example.org", "Müll"
    inner.set_content("Hier liegt Müll.")
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "mira@example.org", "Fwd: Müll"
    outer.add_attachment(inner)

    assert received(bytes(outer)).text == "Hier liegt Müll."


# --- Mails that mean harm -------------------------------------------------------------------------
def nested(depth: int) -> bytes:
    """Return a mail with parts in parts in parts."""
    head = b"From: a@example.org\r\nSubject: Bombe\r\n"
    for number in range(depth):
        head += b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (
            number,
            number,
        )
    return head + b"\r\nx"


@pytest.mark.parametrize(
    ("raw", "trouble"),
    [
        (nested(MOST_MULTIPARTS + 1), Trouble.BOMB),
        (b"Subject: Bombe\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + b"\n--x\n" * 9000, Trouble.BOMB),
        (b"Subject: Bombe\r\n\r\n" + b"x" * (MOST_BYTES + 1), Trouble.TOO_LARGE),
    ],
)  # fmt: skip
def test_a_mail_that_would_cost_too_much_is_not_taken_apart(raw, trouble):
    mail = received(raw)

    assert (mail.trouble, mail.subject, mail.attachments) == (trouble, "Bombe", ())


def test_of_a_mail_that_is_too_large_the_beginning_says_what_it_is():
    raw = make_mail("Viele Fotos", files=[("video.mp4", "video/mp4", b"x" * 100)])

    mail = received(raw, size_bytes=MOST_BYTES + 1)

    assert (mail.trouble, mail.text, mail.attachments) == (Trouble.TOO_LARGE, "Viele Fotos", ())


def test_parts_that_are_deep_but_few_are_read():
    assert received(nested(30)).trouble is None


@pytest.mark.parametrize("raw", [b"", b"\0", b"\r\n\r\n", b"From", b":" * 100, b"\xff\xfe" * 50])
def test_nothing_at_all_is_read_as_nothing(raw):
    mail = received(raw)

    assert (mail.sender_address, mail.message_id) == ("", "")


def test_what_the_library_cannot_take_keeps_its_sender():
    raw = (
        b"From: nour@example.org\r\nSubject: Licht\r\nContent-Type: " + b"(" * 5000 + b"\r\n\r\nx"
    )
    mail = received(raw)

    assert (mail.subject, bool(mail.sender_address or mail.sender_name)) == ("Licht", True)


def is_sound(mail) -> bool:
    """Whether every text fits into its column, on both engines."""
    lines = (mail.subject, mail.sender_name, mail.sender_address, mail.message_id)
    texts = (*lines, mail.text, mail.quoted, *(one.name for one in mail.attachments))
    return (
        all("\0" not in text and text.encode("utf-8") is not None for text in texts)
        and all("\n" not in line and "\r" not in line for line in lines)
        and len(mail.subject) <= 200
        and len(mail.sender_address) <= 254
        and len(mail.sender_name) <= 120
        and len(mail.text) <= TEXT_LENGTH
        and len(mail.message_id) <= 180
        and len(mail.fingerprint) == 64
    )


@given(st.binary(max_size=2000))
def test_random_bytes_are_always_a_mail(raw):
    assert is_sound(received(raw))


WHOLE = [
    make_mail(photos=[b"bild" * 20], html="<p>x<b>y</p>", In_Reply_To="<a@example.org>"),
    make_notice(("a@example.org", "failed", "5.1.1"), returned_id="<x@example.org>"),
    nested(5),
    "From: =?utf-8?q?M=C3=BC?= <ü@köln.example>\r\nSubject: =?x?b?!?=\r\n\r\nü".encode(),
]


@given(
    st.sampled_from(WHOLE),
    st.lists(st.tuples(st.integers(0, 5000), st.binary(max_size=8)), max_size=12),
    st.randoms(use_true_random=False),
)
def test_a_mail_that_was_broken_on_the_way_is_still_a_mail(raw, changes, luck: random.Random):
    broken = bytearray(raw)
    for place, content in changes:
        at = place % (len(broken) + 1)
        broken[at : at + luck.randrange(4)] = content
    mail = received(bytes(broken))

    assert is_sound(mail)
    for one in mail.attachments:
        assert isinstance(attached_bytes(bytes(broken), one.number), bytes)


@given(st.text(alphabet="<>/!-[]&;#x='\" abprtdl", max_size=80))
def test_any_html_is_lines(html):
    lines = as_lines(html)

    assert lines == lines.strip()
    assert "\n\n\n" not in lines


@given(st.text(alphabet="> \nAmOn:-schrieb wrote", max_size=200))
def test_nothing_of_an_answer_is_lost(text):
    answer, quoted = split(text)

    kept = "".join((answer + quoted).split())
    assert kept == "".join(text.split())
