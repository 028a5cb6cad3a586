"""The bytes of a mail."""

import re
from dataclasses import replace
from email import message_from_bytes
from email.policy import SMTP
from html import unescape

import pytest

from quartiersladen.kernel.links import Claim, read_token
from quartiersladen.outbox.frame import build, envelope_sender, link_url, mail_domain
from quartiersladen.outbox.models import LinkSpec
from quartiersladen.quarters.testing import NOON, make_quarter

pytestmark = pytest.mark.django_db

HREF = re.compile(r'href="([^"]+)"')
URL = re.compile(r"https?://\S+")
LONG_DOMAIN = "quartiersmanagement-am-grossen-platz.example.org"


def received(mail):
    """Return the mail as the other side reads it from its bytes."""
    return message_from_bytes(build(mail).as_bytes(), policy=SMTP)


def plain(mail):
    return received(mail).get_body(("plain",)).get_content()


def html(mail):
    return received(mail).get_body(("html",)).get_content()


def test_it_says_who_writes_and_where_answers_go(queue):
    message = received(queue())

    assert message["From"] == "Quartier Ost <quartiersladen@localhost>"
    assert message["To"] == "frau.y@example.org"
    assert message["Reply-To"] == "buero@ost.example.org"
    assert message["Subject"] == "Ihr Anliegen Nr. 2026-0001"
    assert message["Date"].datetime == NOON
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "de"


def test_the_message_id_is_the_one_in_the_books(queue):
    mail = queue()

    assert [received(mail)["Message-ID"] for _ in range(2)] == [mail.message_id] * 2


def test_only_seven_bit_bytes_travel(queue):
    mail = queue(subject="Grünfläche", text="Schöne Grüße 🌳")

    assert build(mail).as_bytes().isascii()
    assert received(mail)["Subject"] == "Grünfläche"
    assert "Schöne Grüße 🌳" in plain(mail)


def test_no_tracking_no_pictures_no_strangers(queue, status_link):
    mail = queue(text="[[link:status]]", links={"status": status_link})

    assert not re.search(r"<(img|script|link|iframe|form)\b|url\(", html(mail))


def test_a_quarter_may_write_from_its_own_address(queue, quarter, settings):
    settings.MAIL_FROM = "Alle Büros <post@example.org>"
    assert received(queue())["From"].addresses[0].addr_spec == "post@example.org"

    quarter.mail_from, quarter.email = "ost@köln.example", ""
    message = received(queue())
    assert message["From"].addresses[0].addr_spec == "ost@xn--kln-sna.example"
    assert message["Reply-To"] is None


def test_answers_to_an_umlaut_domain_find_their_way(queue, quarter):
    quarter.email = "ost@köln.example"

    assert received(queue())["Reply-To"] == "ost@xn--kln-sna.example"


@pytest.mark.parametrize(
    ("own", "common", "base", "expected"),
    [
        ("ost.example.org", "example.org", "https://a.example.com", "ost.example.org"),
        ("", "example.org", "https://a.example.com", "example.org"),
        ("", "", "https://a.example.com:8443", "a.example.com"),
        ("", "", "", "localhost"),
        ("köln.example", "", "", "xn--kln-sna.example"),
    ],
)
def test_the_domain_is_the_nearest_one_named(settings, own, common, base, expected):
    settings.MAIL_DOMAIN, settings.BASE_URL = common, base

    assert mail_domain(make_quarter(mail_domain=own)) == expected


def test_a_bounce_names_its_mail(queue, settings):
    settings.MAIL_DOMAIN = "example.org"
    first, second = queue(), queue()

    local, domain = envelope_sender(first).split("@")

    assert re.fullmatch(rf"b\+{first.pk}\.[0-9a-f]{{16}}", local)
    assert domain == "example.org"
    assert local.split(".")[1] != envelope_sender(second).split("@")[0].split(".")[1]


def test_the_return_path_stays_short_for_very_many_mails(queue, settings):
    settings.MAIL_DOMAIN = "example.org"
    mail = queue()
    mail.pk = 2**63 - 1

    assert len(envelope_sender(mail).split("@")[0]) <= 64


def test_without_a_mail_domain_bounces_come_to_the_sender(queue, settings):
    settings.MAIL_FROM = "post@example.org"

    assert envelope_sender(queue()) == "post@example.org"


def test_a_thread_survives_long_message_ids(queue, settings):
    settings.MAIL_DOMAIN = LONG_DOMAIN
    first, second = queue().message_id, queue().message_id
    mail = queue(headers={"In-Reply-To": second, "References": f"{first} {second}"})

    raw = build(mail).as_bytes().decode("ascii")

    assert f"In-Reply-To: {second}\r\n" in raw
    assert f"References: {first}\r\n {second}\r\n" in raw
    assert f"Message-ID: {mail.message_id}\r\n" in raw


def test_a_header_of_the_caller_takes_the_place_of_ours(queue):
    message = received(queue(headers={"Auto-Submitted": "auto-replied", "X-Art": "Erinnerung"}))

    assert message.get_all("Auto-Submitted") == ["auto-replied"]
    assert message["X-Art"] == "Erinnerung"


def test_a_placeholder_becomes_the_signed_link(queue, status_link, quarter, settings):
    settings.BASE_URL = "https://office.example.org"
    mail = queue(text="Hier: [[link:status]]", links={"status": status_link})

    url = link_url(mail, "status")

    assert plain(mail).startswith(f"Hier: {url}\r\n")
    token = url.removeprefix("https://office.example.org/s/").removesuffix("/")
    assert read_token("status", token, today=NOON.date()) == Claim(42, 1)


