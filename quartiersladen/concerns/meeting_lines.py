"""What the journal says at the desk of meetings of several bodies, without the text of a line."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from quartiersladen.concerns.states import Attendance

Facts = dict[str, Any]


def _day(iso: str) -> str:
    return date_format(date.fromisoformat(iso), "DATE_FORMAT")


def _facts(facts: Facts) -> dict[str, str]:
    return {
        "day": _day(facts["on"]),
        "time": time_format(time.fromisoformat(facts["begins"]), "TIME_FORMAT"),
        "bodies": ", ".join(facts["bodies"]),
    }


def _moved(facts: Facts) -> str:
    if facts["before"] == facts["on"]:
        return _("Meeting on %(day)s changed, now at %(time)s: %(bodies)s") % _facts(facts)
    return _("Meeting moved from %(before)s to %(day)s, %(time)s: %(bodies)s") % {
        **_facts(facts),
        "before": _day(facts["before"]),
    }


def _attendance(facts: Facts) -> str:
    return _("%(body)s about the meeting on %(day)s: %(attendance)s") % {
        "body": facts["body"],
        "day": _day(facts["on"]),
        "attendance": Attendance(facts["attendance"]).label,
    }


def _promise(facts: Facts) -> str:
    return _("Promised by %(body)s for %(day)s") % {
        "body": facts["body"],
        "day": _day(facts["promised_on"]),
    }


BUILT: dict[str, Callable[[Facts], str]] = {
    "meeting_plan": lambda facts: (
        _("What the meeting on %(day)s is about, and where") % {"day": _day(facts["on"])}
    ),
    "meeting_planned": lambda facts: (
        _("Meeting planned for %(day)s, %(time)s: %(bodies)s") % _facts(facts)
    ),
    "meeting_moved": _moved,
    "meeting_attendance": _attendance,
    "meeting_why": lambda facts: (
        _("Why the meeting on %(day)s was called off") % {"day": _day(facts["on"])}
    ),
    "meeting_cancelled": lambda facts: (
        _("Meeting on %(day)s called off: %(bodies)s") % _facts(facts)
    ),
    "meeting_held": lambda facts: (
        _("Meeting on %(day)s with %(bodies)s: what was agreed") % _facts(facts)
    ),
    "meeting_promise": _promise,
    "meeting_told": lambda facts: _("The person reads of the meeting on %(day)s") % _facts(facts),
    "meeting_public": lambda facts: (
        _("Everybody reads of the meeting on %(day)s, once it is public") % _facts(facts)
    ),
}
#: What was asked and what came of it, over the years.
CHAIN = frozenset(BUILT) - {"meeting_told", "meeting_public"}
