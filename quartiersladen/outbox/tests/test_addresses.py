"""Addresses that mail can reach."""

import pytest

from quartiersladen.outbox.addresses import BadAddress, UnusualAddress, reachable_address


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("anna@example.org", "anna@example.org"),
        ("Anna.B+x@Example.ORG", "Anna.B+x@example.org"),
        ("buero@köln.example", "buero@xn--kln-sna.example"),
        ("buero@KÖLN.example", "buero@xn--kln-sna.example"),
        ("buero@straße.example", "buero@xn--strae-oqa.example"),
        ("x@موقع.example", "x@xn--4gbrim.example"),
    ],
)
def test_a_domain_is_written_as_servers_read_it(address, expected):
    assert reachable_address(address) == expected


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anna",
        "@example.org",
        "anna@",
        "anna@example",
        "anna@exa mple.org",
        "anna@ex..org",
        "anna b@example.org",
        "anna@example.org\r\nBcc: all@example.org",
        "anna\n@example.org",
        "anna\u2028@example.org",
        "anna@example.org,berta@example.org",
        "<anna@example.org>",
        "anna@ö..example",
        "anna@" + "ö" * 70 + ".example",
        "anna@" + ".".join(["a" * 60] * 5) + ".org",
    ],
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(BadAddress) as refusal:
        reachable_address(address)

    assert refusal.value.field == "email"
    assert not isinstance(refusal.value, UnusualAddress)


def test_letters_that_servers_do_not_take_are_refused_with_the_reason():
    with pytest.raises(UnusualAddress) as refusal:
        reachable_address("müller@example.org")

    assert (refusal.value.field, refusal.value.sentence) == ("email", UnusualAddress.sentence)
