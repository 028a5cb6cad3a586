"""Tables of the mediation module. No deeds."""

from django.db import models
from django.db.models import Q

from quartiersladen.concerns.models import Concern
from quartiersladen.mediation.states import (
    WITH_AGREEMENT,
    Assent,
    Holding,
    MediationState,
    PartyState,
    Side,
    StepKind,
    StepState,
)

TEXT_LENGTH = 6000  # characters
NAME_LENGTH = 120  # characters
SERVICE_LENGTH = 200  # characters
MOST_MINUTES = 24 * 60  # of one step
FEWEST_PARTIES = 2  # who quarrel with each other
AGREED_VALUES = sorted(state.value for state in WITH_AGREEMENT)


class Mediation(models.Model):
    """A quarrel that the office helps to settle; at most one open one per concern."""

    concern = models.ForeignKey(Concern, models.PROTECT, related_name="mediations")
    begun_on = models.DateField()
    state = models.CharField(max_length=10, choices=MediationState, default=MediationState.OPEN)
    #: What the parties have agreed upon, in the words that they sign.
    agreement = models.TextField(max_length=TEXT_LENGTH, blank=True)
    #: The day on which we ask whether it holds, what we heard then, and when.
    check_on = models.DateField(null=True)
    holding = models.CharField(max_length=6, choices=Holding, blank=True)
    checked_on = models.DateField(null=True)
    check_note = models.TextField(max_length=TEXT_LENGTH, blank=True)
    ended_on = models.DateField(null=True)
    end_note = models.TextField(max_length=TEXT_LENGTH, blank=True)
    #: The professional service to which it was passed on.
    service = models.CharField(max_length=SERVICE_LENGTH, blank=True)
    #: Who broke it off.
    broken_off_by = models.ForeignKey("Party", models.SET_NULL, null=True, related_name="+")
    #: When its texts were deleted by the rule of retention.
    texts_gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=MediationState.values), name="mediation_state_known"
            ),
            models.UniqueConstraint(
                fields=["concern"], condition=Q(state="open"), name="mediation_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_on=None)
                | (~Q(state="open") & Q(ended_on__isnull=False)),
                name="mediation_ends_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=AGREED_VALUES) | ~Q(agreement=""),
                name="mediation_agreed_has_agreement",
            ),
            models.CheckConstraint(
                condition=~Q(state="passed_on") | ~Q(service=""),
                name="mediation_passed_on_has_service",
            ),
            models.CheckConstraint(
                condition=Q(holding="", checked_on=None)
                | (Q(holding__in=Holding.values) & Q(checked_on__isnull=False)),
                name="mediation_holding_has_day",
            ),
            models.CheckConstraint(
                condition=Q(check_on=None) | ~Q(agreement=""),
                name="mediation_check_has_agreement",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether it is under way."""
        return self.state == MediationState.OPEN

    @property
    def waits_for_check(self) -> bool:
        """Whether we have still to ask if the agreement holds."""
        return self.check_on is not None and self.checked_on is None


class Party(models.Model):
    """Who takes part in the quarrel: personal data, deleted some time after the concern is closed."""

    mediation = models.ForeignKey(Mediation, models.CASCADE, related_name="parties")
    #: 1, 2, 3 within the mediation: the journal says the number and never the name.
    number = models.PositiveSmallIntegerField()
    #: A name, or a function such as "tenant, 2nd floor".
    name = models.CharField(max_length=NAME_LENGTH)
    side = models.CharField(max_length=7, choices=Side)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    #: Address, who can be called instead, when somebody is at home.
    contact = models.CharField(max_length=300, blank=True)
    #: In which language they speak, in the office's words: the house need not know it.
    language = models.CharField(max_length=60, blank=True)
    needs_interpreter = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=PartyState, default=PartyState.ASKED)
    answered_on = models.DateField(null=True)
    #: How and when the party said yes to the agreement as it stands.
    consent = models.CharField(max_length=6, choices=Assent, blank=True)
    consented_on = models.DateField(null=True)
    #: When name and contact data were deleted: by rule, or because the party asked.
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mediation", "number"], name="party_number_once"),
            models.CheckConstraint(condition=~Q(name=""), name="party_has_name"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="party_side_known"),
            models.CheckConstraint(
                condition=Q(state="asked", answered_on=None)
                | Q(state__in=["agreed", "declined"], answered_on__isnull=False),
                name="party_answer_has_day",
            ),
            models.CheckConstraint(
                condition=Q(consent="", consented_on=None)
                | (Q(consent__in=Assent.values) & Q(consented_on__isnull=False)),
                name="party_consent_has_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mediation_id} {self.number}"

    @property
    def subject(self) -> str:
        """The name of this person on the pages about a person."""
        return f"mediation.party:{self.pk}"

    @property
    def takes_part(self) -> bool:
        """Whether it has not said no."""
        return self.state != PartyState.DECLINED


class Step(models.Model):
    """A talk or another step, planned or done. The minutes are kept for the hours of the office."""

    mediation = models.ForeignKey(Mediation, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=9, choices=StepKind)
    state = models.CharField(max_length=10, choices=StepState, default=StepState.PLANNED)
    on = models.DateField()
    minutes = models.PositiveSmallIntegerField(null=True)
    parties = models.ManyToManyField(Party, related_name="steps", blank=True)
    #: What was said; only the named read it, and no party.
    notes = models.TextField(max_length=TEXT_LENGTH, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=StepKind.values), name="step_kind_known"),
            models.CheckConstraint(
                condition=Q(state="done", minutes__range=(1, MOST_MINUTES))
                | Q(state__in=["planned", "called_off"], minutes=None),
                name="step_done_has_minutes",
            ),
        ]
        indexes = [models.Index(fields=["mediation", "on"], name="mediation_step_by_day")]

    def __str__(self) -> str:
        return f"{self.mediation_id} {self.on} {self.kind}"
