"""Reads of the meetings of several bodies: viewer first, only what the viewer may see."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern, Invitation, Meeting
from quartiersladen.concerns.rules import may_work_on
from quartiersladen.concerns.states import AHEAD
from quartiersladen.kernel.errors import Conflict


class MeetingAhead(Conflict):
    """Bodies would come to a meeting about something that is over."""

    sentence = _(
        "A meeting of several bodies about this is planned. Please call it off, or write down what"
        " came of it first."
    )


def _meetings(concern: Concern) -> QuerySet[Meeting]:
    invited = Invitation.objects.select_related("body", "person").order_by("body__sort_name", "pk")
    return Meeting.objects.filter(concern=concern).prefetch_related(
        Prefetch("invitations", queryset=invited)
    )


def _known(meeting: Meeting, concern: Concern) -> Meeting:
    meeting.concern = concern
    for invitation in meeting.invitations.all():
        invitation.meeting = meeting
    return meeting


def meetings_of(viewer: Viewer, concern: Concern) -> list[Meeting]:
    """Return the meetings about a concern with who is invited, the latest first; two statements."""
    if not may_work_on(viewer, concern):
        return []
    rows = _meetings(concern).order_by("-on", "-begins", "-pk")
    return [_known(meeting, concern) for meeting in rows]


def get_meeting(viewer: Viewer, concern: Concern, key: int) -> Meeting:
    """Return one meeting of a concern. Raises Meeting.DoesNotExist; missing equals hidden."""
    if not may_work_on(viewer, concern):
        raise Meeting.DoesNotExist
    return _known(_meetings(concern).get(pk=key), concern)


def meeting_ahead(concern: Concern) -> Meeting | None:
    """Return the meeting that is planned and not over; at most one, by constraint."""
    return Meeting.objects.filter(concern=concern, state__in=sorted(AHEAD)).first()


def demand_no_meeting_ahead(concern: Concern) -> None:
    """Raise MeetingAhead while one is planned: what is over needs none."""
    if meeting_ahead(concern) is not None:
        raise MeetingAhead


def planned_with(concern: Concern, key: UUID) -> Meeting | None:
    """Return the meeting that was planned with this very form, None if there is none."""
    return Meeting.objects.filter(concern=concern, submission_key=key).first()


def promises(meetings: Iterable[Meeting]) -> dict[int, list[Invitation]]:
    """Return what bodies promised at meetings, by body, in the order of the meetings."""
    found: dict[int, list[Invitation]] = {}
    for meeting in meetings:
        for invitation in meeting.invitations.all():
            if invitation.promise:
                found.setdefault(invitation.body_id, []).append(invitation)
    return found
