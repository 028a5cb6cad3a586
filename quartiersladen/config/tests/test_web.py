"""The web server keeps no log of requests, and its own lines are masked."""

import logging

from gunicorn.config import Config
from gunicorn.glogging import Logger

from quartiersladen.config.web import WebLog, WebServer
from quartiersladen.kernel.links import make_token
from quartiersladen.kernel.logs import MaskingFormatter


def line_of(log):
    token = make_token("teller-status", subject_id=7, generation=1, expires_on=None)
    record = logging.LogRecord("x", logging.ERROR, "", 1, f"Error handling request /s/{token}/", None, None)  # fmt: skip
    [handler] = log.error_log.handlers
    return handler.format(record)


def test_no_request_is_logged():
    server = WebServer()

    assert server.cfg.accesslog is None
    assert server.cfg.logger_class is WebLog


def test_lines_of_the_server_are_masked():
    assert line_of(WebLog(Config())).endswith("Error handling request /s/•••/")
    plain = Logger(Config())
    assert not isinstance(plain.error_log.handlers[0].formatter, MaskingFormatter)
    assert "•••" not in line_of(plain)
