"""What is sent: words, numbers, files and bodies that no honest browser sends, and some that do."""

from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from hypothesis import strategies as st
from PIL import Image

HEIC = Path(__file__).parents[2] / "quartiersladen/files/tests/upright.heic"
NASTY = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\x1b[31m\x07\x08",
    "\r\nBcc: everybody@example.org",
    "\ud800",  # half a character; sent as the three bytes that no decoder takes
    "\u202eesrever\u202c\u2066\u200f",
    "\ufeff\u2028\u2029\x85",
    "Ｆｕｌｌ ١٢٣ ²³ ½ Ⅷ",
    "👩‍👩‍👧‍👦" * 40,
    "e" + "\u0301" * 400,
    "İıſßŉ",
    "'\"><script>alert(1)</script>",
    "{{ 7*7 }}{% load x %}%s%(a)s%%",
    "'; DROP TABLE concerns_concern; --",
    "../../../../etc/passwd",
    "..\\..\\con",
    "/" * 300,
    "http://[::1",
    "//example.org",
    "javascript:alert(1)",
    "nan",
    "inf",
    "-inf",
    "1e999",
    "-0.0",
    "0x10",
    "1_000",
    "٣",
    "-1",
    "0",
    str(2**31),
    str(2**63 - 1),
    str(2**63),
    str(-(2**63) - 1),
    "9" * 40,
    "9" * 5000,
    "0001-01-01",
    "0000-00-00",
    "9999-12-31",
    "0001-01-01T00:00:00+14:00~1",
    "9999-12-31T23:59:59-14:00~4611686018427387903",
    "99999-01-01",
    "2026-02-30",
    "12:61",
    "00000000-0000-0000-0000-000000000000",
    "[" * 3000,
    '{"a":' * 500,
    "x" * 121,
    "x" * 4001,
    "w" * 20_000,
    "a@" + "b" * 300 + ".example.org",
    '"a b"@example.org',
    "ü@example.org",
    "a@[127.0.0.1]",
    "a@xn--80ak6aa92e.example.org",
    "+49 30 23125 014;ext=1",
    "<a href=https://spam.example.org>x</a> https://spam.example.org",
    "on",
    "true",
)
TEXTS = st.one_of(
    st.sampled_from(NASTY),
    st.sampled_from(NASTY),
    st.text(max_size=30),
    st.integers().map(str),
    st.floats().map(str),
)
RAW = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [
            b"\xff\xfe",
            b"\xc0\xaf",
            b"\xed\xa0\x80",
            b"%",
            b"%zz%00%ff",
            b"a=1&a=%u0000;&&==",
            b"\0",
        ]
    ),
)
METHODS = st.sampled_from([*["GET"] * 6, *["POST"] * 12, "HEAD", "OPTIONS", "PUT", "X"])
HEADERS = st.sampled_from(
    [
        *[{}] * 12,
        {"HTTP_HOST": "\x00"},
        {"HTTP_HOST": "a" * 300},
        {"HTTP_HOST": "[::1]:99999999"},
        {"HTTP_ACCEPT_LANGUAGE": "ar;q=9,\xff;q=x," + "a-" * 400},
        {"HTTP_COOKIE": "lang=\xff\x00; messages=\x00; csrftoken=" + "x" * 5000},
        {"HTTP_COOKIE": "sessionid=../../x; sessionid=; ;;=;"},
        {"HTTP_REFERER": "http://[", "HTTP_ORIGIN": "null"},
        {"HTTP_X_FORWARDED_PROTO": "gopher", "HTTP_X_FORWARDED_FOR": "x, ::1"},
        {
            "HTTP_IF_NONE_MATCH": '"\xff',
            "HTTP_IF_MODIFIED_SINCE": "Sat, 99 Xxx 99999 99:99:99 GMT",
        },
        {"HTTP_RANGE": "bytes=9999999999999999999-0", "HTTP_ACCEPT": "\x00/\xff"},
        {
            "HTTP_HX_REQUEST": "true",
            "HTTP_HX_CURRENT_URL": "http://[\xff",
            "HTTP_HX_TARGET": "\x00",
        },
        {"HTTP_HX_TRIGGERING_EVENT": "{", "HTTP_HX_REQUEST": "x"},
        {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest", "HTTP_ACCEPT": "application/json"},
        {"HTTP_USER_AGENT": "\xff" * 3000},
        {"HTTP_AUTHORIZATION": "Basic \xff", "HTTP_ACCEPT_ENCODING": "br;q=\x00"},
    ]
)
BODIES = st.sampled_from(
    [
        "form",
        "form",
        "form",
        "multipart",
        "multipart",
        "truncated",
        "wrong boundary",
        "no boundary",
        "many fields",
        "many files",
        "too big",
        "json",
        "raw",
        "charset",
    ]
)
PURPOSES = st.sampled_from(["as it is", "as it is", "cut", "flipped", "foreign", "nasty"])
FILE_NAMES = st.sampled_from(
    [
        "a.jpg",
        "",
        "../../x.jpg",
        "C:\\x.png",
        "a" * 400 + ".jpg",
        "\x00.jpg",
        "x.svg",
        "x\r\ny.heic",
    ]
)


def pictures() -> list[bytes]:
    """Return one honest picture of each kind that the house reads."""
    found = []
    for kind in ("JPEG", "PNG", "WEBP", "GIF"):
        out = BytesIO()
        Image.new("RGB", (24, 16), "teal").save(out, kind)
        found.append(out.getvalue())
    return [*found, HEIC.read_bytes()]


PICTURES = pictures()
#: The HEIC reader is a program of its own and takes long to start: seldom, but not never.
KINDS = st.sampled_from([*range(len(PICTURES) - 1)] * 6 + [len(PICTURES) - 1])


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A picture with some bytes changed, cut off, or with something behind its end."""
    picture = bytearray(PICTURES[draw(KINDS)])
    for place, byte in draw(
        st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), max_size=4)
    ):
        picture[place % len(picture)] = byte
    cut = draw(st.integers(0, 2 * len(picture)))
    return bytes(picture[:cut]) if cut else b""


UPLOADS = st.tuples(FILE_NAMES, st.one_of(damaged(), st.binary(max_size=60)))


@dataclass(frozen=True)
class Input:
    """One request to the address whose turn it is.

    Numbers choose, modulo how many there are: chosen a thing for the path, in fields a field.
    words: what stands in a path on purpose "nasty".  query: what follows the "?", as bytes.
    """

    method: str
    chosen: int
    purpose: str
    words: str
    fields: list[tuple[int, str]] = field(default_factory=list)
    query: bytes = b""
    body: str = "form"
    uploads: list[tuple[str, bytes]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    noise: bytes = b""


INPUTS = st.builds(
    Input,
    method=METHODS,
    chosen=st.integers(0, 10**6),
    purpose=PURPOSES,
    words=TEXTS,
    fields=st.lists(st.tuples(st.integers(0, 200), TEXTS), max_size=4),
    query=st.one_of(st.just(b""), st.just(b""), RAW),
    body=BODIES,
    uploads=st.one_of(st.just([]), st.just([]), st.lists(UPLOADS, max_size=2)),
    headers=HEADERS,
    noise=RAW,
)
