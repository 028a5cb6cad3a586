"""Several bodies at one table."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from quartiersladen.concerns.models.concern import Concern
from quartiersladen.concerns.states import AHEAD, Attendance, MeetingState
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.models import ContactPerson, ResponsibleBody

AHEAD_VALUES = sorted(state.value for state in AHEAD)
LINE_LENGTH = 200  # characters of what is said of a meeting in one line


class Meeting(models.Model):
    """Several bodies and the office sit together about one concern; see services.meetings."""

    concern = models.ForeignKey(Concern, models.CASCADE, related_name="meetings")
    state = models.CharField(max_length=9, choices=MeetingState, default=MeetingState.PLANNED)
    on = models.DateField()
    #: Time of day in the quarter.
    begins = models.TimeField()
    place = models.CharField(max_length=LINE_LENGTH, blank=True)
    #: What it is about, in one sentence; the bodies read it.
    purpose = models.CharField(max_length=LINE_LENGTH)
    #: Who else takes part, by function: "Kita-Leitung, Hausmeister".
    others = models.CharField(max_length=LINE_LENGTH, blank=True)
    planned_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    #: When it was called off or its result was written down.
    ended_at = models.DateTimeField(null=True)
    #: What was agreed, for the office.
    agreed = models.TextField(blank=True)
    #: What the person who told it reads of it, and what everybody reads after release.
    for_person = models.TextField(blank=True)
    for_public = models.TextField(blank=True)
    #: Key of the form it was planned with: a double click makes one.
    submission_key = models.UUIDField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=MeetingState.values), name="meeting_state_known"
            ),
            models.UniqueConstraint(
                fields=["concern", "submission_key"], name="meeting_once_per_form"
            ),
            models.CheckConstraint(
                condition=Q(state__in=AHEAD_VALUES, ended_at=None)
                | (~Q(state__in=AHEAD_VALUES) & Q(ended_at__isnull=False)),
                name="meeting_ended_when_over",
            ),
            models.CheckConstraint(
                condition=~Q(state=MeetingState.HELD) | ~Q(agreed=""),
                name="meeting_held_has_result",
            ),
            models.UniqueConstraint(
                fields=["concern"],
                condition=Q(state__in=AHEAD_VALUES),
                name="meeting_one_ahead",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.on} {self.state}"

    @property
    def is_ahead(self) -> bool:
        """Whether it is still to come, or nobody has written down what came of it."""
        return self.state in AHEAD


class Invitation(models.Model):
    """A body is asked to a meeting, and what it said, did and promised there."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="invitations")
    body = models.ForeignKey(ResponsibleBody, models.PROTECT, related_name="invitations")
    person = models.ForeignKey(ContactPerson, models.PROTECT, null=True)
    #: By mail we write; by phone or letter somebody here does it.
    way = models.CharField(max_length=5, choices=Way)
    #: When it got to know the day that holds now; None: somebody still has to call or to write.
    told_at = models.DateTimeField(null=True)
    attendance = models.CharField(max_length=10, choices=Attendance, default=Attendance.OPEN)
    #: What it said about coming, for the office.
    words = models.TextField(blank=True)
    was_there = models.BooleanField(default=False)
    #: What it promised, and by when.
    promise = models.TextField(blank=True)
    promised_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(way__in=Way.values), name="invitation_way_known"),
            models.CheckConstraint(
                condition=Q(attendance__in=Attendance.values), name="invitation_attendance_known"
            ),
            models.CheckConstraint(
                condition=Q(promised_on=None) | ~Q(promise=""),
                name="invitation_day_is_promised",
            ),
            models.UniqueConstraint(fields=["meeting", "body"], name="invitation_once_per_body"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.body_id} {self.attendance}"

    @property
    def address(self) -> str:
        """The e-mail address: the person's if there is one, else the body's."""
        return (self.person.email if self.person else "") or self.body.email

    @property
    def phone(self) -> str:
        """The phone number: the person's if there is one, else the body's."""
        return (self.person.phone if self.person else "") or self.body.phone

    @property
    def is_by_hand(self) -> bool:
        """Whether somebody here has to call or to write."""
        return self.way != Way.MAIL
