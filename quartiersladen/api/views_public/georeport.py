"""The GeoReport v2 server: discovery, services, definitions, requests."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    ObjectDoesNotExist,
    RequestDataTooBig,
    TooManyFieldsSent,
)
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, UnreadablePostError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page

from quartiersladen.accounts.access import HouseRequest, by_key, or_404, public
from quartiersladen.api import responses
from quartiersladen.api.georeport import Writer
from quartiersladen.api.models import ApiKey
from quartiersladen.api.parameters import asked, wants_extensions, wish_of
from quartiersladen.api.queries import keys as key_queries
from quartiersladen.api.queries import offers, requests
from quartiersladen.api.queries.offers import Offer, Service
from quartiersladen.api.services.creations import WrongKey, count_use, tell_by_program
from quartiersladen.api.services.keys import note_use
from quartiersladen.concerns.models import Concern
from quartiersladen.dossiers.queries import journal_mark
from quartiersladen.kernel.errors import NotAllowed, Refusal, TooMany

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
FORM = "application/x-www-form-urlencoded"
READS = ("GET", "HEAD")
#: A form that is too large, breaks off, or is not in UTF-8.
UNREADABLE = (BadRequest, RequestDataTooBig, TooManyFieldsSent, UnreadablePostError)


@dataclass(frozen=True, slots=True)
class Call:
    """A request with what is offered here. suffix: the format, xml or json."""

    request: HouseRequest
    offer: Offer
    suffix: str

    @property
    def language(self) -> str:
        """The language in which names are told."""
        return get_language() or settings.LANGUAGE_CODE

    def answer(self, root: str, value: object, *, status: int = 200) -> HttpResponse:
        """Return a list or an object in the format of the address."""
        return responses.answer(self.suffix, root, value, status=status)


View = Callable[..., HttpResponse]


class Missing(Refusal):
    """404 in the words of the format. sentence: what is not there."""


def _answers(*methods: str) -> Callable[[View], View]:
    """Give a view what is offered here; turn refusals into errors of the format."""

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HouseRequest, suffix: str, **arguments: Any) -> HttpResponse:  # noqa: ANN401 -- from the address
            # Off or not there: the same page as for every other address that leads nowhere.
            call = Call(request, or_404(offers.offer_of, request.quarter), suffix)
            try:
                response = _refused_method(request, suffix, methods)
                if response is None:
                    _check_jurisdiction(call)
                    response = view(call, **arguments)
            except Refusal as refusal:
                response = _errors(suffix, refusal)
            except UNREADABLE:
                words = _("The body has to be a form in UTF-8 of at most 1 MB.")
                response = responses.errors(suffix, 400, words)
            return _open_to_all(request, response)

        return inner

    return decorate


def _refused_method(
    request: HttpRequest, suffix: str, methods: tuple[str, ...]
) -> HttpResponse | None:
    """Return 405 for other methods, also for a GET that carries the body of a POST."""
    has_body = request.META.get("CONTENT_LENGTH", "") not in {"", "0", None}
    is_post_in_disguise = request.method in READS and "POST" in methods and has_body
    if request.method in methods and not is_post_in_disguise:
        return None
    response = responses.errors(suffix, 405, _("This address does not take this method."))
    response["Allow"] = ", ".join(methods)
    return response


def _check_jurisdiction(call: Call) -> None:
    request, configured = call.request, call.offer.jurisdiction
    given = request.GET.get("jurisdiction_id", "") or _sent(request).get("jurisdiction_id", "")
    if configured and given.strip() not in {"", configured}:
        raise Missing(_("This jurisdiction_id is not known here."))


def _sent(request: HttpRequest) -> Any:  # noqa: ANN401 -- a QueryDict, or nothing
    return request.POST if request.method == "POST" and request.content_type == FORM else {}


def _errors(suffix: str, refusal: Refusal) -> HttpResponse:
    if isinstance(refusal, TooMany):
        response = responses.errors(suffix, 429, refusal)
        response["Retry-After"] = str(refusal.retry_after)
        return response
    status = 400
    if isinstance(refusal, NotAllowed):
        status = 403
    elif isinstance(refusal, Missing):
        status = 404
    return responses.errors(suffix, status, refusal)


def _open_to_all(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let pages of others read what is public; nobody writes from somebody's browser."""
    if request.method in READS:
        response["Access-Control-Allow-Origin"] = "*"
    return response


