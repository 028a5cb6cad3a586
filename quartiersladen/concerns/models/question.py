"""What the office asks back."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from quartiersladen.concerns.models.concern import Concern
from quartiersladen.concerns.states import QuestionState
from quartiersladen.correspondence.states import Way

QUESTION_LENGTH = 2000  # characters


class Question(models.Model):
    """A question back to the person who told it, and the answer."""

    concern = models.ForeignKey(Concern, models.CASCADE, related_name="questions")
    text = models.TextField(max_length=QUESTION_LENGTH)
    #: How it reaches the person; by link: only on the status page.
    way = models.CharField(max_length=5, choices=Way)
    state = models.CharField(max_length=10, choices=QuestionState, default=QuestionState.OPEN)
    asked_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    #: The last day on which we wait for the answer.
    due_on = models.DateField()
    #: The day from which on a mail reminds, and when it did.
    remind_on = models.DateField()
    reminded_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=5, choices=Way, blank=True)
    #: Key of the form it was answered with: a double click finds its answer.
    answer_key = models.UUIDField(unique=True, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=QuestionState.values), name="question_state_known"
            ),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="question_way_known"),
            models.CheckConstraint(
                condition=Q(state=QuestionState.OPEN, ended_at=None)
                | (~Q(state=QuestionState.OPEN) & Q(ended_at__isnull=False)),
                name="question_ends_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=QuestionState.ANSWERED)
                | (Q(answered_at__isnull=False) & ~Q(answer="") & ~Q(answered_by="")),
                name="question_answered_has_answer",
            ),
            models.UniqueConstraint(
                fields=["concern"], condition=Q(state="open"), name="question_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(state="open"), name="question_open_by_day")
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.state}"
