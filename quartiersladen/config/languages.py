"""The eight languages of the resident-facing pages."""

from typing import Any

LANGUAGES = [
    ("de", "Deutsch"),
    ("de-simple", "Leichte Sprache"),
    ("en", "English"),
    ("ar", "العربية"),
    ("ru", "Русский"),
    ("uk", "Українська"),
    ("tr", "Türkçe"),
    ("vi", "Tiếng Việt"),
]

# Django does not know Leichte Sprache; it is German with a catalogue of its own.
LEICHTE_SPRACHE: dict[str, Any] = {
    "bidi": False,
    "code": "de-simple",
    "name": "Easy German",
    "name_local": "Leichte Sprache",
}
