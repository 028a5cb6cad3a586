"""Tables of the concerns module. No deeds."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from quartiersladen.concerns.states import (
    CLOSED,
    HELD,
    AnswerWay,
    Channel,
    ConcernKind,
    ConcernState,
    MailEffect,
    PlaceKind,
    PlacePrecision,
    ReferralState,
    Result,
    Scope,
    TalkPlace,
    Witness,
)
from quartiersladen.correspondence.models import InboundMail
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.dossiers.models import Dossier
from quartiersladen.files.models import StoredFile
from quartiersladen.kernel.text import Localized, localized
from quartiersladen.quarters.models import Quarter, Theme

TEXT_LENGTH = 4000  # characters
REASON_LENGTH = 500  # characters
NOT_READ = "?"  # the language of a text that the worker has not looked at yet
CLOSED_VALUES = sorted(state.value for state in CLOSED)
HELD_VALUES = sorted(state.value for state in HELD)
SENDER_LENGTH = 254  # characters


class RightAddress(models.Model):
    """Who helps with what the office does not do: a flat, a building site, the police."""

    quarter = models.ForeignKey(Quarter, models.CASCADE, related_name="right_addresses")
    #: Language code -> what it is about, for example "You are looking for a flat".
    name = models.JSONField()
    #: Language code -> name, address, phone and hours of who helps; plain lines.
    text = models.JSONField()
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return localized(self.name, "de")

    def name_in(self, language: str) -> Localized:
        """Return what it is about in `language` or the nearest one there is."""
        return localized(self.name, language)

    def text_in(self, language: str) -> Localized:
        """Return the address in `language` or the nearest one there is."""
        return localized(self.text, language)


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

    place_kind = models.CharField(max_length=8, choices=PlaceKind, default=PlaceKind.NONE)
    place_text = models.CharField(max_length=200, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)

    scope = models.CharField(max_length=16, choices=Scope, default=Scope.UNDECIDED)
    right_address = models.ForeignKey(RightAddress, models.PROTECT, null=True)

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
        ]
        indexes = [
            models.Index(fields=["quarter", "state", "-created_at"], name="concern_by_state"),
            models.Index(fields=["quarter", "-created_at"], name="concern_by_date"),
            models.Index(fields=["quarter", "next_on"], name="concern_by_next_date"),
            models.Index(
                fields=["quarter", "text_language", "-created_at"], name="concern_by_language"
            ),
            # Ends with the key, as the lists are ordered, so that no planner sorts them anew.
            models.Index(
                fields=["quarter", "-created_at", "-dossier"],
                condition=Q(is_released=True),
                name="concern_released",
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


class Teller(models.Model):
    """Who told it, as far as they wanted: personal data, deleted some time after closing."""

    concern = models.OneToOneField(Concern, models.CASCADE, primary_key=True)
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=300, blank=True)
    way = models.CharField(max_length=5, choices=AnswerWay, default=AnswerWay.LINK)
    #: Copy of the ledger's latest line, so that a list need not ask it.
    may_pass_on = models.BooleanField(default=False)
    email_confirmed_at = models.DateTimeField(null=True)
    #: Raising it revokes every status link that was ever given out.
    link_generation = models.PositiveIntegerField(default=1)
    told_orally_on = models.DateField(null=True)
    #: When the person last gave an address of their own; None: together with the concern.
    email_given_at = models.DateTimeField(null=True)
    #: When contact data was deleted: by rule, by the person or by the office for them.
    contact_gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(way__in=AnswerWay.values), name="teller_way_known"),
            models.CheckConstraint(
                condition=~Q(way=AnswerWay.MAIL) | ~Q(email=""), name="teller_mail_has_address"
            ),
        ]

    def __str__(self) -> str:
        return str(self.concern_id)

    @property
    def subject(self) -> str:
        """The name of this person in the consent ledger."""
        return f"concerns.teller:{self.pk}"

    @property
    def has_contact(self) -> bool:
        """Whether anything of the person is known."""
        return bool(self.name or self.email or self.phone or self.address)


class BlockedSender(models.Model):
    """An address or a domain whose reports wait in the quarantine. None is ever refused."""

    quarter = models.ForeignKey(Quarter, models.CASCADE)
    #: "somebody@example.org", or "example.org" for every address and link of that domain.
    name = models.CharField(max_length=SENDER_LENGTH)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quarter", "name"], name="blocked_once_per_quarter")
        ]

    def __str__(self) -> str:
        return self.name


class CameByMail(models.Model):
    """What the concerns made of one mail that came in; the row makes it happen once."""

    mail = models.OneToOneField(InboundMail, models.CASCADE, related_name="concern_effect")
    what = models.CharField(max_length=9, choices=MailEffect)
    #: None: the draft was no concern and is deleted.
    concern = models.ForeignKey(Concern, models.SET_NULL, null=True, related_name="came_by_mail")
    #: Of a proposal: which referral it may answer.
    referral = models.ForeignKey(
        "Referral", models.SET_NULL, null=True, related_name="came_by_mail"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(what__in=MailEffect.values), name="mail_effect_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mail_id} {self.what}"


class Referral(models.Model):
    """A concern in the hands of one responsible body."""

    concern = models.ForeignKey(Concern, models.CASCADE, related_name="referrals")
    body = models.ForeignKey(ResponsibleBody, models.PROTECT, related_name="referrals")
    person = models.ForeignKey(ContactPerson, models.PROTECT, null=True)
    way = models.CharField(max_length=5, choices=Way)
    state = models.CharField(max_length=8, choices=ReferralState, default=ReferralState.SENT)
    sent_at = models.DateTimeField()
    #: The office's own words to the body.
    cover_note = models.TextField(blank=True)
    with_contact = models.BooleanField(default=False)
    asks = models.PositiveSmallIntegerField(default=0)
    last_asked_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    #: What the body said: the answer, or why it declined.
    reply = models.TextField(blank=True)
    #: By when the body wants to have done it.
    expected_on = models.DateField(null=True)
    #: Raising it revokes the one-case link.
    link_generation = models.PositiveIntegerField(default=1)
    link_expires_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ReferralState.values), name="referral_state_known"
            ),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="referral_way_known"),
            models.CheckConstraint(
                condition=~Q(state__in=[ReferralState.DECLINED, ReferralState.ANSWERED])
                | (Q(settled_at__isnull=False) & ~Q(reply="")),
                name="referral_settled_has_reply",
            ),
            models.UniqueConstraint(
                fields=["concern", "body"],
                condition=Q(state__in=["sent", "accepted", "silent"]),
                name="referral_one_waiting_per_body",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.body_id} {self.state}"


class Draft(models.Model):
    """A form that was begun; keeps its photos for 24 hours when the rest needs mending."""

    key = models.UUIDField(primary_key=True, default=uuid4)
    quarter = models.ForeignKey(Quarter, models.CASCADE)
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.key)


class DraftPhoto(models.Model):
    """A photo waiting for its form to be sent."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="photos")
    file = models.OneToOneField(StoredFile, models.PROTECT)
    #: Name of the file on the person's own device, shown back to them alone.
    label = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return f"{self.draft_id} {self.file_id}"


class Talk(models.Model):
    """A talk that is no concern: counted by place, channel and theme, without persons."""

    quarter = models.ForeignKey(Quarter, models.PROTECT)
    on = models.DateField()
    place = models.CharField(max_length=6, choices=TalkPlace)
    theme = models.ForeignKey(Theme, models.PROTECT, null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(place__in=TalkPlace.values), name="talk_place_known"
            )
        ]
        indexes = [models.Index(fields=["quarter", "on"], name="talk_by_day")]

    def __str__(self) -> str:
        return f"{self.on} {self.place}"
