"""A partner tells a concern by program. It stays internal until the office releases it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from quartiersladen.api.models import ApiKey, Attribute, Creation
from quartiersladen.api.queries.offers import attributes_of
from quartiersladen.api.states import LISTS, DataType
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.models.concern import TEXT_LENGTH
from quartiersladen.concerns.services.intake import Intake, Report, report_concern
from quartiersladen.concerns.states import AnswerWay, Channel, ConcernKind, PlaceKind
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor
from quartiersladen.kernel.errors import Invalid, NotAllowed
from quartiersladen.kernel.throttle import count_of
from quartiersladen.quarters.models import Quarter, Theme
from quartiersladen.quarters.outline import lies_inside

TWICE_SECONDS = 60
ANSWER_LENGTH = 4000  # characters of one answer
LINE_LENGTH = 255  # characters of an answer of one line
MOST_ANSWERS = 50  # to one question
URL_LENGTH = 2000
LENGTHS = {"name": 120, "email": 254, "phone": 40, "address": 200}


class WrongKey(NotAllowed):
    """No key, an unknown one, one of another quarter, or a revoked one: all alike."""

    sentence = _("This needs a valid key. The neighbourhood office gives them out.")


class NoPlace(Invalid):
    """Somebody has to be able to find it."""

    sentence = _("Please say where it is: lat and long, or address_string.")


class BadPoint(Invalid):
    """Half a point, or none on earth."""

    sentence = _("lat and long are two numbers in degrees, for example 51.3455 and 12.4085.")


class Outside(Invalid):
    """The office is there for its own quarter."""

    sentence = _("This place lies outside of the neighbourhood for which this office works.")


class UnknownAddressId(Invalid):
    """The office keeps no list of addresses."""

    sentence = _("This office knows no address_id. Please send lat and long, or address_string.")


class TooLong(Invalid):
    """A field has an end."""

    def __init__(self, name: str, most: int) -> None:
        sentence = _("%(name)s can have %(most)s characters at most.")
        super().__init__(sentence % {"name": name, "most": most}, field=name)


class BadAddress(Invalid):
    """Nobody can be written to there."""

    sentence = _("email is not an e-mail address.")


class BadMediaUrl(Invalid):
    """Only web addresses; nothing that runs or lies on a machine."""

    sentence = _("media_url has to begin with https:// or http://.")


class AnswerMissing(Invalid):
    """The definition of the service demands it."""

    def __init__(self, code: str) -> None:
        super().__init__(_("attribute[%(code)s] is required.") % {"code": code}, field=code)


class BadAnswer(Invalid):
    """An answer that does not fit its question."""

    def __init__(self, code: str, expected: object) -> None:
        sentence = _("attribute[%(code)s] has a value that does not fit: %(expected)s.")
        super().__init__(sentence % {"code": code, "expected": expected}, field=code)


class UnknownQuestion(Invalid):
    """Nothing that was sent is lost without a word."""

    def __init__(self, code: str) -> None:
        super().__init__(_("There is no attribute[%(code)s].") % {"code": code}, field=code)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a partner sends, as it was read. answers: code -> values, as they were sent."""

    theme: Theme
    channel: Channel
    text: str = ""
    kind: ConcernKind = ConcernKind.PROBLEM
    point: tuple[float, float] | None = None
    address: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    media_url: str = ""
    language: str = "de"
    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)


def count_use(*, key: ApiKey) -> None:
    """Count one try to tell something. Raises TooMany beyond the partner's allowance of an hour."""
    count_of("partner", str(key.pk), most=settings.PARTNER_REPORTS_PER_HOUR)


@transaction.atomic
def tell_by_program(*, key: ApiKey, wish: Wish, digest: str, now: datetime) -> Concern:
    """Store a concern that a partner tells; what was asked stands in its journal for the office.

    digest: of what was sent. The same within a minute gives the concern that is already there.
    Raises WrongKey when the key was revoked meanwhile; Invalid for what does not fit.
    """
    # The first statement takes the key's row, so that two of one partner come one after the other.
    if not ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(last_used_at=now):
        raise WrongKey
    since = now - timedelta(seconds=TWICE_SECONDS)
    same = Creation.objects.filter(key=key, digest=digest, created_at__gt=since)
    if earlier := same.select_related("concern__dossier", "concern__quarter").first():
        return earlier.concern
    said = _checked(wish, key.quarter)
    concern = report_concern(
        quarter=key.quarter,
        report=_report(wish),
        intake=Intake(channel=wish.channel, told_on=key.quarter.local_day(now)),
        submission_key=uuid4(),
        now=now,
    )
    record(
        dossier=concern.dossier,
        deed="partner_said",
        actor=Actor.SYSTEM,
        text="\n".join(said),
        data={"partner": key.partner},
        now=now,
    )
    Creation.objects.create(
        concern=concern,
        key=key,
        digest=digest,
        service_code=wish.theme.slug,
        created_at=now,
    )
    return concern


