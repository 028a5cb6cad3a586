"""A concern: one thing somebody told the office."""

from django.db import models
from django.db.models import Q

from quartiersladen.concerns.models.action import Action
from quartiersladen.concerns.models.scope import RightAddress, ScopeRule
from quartiersladen.concerns.states import (
    CLOSED,
    HELD,
    Channel,
    ConcernKind,
    ConcernState,
    PlaceKind,
    PlacePrecision,
    Result,
    Scope,
    Witness,
    word_for_others,
)
from quartiersladen.dossiers.models import Dossier
from quartiersladen.quarters.models import District, Quarter, Theme

TEXT_LENGTH = 4000  # characters
REASON_LENGTH = 500  # characters
NOT_READ = "?"  # the language of a text that the worker has not looked at yet
CLOSED_VALUES = sorted(state.value for state in CLOSED)
HELD_VALUES = sorted(state.value for state in HELD)
MOST_MONTHS = 60  # from one asking about an important topic to the next


class Concern(models.Model):
    """One thing somebody told the office. Personal data of the teller lives in Teller."""

    dossier = models.OneToOneField(Dossier, models.PROTECT, primary_key=True)
    quarter = models.ForeignKey(Quarter, models.PROTECT, related_name="concerns")
    state = models.CharField(max_length=12, choices=ConcernState, default=ConcernState.NEW)
    kind = models.CharField(max_length=8, choices=ConcernKind)
    theme = models.ForeignKey(Theme, models.PROTECT, null=True)
    text = models.TextField(max_length=TEXT_LENGTH)
    #: In which language the text is written: "?" until it was read, "" when it cannot be told.
    text_language = models.CharField(max_length=10, blank=True, default=NOT_READ)
    channel = models.CharField(max_length=8, choices=Channel)
    #: The day on which the person told it.
    told_on = models.DateField()
    created_at = models.DateTimeField()
    is_emergency = models.BooleanField(default=False)
    #: The action on which it was told, None for most.
    action = models.ForeignKey(Action, models.PROTECT, null=True, related_name="concerns")

    place_kind = models.CharField(max_length=8, choices=PlaceKind, default=PlaceKind.NONE)
    place_text = models.CharField(max_length=200, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)

    scope = models.CharField(max_length=16, choices=Scope, default=Scope.UNDECIDED)
    right_address = models.ForeignKey(RightAddress, models.PROTECT, null=True)
    #: The rule of scope that was shown before sending and gone past; see ScopeRule.mode.
    scope_rule = models.ForeignKey(ScopeRule, models.PROTECT, null=True)
    #: The concern that leads the joint case to which this one belongs; see docs/adr/0010.
    leader = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="joined", db_index=False
    )

    #: The next date; the same day as the open follow-up of the dossier. Of spam: the day on which
    #: it is deleted.
    next_on = models.DateField(null=True)
    #: The day by which the person was promised an answer.
    promised_on = models.DateField()
    #: First word to the teller after the receipt: passed on, taken on or answered.
    first_answer_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    #: When the office took it out of the quarantine; None if it never lay there.
    let_in_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=14, choices=Result, blank=True)
    witness = models.CharField(max_length=8, choices=Witness, blank=True)
    #: What the teller and, after release, everybody reads about the end.
    answer = models.TextField(blank=True)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)

    is_released = models.BooleanField(default=False)
    released_at = models.DateTimeField(null=True)
    public_title = models.CharField(max_length=120, blank=True)
    public_text = models.TextField(blank=True)
    place_precision = models.CharField(
        max_length=6, choices=PlacePrecision, default=PlacePrecision.NONE
    )
    #: The point that may be shown: exact or rounded; empty unless released with a place.
    public_latitude = models.FloatField(null=True)
    public_longitude = models.FloatField(null=True)
    #: The district in which that point lies; with an outline of its own, so that a list can ask.
    public_district = models.ForeignKey(District, models.SET_NULL, null=True, related_name="+")
    #: Folded number, title and text of the public copy: the public search knows nothing else.
    public_words = models.TextField(blank=True, default="")

    #: An important topic: asked about every so many months, also after an answer; None: it is none.
    topic_months = models.PositiveSmallIntegerField(null=True)
    topic_since = models.DateField(null=True)
    #: The day of the next asking.
    topic_next_on = models.DateField(null=True)

    #: When text, letters and photos were deleted by the rule of retention.
    text_gone_at = models.DateTimeField(null=True)

    #: Key of the form it was sent with: a double click or a re-sent POST finds it again.
    submission_key = models.UUIDField(unique=True, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ConcernState.values), name="concern_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=CLOSED_VALUES) | Q(next_on__isnull=False),
                name="concern_open_has_next_date",
            ),
            models.CheckConstraint(
                condition=~Q(state=ConcernState.ANSWERED) | ~Q(result=""),
                name="concern_answered_has_result",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="concern_point_on_earth",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=HELD_VALUES) | Q(is_released=False),
                name="concern_held_is_not_public",
            ),
            models.CheckConstraint(
                condition=Q(is_released=True)
                | Q(public_latitude__isnull=True, public_longitude__isnull=True),
                name="concern_point_shown_only_released",
            ),
            models.CheckConstraint(
                condition=Q(topic_months=None, topic_since=None, topic_next_on=None)
                | Q(
                    topic_months__range=(1, MOST_MONTHS),
                    topic_since__isnull=False,
                    topic_next_on__isnull=False,
                ),
                name="concern_topic_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(state=ConcernState.JOINED, leader__isnull=False)
                | (~Q(state=ConcernState.JOINED) & Q(leader__isnull=True)),
                name="concern_joined_has_leader",
            ),
        ]
        indexes = [
            # Lists end with the key: an index that ends with it, too, gives a page without sorting.
            models.Index(
                fields=["quarter", "state", "-created_at", "-dossier"], name="concern_by_state"
            ),
            models.Index(fields=["quarter", "-created_at", "-dossier"], name="concern_by_date"),
            models.Index(fields=["quarter", "next_on"], name="concern_by_next_date"),
            models.Index(fields=["quarter", "told_on"], name="concern_by_day"),
            models.Index(
                fields=["quarter", "text_language", "-created_at"], name="concern_by_language"
            ),
            models.Index(
                fields=["quarter", "-created_at", "-dossier"],
                condition=Q(is_released=True),
                name="concern_released",
            ),
            # Hardly any is joined: an index over all would say that asking it never pays.
            models.Index(fields=["leader"], condition=Q(leader__isnull=False), name="concern_led"),
            models.Index(
                fields=["quarter", "theme", "-created_at", "-dossier"], name="concern_by_theme"
            ),
            models.Index(
                fields=["quarter", "-closed_at", "-dossier"],
                condition=Q(is_released=True, state=ConcernState.ANSWERED),
                name="concern_answered",
            ),
            models.Index(
                fields=["quarter", "topic_next_on"],
                condition=Q(topic_months__isnull=False),
                name="concern_topics",
            ),
            models.Index(
                fields=["quarter", "theme", "latitude"],
                condition=Q(latitude__isnull=False),
                name="concern_near",
            ),
            models.Index(
                fields=["quarter", "theme", "public_latitude"],
                condition=Q(public_latitude__isnull=False),
                name="concern_shown_near",
            ),
            models.Index(
                fields=["quarter", "theme", "-closed_at", "-dossier"],
                condition=Q(closed_at__isnull=False),
                name="concern_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether the office still owes something."""
        return self.state not in CLOSED and not self.is_held

    @property
    def is_held(self) -> bool:
        """Whether it lies in the quarantine, waiting or as spam."""
        return self.state in HELD

    @property
    def state_for_others(self) -> str:
        """The word of the state for the public and the desk."""
        return str(word_for_others(ConcernState(self.state)))

    @property
    def is_topic(self) -> bool:
        """Whether it is an important topic, asked about again and again."""
        return self.topic_months is not None
