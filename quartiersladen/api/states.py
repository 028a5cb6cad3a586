"""Closed lists of the interfaces, and how the states of a concern are called there."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from quartiersladen.concerns.states import CLOSED, ConcernState, Result


class DataType(TextChoices):
    """What can be given to a question; the values are words of GeoReport v2."""

    STRING = "string", _("One line")
    NUMBER = "number", _("A number")
    DATETIME = "datetime", _("Day and time")
    TEXT = "text", _("Several lines")
    SINGLE = "singlevaluelist", _("One of a list")
    MULTI = "multivaluelist", _("Several of a list")


LISTS = frozenset({DataType.SINGLE, DataType.MULTI})


class OpenStatus(TextChoices):
    """GeoReport v2 knows two states."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class DetailedStatus(TextChoices):
    """What CitySDK adds to them; only told to who asks for extensions."""

    RECEIVED = "RECEIVED", _("Received")
    IN_PROCESS = "IN_PROCESS", _("At work")
    PROCESSED = "PROCESSED", _("Done")
    REJECTED = "REJECTED", _("Not done")


_REJECTED = frozenset({Result.NOT_POSSIBLE, Result.NOT_OUR_TASK, Result.NO_ANSWER})


def open_status(state: str) -> OpenStatus:
    """Return the state of a concern in the words of GeoReport v2."""
    return OpenStatus.CLOSED if state in CLOSED else OpenStatus.OPEN


def detailed_status(state: str, result: str) -> DetailedStatus:
    """Return it in the words of CitySDK."""
    if state == ConcernState.NEW:
        return DetailedStatus.RECEIVED
    if state == ConcernState.WITHDRAWN or result in _REJECTED:
        return DetailedStatus.REJECTED
    return DetailedStatus.PROCESSED if state in CLOSED else DetailedStatus.IN_PROCESS