def _marked(call: Call, parts: Iterable[object], make: Callable[[], HttpResponse]) -> HttpResponse:
    """Answer 304 to who has it already; whoever keeps it has to ask again each time.

    parts: what changes with the answer, besides quarter, language and offer.
    """
    known = (call.request.quarter.pk, call.language, call.offer.changed_at, call.suffix, *parts)
    # Weak, because a compressed answer says the same with other bytes.
    etag = f'W/"{key_queries.digest_of("-".join(map(str, known)))[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "public, no-cache"}
    if etag.removeprefix("W/") in call.request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers=headers)
    response = make()
    for name, value in headers.items():
        response[name] = value
    return response


# --- What is offered ------------------------------------------------------------------------------
@public
@gzip_page
@_answers(*READS)
def discovery(call: Call) -> HttpResponse:
    """Where the server is, and whom to ask for a key."""
    quarter, changed = call.request.quarter, call.offer.changed_at.isoformat()
    contact = ", ".join(part for part in (quarter.name, quarter.email, quarter.phone) if part)
    found = {
        "changeset": changed,
        "contact": contact,
        "key_service": _("Ask the office for a key: %(contact)s") % {"contact": contact},
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": quarter.absolute_url("/open311/v2"),
                "changeset": changed,
                "type": "test" if settings.DEMO else "production",
                "formats": [kind.partition(";")[0] for kind in responses.TYPES.values()],
            }
        ],
    }
    return call.answer("discovery", found)


@public
@gzip_page
@_answers(*READS)
def services(call: Call) -> HttpResponse:
    """The themes to which concerns can be sent."""
    offered = call.offer.offered
    return _marked(
        call,
        (),
        lambda: call.answer("services", [_service(one, call.language) for one in offered]),
    )


def _service(service: Service, language: str) -> dict[str, object]:
    return {
        "service_code": service.code,
        "service_name": service.name_in(language),
        "description": service.description_in(language),
        "metadata": service.has_attributes,
        "type": "realtime",
        "keywords": service.keywords,
        "group": service.group,
    }


@public
@gzip_page
@_answers(*READS)
def definition(call: Call, service_code: str) -> HttpResponse:
    """What is asked for a theme."""
    service = _known(call.offer, service_code)
    found = {
        "service_code": service.code,
        "attributes": [_attribute(one) for one in offers.attributes_of(service.theme_id)],
    }
    return call.answer("service_definition", found)


def _known(offer: Offer, code: str) -> Service:
    service = offer.by_code(code)
    if service is None:
        raise Missing(_("There is no service with this service_code."))
    return service


def _attribute(attribute: Any) -> dict[str, object]:  # noqa: ANN401 -- a row of offers.attributes_of
    shown: dict[str, object] = {
        "variable": attribute.is_question,
        "code": attribute.code,
        "datatype": attribute.datatype,
        "required": attribute.is_required,
        "datatype_description": attribute.hint or None,
        "order": attribute.order,
        "description": attribute.description,
    }
    if attribute.values:
        shown["values"] = [{"key": key, "name": name} for key, name in attribute.values]
    return shown


@public
@_answers(*READS)
def token(_call: Call, *, token: str) -> HttpResponse:  # noqa: ARG001 -- none was ever given out
    """Every request has its number at once, so no token was ever given out."""
    raise Missing(_("There is no such token: requests get their number at once."))


