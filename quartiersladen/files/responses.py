"""How a stored file leaves the house."""

from http import HTTPStatus

from django.core.files.storage import storages
from django.http import HttpResponse

from quartiersladen.files.models import StoredFile


def file_response(
    stored: StoredFile, *, thumbnail: bool = False, known: str | None = None
) -> HttpResponse:
    """Return our own JPEG, inline, under its key; never executed, never kept by a proxy.

    known: the request's If-None-Match. A browser asks each time whether the photo is still there,
    so that one which was blackened or removed meanwhile does not come from its memory.
    """
    mark = f'"{stored.sha256[:32]}{"-small" if thumbnail else ""}"'
    if known == mark:
        response = HttpResponse(status=HTTPStatus.NOT_MODIFIED)
    else:
        name = stored.thumbnail_name if thumbnail else stored.storage_name
        with storages["default"].open(name) as content:
            response = HttpResponse(content.read(), content_type=stored.media_type)
        response["Content-Disposition"] = f'inline; filename="{stored.id}.jpg"'
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["ETag"] = mark
    response["Cache-Control"] = "private, no-cache"
    return response
