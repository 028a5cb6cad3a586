"""Signs of spam, each with words that must not give it."""

import time

import pytest
from django.core import signing

from quartiersladen.kernel.spam import (
    HASTY_SECONDS,
    MOST_NAMES,
    POINTS,
    QUARANTINE_FROM,
    Sign,
    is_hasty,
    is_suspicious,
    linked_hosts,
    sender_names,
    signs_in,
)

PLAIN = [
    "Die Laterne vor Haus 12 ist aus.",
    "الإنارة معطلة في الشارع",
    "Ліхтар не працює",
    "Đèn đường bị hỏng",
    "DRINGEND!!! Bitte LESEN",
    "Bitte im StadtteilBüro melden",
    "Max-Mustermann-Straße 3, McDonaldsFiliale",
]


@pytest.mark.parametrize("text", PLAIN)
def test_what_people_write_gives_no_sign(text):
    assert signs_in(text, short=("Ayşe Yıldız", "Rosenweg 3, hinter dem Spielplatz")) == set()


@pytest.mark.parametrize(
    ("text", "short", "signs"),
    [
        ("Siehe https://karte.example.org/x", (), {Sign.LINK}),
        ("http://a.example.org www.b.example.org", (), {Sign.LINK}),
        ("www.a.example.org " * 3, (), {Sign.MANY_LINKS}),
        ('<a rel="x" href="https://a.example.org">x</a>', (), {Sign.MARKUP, Sign.LINK}),
        ("[url=https://a.example.org]x[/url]", (), {Sign.MARKUP, Sign.LINK}),
        ("Hallo", ("https://a.example.org",), {Sign.LINK_AS_NAME}),
        ("Hallo", ("[link]x",), {Sign.LINK_AS_NAME}),
        ("TqVhXpUwZkYj", (), {Sign.BABBLE}),
        ("+++ 123 ---", (), {Sign.BABBLE}),
    ],
)
def test_what_programs_write_gives_its_sign(text, short, signs):
    assert signs_in(text, short=short) == signs


def test_every_sign_weighs_something():
    assert set(POINTS) == set(Sign)


@pytest.mark.parametrize(
    "signs",
    [
        [],
        [Sign.HASTY],
        [Sign.LINK],
        [Sign.REPEATED],
        [Sign.HASTY, Sign.REPEATED],
        [Sign.LINK, Sign.REPEATED],
        [Sign.BABBLE],
    ],
)
def test_what_a_real_person_may_do_is_not_enough(signs):
    assert not is_suspicious(signs)


@pytest.mark.parametrize(
    "signs",
    [
        [Sign.TRAP],
        [Sign.BLOCKED],
        [Sign.MARKUP, Sign.LINK],
        [Sign.MANY_LINKS, Sign.HASTY],
        [Sign.HASTY, Sign.REPEATED, Sign.LINK],
        [Sign.BABBLE, Sign.HASTY],
    ],
)
def test_what_programs_do_is(signs):
    assert is_suspicious(signs)
    assert is_suspicious([*signs, *signs])


def test_a_sign_counts_once():
    assert POINTS[Sign.HASTY] * 3 > QUARANTINE_FROM
    assert not is_suspicious([Sign.HASTY] * 3)


def test_hosts_of_links_are_told_in_one_spelling():
    text = "HTTPS://WWW.Spam.Example.org:80/x?y www.b.example.org. https://c.example.org"
    assert linked_hosts(text) == ["spam.example.org", "b.example.org", "c.example.org"]


def test_a_sender_is_known_by_address_domain_and_what_is_above():
    assert sender_names("Ada@Mail.Example.org", "https://shop.example.com/x") == [
        "ada@mail.example.org",
        "mail.example.org",
        "example.org",
        "shop.example.com",
        "example.com",
    ]
    assert sender_names("", "nichts") == []
    assert len(sender_names("", "https://" + "a." * 60 + "org")) == MOST_NAMES


def test_a_form_is_hasty_for_three_seconds(monkeypatch):
    key = signing.dumps("x", salt="a")
    assert is_hasty(key, salt="a")
    assert not is_hasty(key, salt="b")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + HASTY_SECONDS + 1)
    assert not is_hasty(key, salt="a")
