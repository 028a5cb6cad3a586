"""The mails about a meeting of several bodies, in German; the preview at the desk is the same bytes.

The subject names no person and not the title of the concern. Of a confidential matter the mail says
the number, the day, the time and the place, and nothing else.
"""

from dataclasses import dataclass
from datetime import date, time

from django.utils import translation
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from quartiersladen.concerns.letters import Letter, referral_link
from quartiersladen.concerns.models import Invitation, Meeting, Referral


@dataclass(frozen=True, slots=True)
class Appointment:
    """When and where."""

    on: date
    begins: time
    place: str


def appointment(meeting: Meeting) -> Appointment:
    """Return when and where a meeting is."""
    return Appointment(meeting.on, meeting.begins, meeting.place)


def is_secret(meeting: Meeting) -> bool:
    """Whether a mail may say only the number of the matter."""
    return meeting.concern.dossier.is_confidential


def _subject(meeting: Meeting, words: str) -> str:
    """Return the subject; of a confidential matter nothing but the number, as in every mail."""
    if is_secret(meeting):
        return _("Message no. %(number)s") % {"number": meeting.concern.dossier.reference}
    return words


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part.strip() for part in parts if part.strip())


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def _weekday(day: date) -> str:
    return date_format(day, "l, j. F Y")


def _time(moment: time) -> str:
    return time_format(moment, "TIME_FORMAT")


def _before(now: str, earlier: str) -> str:
    return (
        now
        if now == earlier
        else _("%(now)s (until now: %(before)s)")
        % {
            "now": now,
            "before": earlier,
        }
    )


def _when_and_where(meeting: Meeting, earlier: Appointment | None = None) -> str:
    """Return the lines of the appointment. earlier: what it was before, to say what changed."""
    before = earlier or appointment(meeting)
    return "\n".join(
        [
            _("Day: %(day)s") % {"day": _before(_weekday(meeting.on), _weekday(before.on))},
            _("Time: %(time)s") % {"time": _before(_time(meeting.begins), _time(before.begins))},
            _("Place: %(place)s") % {"place": _before(meeting.place, before.place)},
        ]
    )


def _who(meeting: Meeting, bodies: list[str]) -> str:
    invited = _("Invited are: %(bodies)s.") % {"bodies": ", ".join(bodies).rstrip(".")}
    others = _("Also there: %(others)s.") % {"others": meeting.others.rstrip(".")}
    return f"{invited} {others}" if meeting.others else invited


def _please_answer(meeting: Meeting) -> str:
    phone = meeting.concern.quarter.phone
    if phone:
        return _("Can you come? Please answer this mail or call us: %(phone)s.") % {"phone": phone}
    return _("Can you come? Please answer this mail.")


def invitation(meeting: Meeting, bodies: list[str], referral: Referral | None) -> Letter:
    """Asks a body to come. bodies: names of all.  referral: the one with which it has the concern."""
    facts = {"number": meeting.concern.dossier.reference}
    with translation.override("de"):
        case = _("What we were told stands on this page; you need no account:")
        is_open = referral is not None and not is_secret(meeting)
        return Letter(
            subject=_subject(
                meeting,
                _("Meeting about no. %(number)s on %(day)s") % {**facts, "day": _day(meeting.on)},
            ),
            text=_paragraphs(
                _("Good day,"),
                _("we invite you to a meeting about concern no. %(number)s.") % facts,
                _when_and_where(meeting),
                *_open_words(
                    meeting,
                    _("What it is about: %(purpose)s") % {"purpose": meeting.purpose},
                    _who(meeting, bodies),
                ),
                case if is_open else "",
                "[[link:case]]" if is_open else "",
                _please_answer(meeting),
            ),
            language="de",
            links={"case": referral_link(referral)} if referral is not None and is_open else {},
        )


def _open_words(meeting: Meeting, *words: str) -> tuple[str, ...]:
    return () if is_secret(meeting) else words


def moved(meeting: Meeting, earlier: Appointment, why: str) -> Letter:
    """Says what changed. meeting: with the new day; may be unsaved, for the preview."""
    facts = {"number": meeting.concern.dossier.reference}
    with translation.override("de"):
        return Letter(
            subject=_subject(
                meeting,
                _("Moved: meeting about no. %(number)s, now on %(day)s")
                % {**facts, "day": _day(meeting.on)},
            ),
            text=_paragraphs(
                _("Good day,"),
                _("the meeting about concern no. %(number)s has changed:") % facts,
                _when_and_where(meeting, earlier),
                *_open_words(meeting, why),
                _please_answer(meeting),
            ),
            language="de",
        )


def called_off(meeting: Meeting, why: str) -> Letter:
    """Says that it does not take place."""
    facts = {"number": meeting.concern.dossier.reference, "day": _day(meeting.on)}
    with translation.override("de"):
        return Letter(
            subject=_subject(
                meeting, _("Called off: meeting about no. %(number)s on %(day)s") % facts
            ),
            text=_paragraphs(
                _("Good day,"),
                _("the meeting about concern no. %(number)s on %(day)s does not take place.")
                % facts,
                *_open_words(meeting, why),
            ),
            language="de",
        )


def note_of_calls(meeting: Meeting, invitations: list[Invitation]) -> str:
    """Return whom somebody here has to call or to write to, for the next date."""
    with translation.override("de"):
        names = ", ".join(f"{one.body.name} ({one.get_way_display()})" for one in invitations)
        return _("Invite for %(day)s: %(names)s") % {"day": _day(meeting.on), "names": names}


def note_of_result(meeting: Meeting) -> str:
    """Return what to do after the meeting, for the next date."""
    with translation.override("de"):
        day = {"day": _day(meeting.on)}
        if is_secret(meeting):
            return _("Write down what came of it (%(day)s)") % day
        return _("Write down what came of it (%(day)s): %(purpose)s") % {
            **day,
            "purpose": meeting.purpose,
        }


def note_of_calls_off(meeting: Meeting, invitations: list[Invitation]) -> str:
    """Return whom somebody here has to tell that it does not take place; "" if nobody."""
    if not invitations:
        return ""
    with translation.override("de"):
        names = ", ".join(f"{one.body.name} ({one.get_way_display()})" for one in invitations)
        return _("Call off the meeting on %(day)s: %(names)s") % {
            "day": _day(meeting.on),
            "names": names,
        }


def note_of_end(meeting: Meeting) -> str:
    """Return what to do when the person takes the concern back before the meeting."""
    with translation.override("de"):
        return _("It was taken back: call off the meeting on %(day)s.") % {"day": _day(meeting.on)}
