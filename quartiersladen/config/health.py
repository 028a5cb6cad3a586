"""The page /healthz for load balancers and monitoring: 200, or 503 with the faults as JSON."""

from http import HTTPStatus

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from quartiersladen.accounts.access import HouseRequest, public
from quartiersladen.config.checkup import public_faults


@public
@never_cache
def healthz(_request: HouseRequest) -> HttpResponse:
    """Say whether the house works; it needs no quarter and no sign-in."""
    faults = public_faults(timezone.now())
    if faults:
        body = {"status": "faulty", "faults": faults}
        return JsonResponse(body, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return JsonResponse({"status": "ok", "faults": []})
