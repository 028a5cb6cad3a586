"""The door for web servers."""

import os
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from quartiersladen.config.sqlite import use_modern_sqlite

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quartiersladen.config.settings")
use_modern_sqlite()
CHARSET = re.compile(r";\s*charset\s*=[^;]*", re.IGNORECASE)
_django = get_wsgi_application()


def in_utf8(environ: dict[str, Any]) -> dict[str, Any]:
    """Return the request without the charset that it claims: forms of the house are UTF-8.

    Python knows "charsets" such as punycode, and Django would break on them before any page can
    answer.
    """
    kind = environ.get("CONTENT_TYPE")
    return environ | {"CONTENT_TYPE": CHARSET.sub("", kind)} if kind else environ


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer one request."""
    return _django(in_utf8(environ), start_response)
