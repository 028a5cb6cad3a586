"""Log lines hold no key, no address and no row."""

import logging

import pytest

from quartiersladen.kernel.links import make_token
from quartiersladen.kernel.logs import MaskingFormatter, masked

TOKEN = make_token("teller-status", subject_id=7, generation=1, expires_on=None)


@pytest.mark.parametrize(
    ("line", "written"),
    [
        (f"Not Found: /s/{TOKEN}/", "Not Found: /s/•••/"),
        (f"Not Found: /q/ost/f/{TOKEN}", "Not Found: /q/ost/f/•••"),
        ("/konto/password/reset/key/1-abc-def/", "/konto/password/reset/key/•••/"),
        ("/konto/confirm-email/abc:def/", "/konto/confirm-email/•••/"),
        ("GET /buero/suche/?q=Haddad HTTP/1.1", "GET /buero/suche/?••• HTTP/1.1"),
        ("refused <nour.haddad@example.org>: 550", "refused <•••>: 550"),
        ('username: "nour@example.org",', 'username: "•••",'),
        ("duplicate key\nDETAIL:  Key (name)=(Nour).\nCONTEXT: x", "duplicate key\n•••\nCONTEXT: x"),
    ],
)  # fmt: skip
def test_what_opens_a_door_or_names_somebody_is_masked(line, written):
    assert masked(line) == written


@pytest.mark.parametrize(
    "line",
    [
        "Service Unavailable: /healthz",
        "Not Found: /anliegen/2026-0042/",
        "quartiersladen.outbox.tasks.deliver_mail failed for mail 12",
        'File "/usr/lib/python3.11/site-packages/django/db/models/query.py", line 5, in get',
    ],
)
def test_what_helps_to_find_a_fault_stays(line):
    assert masked(line) == line


def test_a_traceback_is_masked_as_well():
    with pytest.raises(ValueError, match="invalid literal") as caught:
        int("nour@example.org")
    fault = (caught.type, caught.value, caught.tb)
    record = logging.LogRecord("x", logging.ERROR, "", 1, "failed", None, fault)

    line = MaskingFormatter("%(levelname)s %(message)s").format(record)

    assert line.startswith("ERROR failed\nTraceback")
    assert line.endswith("ValueError: invalid literal for int() with base 10: '•••'")
