"""What comes through the door before any page can answer."""

import logging

import pytest
from django.core.handlers.wsgi import WSGIRequest

from quartiersladen.config.logs import without_traceback_of_refusals
from quartiersladen.config.wsgi import in_utf8


@pytest.mark.parametrize(
    ("claimed", "kept"),
    [
        ("text/plain; charset=punycode", "text/plain"),
        (
            "multipart/form-data; CHARSET = undefined; boundary=x",
            "multipart/form-data; boundary=x",
        ),
        ("multipart/form-data; boundary=x", "multipart/form-data; boundary=x"),
    ],
)
def test_a_form_is_utf8_whatever_it_claims(claimed, kept):
    assert in_utf8({"CONTENT_TYPE": claimed, "A": 1}) == {"CONTENT_TYPE": kept, "A": 1}


def test_without_a_content_type_nothing_changes():
    assert in_utf8({}) == {}


def test_a_request_in_punycode_can_be_read(rf):
    environ = rf.get("/?q=-%0D").environ | {"CONTENT_TYPE": "text/plain; charset=punycode"}

    with pytest.raises(UnicodeError):
        WSGIRequest(environ)
    assert WSGIRequest(in_utf8(environ)).GET.dict() == {"q": "-\r"}


@pytest.mark.parametrize(("status", "kept"), [(400, False), (404, False), (500, True)])
def test_only_a_fault_of_ours_has_a_traceback_in_the_log(status, kept):
    record = logging.makeLogRecord({"status_code": status, "exc_info": (ValueError, None, None)})
    assert without_traceback_of_refusals(record)
    assert bool(record.exc_info) is kept


def test_a_job_that_failed_keeps_its_traceback():
    record = logging.makeLogRecord({"exc_info": (ValueError, None, None)})
    assert without_traceback_of_refusals(record)
    assert record.exc_info
