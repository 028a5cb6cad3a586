"""How a stored file leaves the house."""

from django.core.files.storage import storages
from django.http import HttpResponse

from quartiersladen.files.models import StoredFile


def file_response(stored: StoredFile, *, thumbnail: bool = False) -> HttpResponse:
    """Return our own JPEG, inline, under its key; never executed, never kept by a proxy."""
    name = stored.thumbnail_name if thumbnail else stored.storage_name
    with storages["default"].open(name) as content:
        response = HttpResponse(content.read(), content_type=stored.media_type)
    response["Content-Disposition"] = f'inline; filename="{stored.id}.jpg"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response
