"""Files of dossiers, for whoever may open them."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from quartiersladen.accounts.access import HouseRequest, or_404, public
from quartiersladen.dossiers import queries
from quartiersladen.dossiers.services.confidential import log_reading
from quartiersladen.dossiers.states import ReadWhat
from quartiersladen.files.responses import file_response


@require_safe
@public
def file(request: HouseRequest, file_id: UUID, name: str) -> HttpResponse:
    """A photo; `name` says only whether the small or the large one is meant."""
    document = or_404(queries.get_document, request.viewer, file_id)
    log_reading(
        viewer=request.viewer,
        dossier=document.dossier,
        what=ReadWhat.FILE,
        now=timezone.now(),
    )
    return file_response(
        document.file,
        thumbnail=name.startswith("klein"),
        known=request.headers.get("If-None-Match"),
    )