@pytest.mark.parametrize(
    ("language", "end"), [("de", "/"), ("ar", "/?lang=ar"), ("de-simple", "/?lang=de-simple")]
)
def test_a_link_opens_the_page_in_the_language_of_the_mail(queue, status_link, language, end):
    mail = queue(text="[[link:status]]", links={"status": status_link}, language=language)

    [url] = [found for found in URL.findall(plain(mail)) if "/s/" in found]

    assert url == link_url(mail, "status")
    assert re.sub(r".*/s/[\w-]+", "", url) == end


def test_a_quarter_under_a_prefix_links_below_it(status_link, queue, settings, quarter):
    settings.BASE_URL = "https://office.example.org"
    west = make_quarter("west")
    mail = queue(quarter=west, text="[[link:status]]", links={"status": status_link})

    assert link_url(mail, "status").startswith("https://office.example.org/q/west/s/")


def test_what_somebody_typed_that_looks_like_a_placeholder_stays(queue, status_link):
    mail = queue(text="Sie schrieben: [[link:other]]", links={"status": status_link})

    assert "[[link:other]]" in plain(mail)
    assert "[[link:other]]" in html(mail)


def test_both_twins_hold_the_same_links_and_words(queue, status_link):
    confirm = LinkSpec("confirm", 7, 1, None, "/b/{token}/")
    mail = queue(
        text=(
            "Guten Tag,\n\nbitte lesen Sie:\n[[link:status]]\nDanke.\n\n"
            "Auch: [[link:confirm]], und https://example.org/?a=1&b=2. <b>Ende</b>"
        ),
        links={"status": status_link, "confirm": confirm},
    )

    text, page = plain(mail), html(mail)

    in_text = [found.rstrip(".,") for found in URL.findall(text)]
    assert [unescape(url) for url in HREF.findall(page)] == in_text
    assert in_text == [
        link_url(mail, "status"),
        link_url(mail, "confirm"),
        "https://example.org/?a=1&b=2",
    ]
    assert "&lt;b&gt;Ende&lt;/b&gt;" in page
    assert "&amp;lt;" not in page
    words = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.split("<body")[1])))
    for word in text.replace("-- ", " ").split():
        assert word.rstrip(".,") in words


def test_a_link_alone_on_its_line_stands_out(queue, status_link):
    mail = queue(text="Oben\n[[link:status]]\nunten", links={"status": status_link})

    page = html(mail)

    assert page.index("Oben") < page.index("display:inline-block") < page.index("unten")
    assert page.count("display:inline-block") == 1


def test_the_full_address_stands_below_both_twins(queue):
    mail = queue()

    lines = [
        "Quartier Ost",
        "Musterstraße 1",
        "04315 Leipzig",
        "030 23125 014",
        "buero@ost.example.org",
    ]
    assert plain(mail).replace("\r\n", "\n").endswith("\n\n-- \n" + "\n".join(lines) + "\n")
    positions = [html(mail).rindex(line) for line in lines]
    assert positions == sorted(positions)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", 'lang="de" dir="ltr"'),
        ("de-simple", 'lang="de" dir="ltr"'),
        ("ar", 'lang="ar" dir="rtl"'),
    ],
)
def test_the_page_names_its_language_and_direction(queue, language, expected):
    assert f"<html {expected}>" in html(queue(language=language))


def test_an_arabic_subject_arrives(queue):
    subject = "تم استلام بلاغكم رقم 2026-0001 " * 4

    arrived = received(queue(subject=subject, language="ar"))["Subject"]

    assert arrived.replace("\u200e", "") == subject


def test_numbers_keep_their_order_from_right_to_left_and_links_stay(queue, status_link):
    words = "رقم 2026-0042، الهاتف 030 23125 014\n\nhttps://ost.example.org/2026-0042/\n\n[[link:status]]"
    parts = {"subject": "بلاغكم رقم 2026-0042", "text": words, "links": {"status": status_link}}
    arabic, german = queue(language="ar", **parts), queue(**parts)
    mark = "\u200e"

    assert received(arabic)["Subject"] == f"بلاغكم رقم {mark}2026-0042{mark}"
    assert f"رقم {mark}2026-0042{mark}، الهاتف {mark}030 23125 014{mark}" in plain(arabic)
    assert mark not in plain(german)
    assert URL.findall(plain(arabic)) == [
        "https://ost.example.org/2026-0042/",
        link_url(arabic, "status"),
    ]


def test_headers_of_a_list_are_filled_in_and_stay_in_one_piece(queue, settings, status_link):
    settings.BASE_URL = f"https://{LONG_DOMAIN}"
    path = "mailto:w+{token}@example.org"
    links = {"leave": status_link, "by_mail": replace(status_link, path=path)}
    way_out = "<[[link:leave]]>, <[[link:by_mail]]>, <[[link:nothing]]>"
    mail = queue(links=links, headers={"List-Unsubscribe": way_out})

    raw = build(mail).as_bytes().decode("ascii")

    url, address = link_url(mail, "leave"), link_url(mail, "by_mail")
    assert url.startswith(f"https://{LONG_DOMAIN}/s/")
    assert re.fullmatch(r"mailto:w\+[A-Za-z0-9_-]{40}@example\.org", address)
    # What only looks like a placeholder stays as it is.
    assert f"List-Unsubscribe: <{url}>,\r\n <{address}>,\r\n <[[link:nothing]]>\r\n" in raw
