"""Tables of the concerns module. No deeds."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from quartiersladen.concerns.states import (
    CLOSED,
    HELD,
    ActionKind,
    AnswerWay,
    Channel,
    ConcernKind,
    ConcernState,
    HitOutcome,
    MailEffect,
    PlaceKind,
    PlacePrecision,
    QuestionState,
    ReferralState,
    Result,
    Rhythm,
    RuleMode,
    Scope,
    TalkPlace,
    Witness,
    word_for_others,
)
from quartiersladen.correspondence.models import InboundMail
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.dossiers.models import Dossier
from quartiersladen.files.models import StoredFile
from quartiersladen.kernel.text import Localized, localized
from quartiersladen.quarters.models import District, Quarter, Theme

TEXT_LENGTH = 4000  # characters
REASON_LENGTH = 500  # characters
NOT_READ = "?"  # the language of a text that the worker has not looked at yet
CLOSED_VALUES = sorted(state.value for state in CLOSED)
HELD_VALUES = sorted(state.value for state in HELD)
SENDER_LENGTH = 254  # characters
QUESTION_LENGTH = 2000  # characters
MOST_MONTHS = 60  # from one asking about an important topic to the next
FILTER_NAME_LENGTH = 60  # characters
QUERY_LENGTH = 500  # characters


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


class Action(models.Model):
    """Where many concerns come from at once: a postcard action, an office hour, a walk."""

    quarter = models.ForeignKey(Quarter, models.PROTECT, related_name="actions")
    kind = models.CharField(max_length=11, choices=ActionKind)
    name = models.CharField(max_length=120)
    on = models.DateField()
    place = models.CharField(max_length=120, blank=True)
    #: What a line is about that says nothing else.
    theme = models.ForeignKey(Theme, models.PROTECT, null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    created_at = models.DateTimeField()
    #: Key of the form it was begun with: a double click makes one.
    submission_key = models.UUIDField(unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ActionKind.values), name="action_kind_known"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="action_has_name"),
        ]
        indexes = [models.Index(fields=["quarter", "-on"], name="action_by_day")]

    def __str__(self) -> str:
        return self.name


class ScopeRule(models.Model):
    """What the office does not do, by words and themes, with who does: shown before sending."""

    quarter = models.ForeignKey(Quarter, models.CASCADE, related_name="scope_rules")
    #: Language code -> what it is about, for example "Searching for a flat".
    title = models.JSONField()
    #: Beginnings of words in any language, as they are typed; compared as kernel.text.fold does.
    words = models.JSONField(default=list, blank=True)
    #: Only for these themes; for every theme if there are none.
    themes = models.ManyToManyField(Theme, blank=True)
    #: Language code -> why it is not ours and who is responsible.
    text = models.JSONField(default=dict, blank=True)
    right_address = models.ForeignKey(RightAddress, models.PROTECT, null=True)
    mode = models.CharField(max_length=4, choices=RuleMode, default=RuleMode.HINT)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(mode__in=RuleMode.values), name="scope_rule_mode_known"
            )
        ]

    def __str__(self) -> str:
        return localized(self.title, "de")

    @property
    def is_stop(self) -> bool:
        """Whether it sends only as a hint of public interest."""
        return self.mode == RuleMode.STOP

    def title_in(self, language: str) -> Localized:
        """Return what it is about in `language` or the nearest one there is."""
        return localized(self.title, language)

    def text_in(self, language: str) -> Localized:
        """Return the words of the office in `language` or the nearest one there is."""
        return localized(self.text, language)


class ScopeHit(models.Model):
    """A rule of scope was shown before sending, and what came of it. No person and no text."""

    rule = models.ForeignKey(ScopeRule, models.CASCADE, related_name="hits")
    on = models.DateField()
    outcome = models.CharField(max_length=11, choices=HitOutcome, default=HitOutcome.LEFT)
    #: Key of the form, so that one form counts once; forgotten after a day.
    form_key = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=HitOutcome.values), name="scope_hit_outcome_known"
            ),
            models.UniqueConstraint(fields=["form_key", "rule"], name="scope_hit_once_per_form"),
        ]
        indexes = [models.Index(fields=["rule", "on"], name="scope_hit_by_day")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.on} {self.outcome}"


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
    #: The concern with which it went out, if a joint case has taken it over since.
    moved_from = models.ForeignKey(
        Concern, models.PROTECT, null=True, related_name="referrals_moved"
    )

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
        indexes = [
            models.Index(
                fields=["-settled_at", "-id"],
                condition=Q(settled_at__isnull=False),
                name="referral_settled",
            )
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.body_id} {self.state}"


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


class Joining(models.Model):
    """A concern was joined to a leading one: what it takes to part them again."""

    concern = models.ForeignKey(Concern, models.CASCADE, related_name="joinings")
    leader = models.ForeignKey(Concern, models.CASCADE, related_name="joinings_led")
    joined_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    #: Where the concern stood, and the next date it had.
    state_before = models.CharField(max_length=12, choices=ConcernState)
    next_on_before = models.DateField()
    #: Keys of the referrals that went over to the leading concern, and of those that were revoked.
    moved = models.JSONField(default=list)
    revoked = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["concern"], condition=Q(undone_at=None), name="joining_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(concern=models.F("leader")), name="joining_not_to_itself"
            ),
            models.CheckConstraint(
                condition=Q(state_before__in=ConcernState.values), name="joining_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.leader_id}"


class Voice(models.Model):
    """Somebody says "me too" to a released concern. Told apart by a cookie, never by a network."""

    concern = models.ForeignKey(Concern, models.CASCADE, related_name="voices")
    #: SHA-256 of a random number in the person's browser.
    cookie_hash = models.CharField(max_length=64)
    #: Where the answer shall go, if they want it; deleted when nobody confirms it.
    email = models.EmailField(blank=True)
    email_confirmed_at = models.DateTimeField(null=True)
    language = models.CharField(max_length=10)
    created_at = models.DateTimeField()
    email_given_at = models.DateTimeField(null=True)
    #: When the present answer was sent to them.
    told_at = models.DateTimeField(null=True)
    #: Raising it revokes the link in the mails.
    link_generation = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["concern", "cookie_hash"], name="voice_once_per_browser"
            ),
            models.UniqueConstraint(
                fields=["concern", "email"],
                condition=~Q(email=""),
                name="voice_once_per_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.created_at:%Y-%m-%d}"


class SavedFilter(models.Model):
    """A view of the desk's list that somebody wants again, alone or for the whole team."""

    quarter = models.ForeignKey(Quarter, models.CASCADE, related_name="saved_filters")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    name = models.CharField(max_length=FILTER_NAME_LENGTH)
    #: The folded name: two of one list never sound alike.
    folded = models.CharField(max_length=2 * FILTER_NAME_LENGTH)
    #: What the list was asked for, without the page.
    query = models.CharField(max_length=QUERY_LENGTH)
    is_shared = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["quarter", "folded"],
                condition=Q(is_shared=True),
                name="filter_once_in_the_team",
            ),
            models.UniqueConstraint(
                fields=["quarter", "user", "folded"],
                condition=Q(is_shared=False),
                name="filter_once_per_person",
            ),
            models.CheckConstraint(condition=~Q(folded=""), name="filter_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


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


class Following(models.Model):
    """Somebody gets mails about what is new: of a theme, of a place, or of one concern.

    Nothing else is known of the person. Without theme, place and concern it is the whole quarter.
    """

    quarter = models.ForeignKey(Quarter, models.CASCADE, related_name="followings")
    email = models.EmailField()
    language = models.CharField(max_length=10, default="de")
    rhythm = models.CharField(max_length=7, choices=Rhythm, default=Rhythm.WEEKLY)
    theme = models.ForeignKey(Theme, models.CASCADE, null=True, related_name="+")
    district = models.ForeignKey(District, models.CASCADE, null=True, related_name="+")
    #: On a grid of about 100 m: it may be where the person lives.
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    metres = models.PositiveSmallIntegerField(null=True)
    concern = models.ForeignKey(Concern, models.CASCADE, null=True, related_name="followings")
    #: What is followed, in one word for the constraint: NULLs would all differ.
    subject = models.CharField(max_length=80)
    #: When it was last asked for; the link in that mail is good for 14 days.
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    link_generation = models.PositiveIntegerField(default=1)
    #: Up to which moment the person has been told; a conditional update of it decides who writes.
    told_until = models.DateTimeField()
    last_sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["quarter", "email", "subject"], name="following_once_per_address"
            ),
            models.CheckConstraint(
                condition=Q(rhythm__in=Rhythm.values), name="following_rhythm_known"
            ),
            models.CheckConstraint(
                condition=Q(rhythm=Rhythm.WEEKLY) | Q(concern__isnull=False),
                name="following_at_once_is_one_concern",
            ),
            models.CheckConstraint(
                condition=Q(concern=None)
                | Q(theme=None, district=None, latitude=None, longitude=None, metres=None),
                name="following_one_concern_is_all",
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None, metres=None)
                | Q(
                    district=None,
                    latitude__isnull=False,
                    longitude__isnull=False,
                    metres__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                    metres__gte=1,
                ),
                name="following_one_place",
            ),
        ]
        indexes = [
            models.Index(
                fields=["quarter", "told_until"],
                condition=Q(confirmed_at__isnull=False),
                name="following_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.quarter_id} {self.subject}"

    @property
    def consent_subject(self) -> str:
        """The name of this person in the consent ledger."""
        return f"concerns.following:{self.pk}"


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
