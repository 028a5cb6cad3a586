"""What every template knows about the page it is part of."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_info, to_locale


@dataclass(frozen=True, slots=True)
class OfferedLanguage:
    """One entry of the language switch."""

    code: str
    own_name: str
    dir: str
    is_current: bool
    url: str


@lru_cache(maxsize=1)
def finished_languages() -> frozenset[str]:
    """Return the languages that have a compiled catalogue; English needs none."""
    found = {
        code
        for code, _name in settings.LANGUAGES
        if (Path(settings.LOCALE_PATHS[0]) / to_locale(code) / "LC_MESSAGES/django.mo").exists()
    }
    return frozenset(found | {settings.LANGUAGE_CODE, "en"})


def _direction(code: str) -> str:
    return "rtl" if get_language_info(code)["bidi"] else "ltr"


def _languages(request: HttpRequest, current: str) -> Iterator[OfferedLanguage]:
    offered = getattr(request, "quarter").languages  # noqa: B009 -- set by the middleware
    for code, own_name in settings.LANGUAGES:
        if code in offered and code in finished_languages():
            query = request.GET.copy()
            query["lang"] = code
            yield OfferedLanguage(
                code, own_name, _direction(code), code == current, f"?{query.urlencode()}"
            )


def page(request: HttpRequest) -> dict[str, Any]:
    """Return quarter, viewer, languages, direction and the demo flag; empty without a quarter."""
    if not hasattr(request, "quarter"):
        return {}
    current = get_language() or settings.LANGUAGE_CODE
    return {
        "quarter": request.quarter,
        "viewer": getattr(request, "viewer", None),
        "languages": list(_languages(request, current)),
        "page_language": "de" if current == "de-simple" else current,
        "page_dir": _direction(current),
        "demo": settings.DEMO,
    }