def _checked(wish: Wish, quarter: Quarter) -> list[str]:
    """Return what the office reads besides the concern itself. Raises Invalid."""
    if len(wish.text) > TEXT_LENGTH:
        raise TooLong("description", TEXT_LENGTH)
    for name, most in LENGTHS.items():
        if len(getattr(wish, name)) > most:
            raise TooLong(name, most)
    _check_place(wish, quarter)
    _check_contact(wish)
    return [*_answers(wish), *([wish.media_url] if wish.media_url else [])]


def _check_place(wish: Wish, quarter: Quarter) -> None:
    if wish.point is None:
        if not wish.address:
            raise NoPlace(field="lat")
        return
    latitude, longitude = wish.point
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise BadPoint(field="lat")
    if not lies_inside(quarter.outline, latitude, longitude):
        raise Outside(field="lat")


def _check_contact(wish: Wish) -> None:
    if wish.email:
        try:
            validate_email(wish.email)
        except ValidationError:
            raise BadAddress(field="email") from None
    if wish.media_url:
        _check_url(wish.media_url)


def _check_url(url: str) -> None:
    if len(url) > URL_LENGTH:
        raise TooLong("media_url", URL_LENGTH)
    try:
        parts = urlsplit(url)
    except ValueError:
        raise BadMediaUrl(field="media_url") from None
    if parts.scheme not in {"http", "https"} or not parts.netloc or url != "".join(url.split()):
        raise BadMediaUrl(field="media_url")


def _answers(wish: Wish) -> list[str]:
    """Return question and answer, line by line. Raises AnswerMissing, BadAnswer, UnknownQuestion."""
    questions = {one.code: one for one in attributes_of(wish.theme.pk) if one.is_question}
    for code in wish.answers:
        if code not in questions:
            raise UnknownQuestion(code[:LINE_LENGTH])
    lines = []
    for code, question in questions.items():
        given = [value for value in wish.answers.get(code, ()) if value.strip()]
        if given:
            lines.append(f"{question.description}: {', '.join(_fitting(question, given))}")
        elif question.is_required:
            raise AnswerMissing(code)
    return lines


def _fitting(question: Attribute, given: Sequence[str]) -> list[str]:
    kind = DataType(question.datatype)
    if len(given) > (MOST_ANSWERS if kind == DataType.MULTI else 1):
        raise BadAnswer(question.code, _("one value"))
    if kind in LISTS:
        names = question.names
        if not set(given) <= names.keys():
            raise BadAnswer(question.code, ", ".join(names))
        return [names[value] for value in given]
    [value] = given
    if kind == DataType.NUMBER and not _is_number(value):
        raise BadAnswer(question.code, _("a number"))
    if kind == DataType.DATETIME and not _is_moment(value):
        raise BadAnswer(question.code, _("day and time with offset, as 2026-03-02T12:00:00+01:00"))
    most = ANSWER_LENGTH if kind == DataType.TEXT else LINE_LENGTH
    if len(value) > most:
        raise TooLong(f"attribute[{question.code}]", most)
    return [value]


def _is_number(text: str) -> bool:
    try:
        number = float(text)
    except ValueError:
        return False
    return abs(number) < float("inf")


def _is_moment(text: str) -> bool:
    try:
        at = parse_datetime(text)
    except ValueError:
        return False
    return at is not None and at.tzinfo is not None


def _report(wish: Wish) -> Report:
    way = AnswerWay.NONE
    if wish.email:
        way = AnswerWay.MAIL
    elif wish.phone:
        way = AnswerWay.PHONE
    latitude, longitude = wish.point or (None, None)
    return Report(
        # A program may send nothing but the theme; the office still needs words.
        text=wish.text.strip() or str(wish.theme),
        kind=wish.kind,
        theme=wish.theme,
        language=wish.language,
        place_kind=PlaceKind.POINT if wish.point else PlaceKind.ADDRESS,
        place_text=wish.address,
        latitude=latitude,
        longitude=longitude,
        way=way,
        name=wish.name,
        email=wish.email,
        phone=wish.phone,
    )
