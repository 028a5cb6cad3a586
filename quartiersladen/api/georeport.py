"""How requests look in GeoReport v2. By hand: a serialiser would take longer than the query."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from json import JSONEncoder
from uuid import UUID

from quartiersladen.api.queries.offers import Offer
from quartiersladen.api.queries.requests import RequestRow
from quartiersladen.api.responses import HEAD, in_xml
from quartiersladen.api.states import detailed_status, open_status
from quartiersladen.concerns.states import ConcernState, Result, word_for_others
from quartiersladen.quarters.models import Quarter

_in_json = JSONEncoder(ensure_ascii=False).encode


@dataclass(slots=True)
class Writer:
    """Writes requests in one format; what is the same in many rows is formatted once.

    with_extensions: also the words of CitySDK and the title.
    """

    quarter: Quarter
    offer: Offer
    language: str
    is_xml: bool
    with_extensions: bool = False
    _states: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    _services: dict[tuple[int | None, str], str] = field(default_factory=dict)
    _bodies: dict[str | None, str] = field(default_factory=dict)
    _photos: str = ""

    def text(self, rows: Iterable[RequestRow]) -> str:
        """Return the whole list."""
        base = self.quarter.absolute_url("/").removesuffix("/")
        self._photos = f"{base}/datei/%s/foto.jpg"
        write = self._xml if self.is_xml else self._json
        requests = [write(row) for row in rows]
        if not self.is_xml:
            return f"[{','.join(requests)}]"
        return f"{HEAD}<service_requests>{''.join(requests)}</service_requests>"

    # --- What rows share ----------------------------------------------------------------------
    def _service(self, row: RequestRow) -> str:
        known = (row.theme_id, row.code)
        if known not in self._services:
            service = self.offer.services.get(row.theme_id or 0)
            code = service.code if service else row.code
            name = service.name_in(self.language) if service else ""
            if self.is_xml:
                shown = f"<service_name>{in_xml(name)}</service_name>"
                shown = shown if name else "<service_name/>"
                self._services[known] = f"{shown}<service_code>{in_xml(code)}</service_code>"
            else:
                shown = _in_json(name) if name else "null"
                self._services[known] = f'"service_name":{shown},"service_code":{_in_json(code)}'
        return self._services[known]

    def _state(self, row: RequestRow) -> tuple[str, str]:
        """Return the status and the words with which the notes begin."""
        known = (row.state, row.result)
        if known not in self._states:
            words = [str(word_for_others(ConcernState(row.state)))]
            if row.result:
                words.append(str(Result(row.result).label))
            self._states[known] = open_status(row.state), ": ".join(words)
        return self._states[known]

    def _notes(self, row: RequestRow, words: str) -> str:
        if row.answer or row.reason:
            return "\n".join(part for part in (words, row.answer, row.reason) if part)
        return words

    def _body(self, name: str | None) -> str:
        if name not in self._bodies:
            if self.is_xml:
                shown = f">{in_xml(name)}</agency_responsible>" if name else "/>"
                self._bodies[name] = f"<agency_responsible{shown}"
            else:
                self._bodies[name] = _in_json(name) if name else "null"
        return self._bodies[name]

    # --- One row ------------------------------------------------------------------------------
    def _json(self, row: RequestRow) -> str:
        status, words = self._state(row)
        text = "null" if row.text is None else _in_json(row.text)
        lat, long = ("null", "null") if row.latitude is None else (row.latitude, row.longitude)
        photo = f'"{self._photos % UUID(str(row.photo))}"' if row.photo else "null"
        more = self._extra_json(row) if self.with_extensions else ""
        return (
            f'{{"service_request_id":"{row.reference}","status":"{status}",'
            f'"status_notes":{_in_json(self._notes(row, words))},{self._service(row)},'
            f'"description":{text},"agency_responsible":{self._body(row.body)},'
            f'"service_notice":null,"requested_datetime":"{row.requested_at}",'
            f'"updated_datetime":"{row.updated_at}","expected_datetime":null,"address":null,'
            f'"address_id":null,"zipcode":null,"lat":{lat},"long":{long},'
            f'"media_url":{photo}{more}}}'
        )

    def _xml(self, row: RequestRow) -> str:
        status, words = self._state(row)
        text = f"<description>{in_xml(row.text)}</description>" if row.text else "<description/>"
        point = "<lat/><long/>"
        if row.latitude is not None:
            point = f"<lat>{row.latitude}</lat><long>{row.longitude}</long>"
        photo = "<media_url/>"
        if row.photo:
            photo = f"<media_url>{self._photos % UUID(str(row.photo))}</media_url>"
        more = self._extra_xml(row) if self.with_extensions else ""
        return (
            f"<request><service_request_id>{row.reference}</service_request_id>"
            f"<status>{status}</status>"
            f"<status_notes>{in_xml(self._notes(row, words))}</status_notes>"
            f"{self._service(row)}{text}{self._body(row.body)}<service_notice/>"
            f"<requested_datetime>{row.requested_at}</requested_datetime>"
            f"<updated_datetime>{row.updated_at}</updated_datetime><expected_datetime/>"
            f"<address/><address_id/><zipcode/>{point}{photo}{more}</request>"
        )

    def _extra_json(self, row: RequestRow) -> str:
        detailed = detailed_status(row.state, row.result)
        return (
            f',"extended_attributes":{{"detailed_status":"{detailed}",'
            f'"title":{_in_json(row.title)}}}'
        )

    def _extra_xml(self, row: RequestRow) -> str:
        detailed = detailed_status(row.state, row.result)
        return (
            f"<extended_attributes><detailed_status>{detailed}</detailed_status>"
            f"<title>{in_xml(row.title)}</title></extended_attributes>"
        )