# --- Requests -------------------------------------------------------------------------------------
@csrf_exempt
@by_key
@gzip_page
@_answers(*READS, "POST")
def all_requests(call: Call) -> HttpResponse:
    """What is released, or a new request."""
    request = call.request
    if request.method == "POST":
        return _create(call)
    key = _reading_key(request)
    found = asked(request.GET, request.quarter, timezone.now())
    if key is not None and found.wanted.references:
        rows = _with_own(call, key, found.wanted)
        return _written(call, rows, with_extensions=found.with_extensions)
    # Besides the deeds of the house only the day counts, with which the first of 90 moves.
    query = request.META.get("QUERY_STRING", "")
    return _marked(
        call,
        (journal_mark(), found.wanted.since, query),
        lambda: _written(
            call,
            requests.requests(request.viewer, call.offer, found.wanted),
            with_extensions=found.with_extensions,
        ),
    )


@by_key
@gzip_page
@_answers(*READS)
def one_request(call: Call, service_request_id: str) -> HttpResponse:
    """One request: everybody when it is released, its sender always."""
    request = call.request
    key = _reading_key(request)
    wanted = requests.Wanted(references=[service_request_id])
    if key is None:
        rows = requests.requests(request.viewer, call.offer, wanted)
    else:
        rows = _with_own(call, key, wanted)
    if not rows:
        raise Missing(_("There is no request with this service_request_id."))
    return _written(call, rows, with_extensions=wants_extensions(request.GET))


def _written(
    call: Call, rows: list[requests.RequestRow], *, with_extensions: bool
) -> HttpResponse:
    writer = Writer(
        quarter=call.request.quarter,
        offer=call.offer,
        language=call.language,
        is_xml=call.suffix == "xml",
        with_extensions=with_extensions,
    )
    return responses.written(call.suffix, writer.text(rows))


def _reading_key(request: HouseRequest) -> ApiKey | None:
    """Return the key that was sent along, None if none was. Raises WrongKey for a wrong one."""
    sent = request.GET.get("api_key", "").strip()
    if not sent:
        return None
    key = _key(request, sent)
    note_use(key=key, now=timezone.now())
    return key


def _key(request: HouseRequest, sent: str) -> ApiKey:
    try:
        return key_queries.key_of(request.quarter, sent)
    except ObjectDoesNotExist:
        raise WrongKey from None


def _with_own(call: Call, key: ApiKey, wanted: requests.Wanted) -> list[requests.RequestRow]:
    """Return what is released, and of the rest what this key has sent."""
    rows = requests.requests(call.request.viewer, call.offer, wanted)
    shown = {row.reference for row in rows}
    own = requests.own_requests(key, [r for r in wanted.references if r not in shown])
    return [*rows, *(own[reference] for reference in sorted(own, reverse=True))]


def _create(call: Call) -> HttpResponse:
    request = call.request
    if request.content_type != FORM:
        words = _("Please send a form (%(kind)s).") % {"kind": FORM}
        return responses.errors(call.suffix, 400, words)
    sent = request.POST
    key = _key(request, sent.get("api_key", "").strip())
    count_use(key=key)
    code = sent.get("service_code", "").strip()
    if not code:
        return responses.errors(call.suffix, 400, _("Please send a service_code."))
    theme = or_404(offers.theme_of, request.quarter, _known(call.offer, code))
    concern = tell_by_program(
        key=key,
        wish=wish_of(sent, theme),
        digest=key_queries.digest_of(sent.urlencode()),
        now=timezone.now(),
    )
    found = {
        "service_request_id": concern.dossier.reference,
        "service_notice": _notice(concern),
        "account_id": None,
    }
    return call.answer("service_requests", [found])


def _notice(concern: Concern) -> str:
    """Return what happens next, for the person."""
    return _(
        "The office answers by %(day)s. What is written in it is public only after the office "
        "has released it."
    ) % {"day": date_format(concern.promised_on, "DATE_FORMAT")}
