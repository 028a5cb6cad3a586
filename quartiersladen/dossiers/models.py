"""Tables of the dossiers module. The journal is append-only by database trigger."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from quartiersladen.dossiers.kinds import KINDS
from quartiersladen.dossiers.states import Actor, Audience, FollowUpReason, Kind, title_in_lists
from quartiersladen.files.models import StoredFile
from quartiersladen.quarters.models import Quarter

TAG_LENGTH = 40  # characters


class Dossier(models.Model):
    """One matter that the office works on."""

    quarter = models.ForeignKey(Quarter, models.PROTECT, related_name="dossiers")
    kind = models.CharField(max_length=20, choices=Kind)
    #: Year and running number, for example 2026-0042; one sequence per quarter and year.
    reference = models.CharField(max_length=12)
    title = models.CharField(max_length=120)
    audience = models.CharField(max_length=12, choices=Audience)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="dossiers"
    )
    #: Language in which the person reached us and gets the answer.
    language = models.CharField(max_length=10, default="de")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    #: Since when it waits for somebody to say that it is no spam; such dossiers are in no list of
    #: work. None for all others.
    held_at = models.DateTimeField(null=True)
    #: Raised by every deed; a form that carries an older one is refused with 409.
    version = models.PositiveIntegerField(default=1)
    #: Folded words of everything that the desk search finds; see kernel.text.fold.
    search_text = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["quarter", "reference"], name="dossier_reference_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="dossier_kind_known"),
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values), name="dossier_audience_known"
            ),
        ]
        indexes = [
            models.Index(fields=["assigned_to"], name="dossier_assigned"),
            models.Index(fields=["quarter", "audience"], name="dossier_by_audience"),
            models.Index(fields=["quarter", "-created_at", "-id"], name="dossier_by_date"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def is_confidential(self) -> bool:
        """Whether only named persons may see it."""
        return self.audience == Audience.CONFIDENTIAL

    @property
    def list_title(self) -> str:
        """The title as lists show it."""
        return title_in_lists(self.title, self.audience)

    def office_path(self) -> str:
        """Return the path of the page at the desk."""
        return KINDS[Kind(self.kind)].office_path(self.reference)


class ReferenceSequence(models.Model):
    """The last number given in one quarter and year."""

    quarter = models.ForeignKey(Quarter, models.PROTECT)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quarter", "year"], name="sequence_once_per_year")
        ]

    def __str__(self) -> str:
        return f"{self.quarter_id} {self.year}: {self.last}"


class Named(models.Model):
    """A person who may see a confidential dossier."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="named")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "user"], name="named_once_per_dossier")
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.user_id}"


class Entry(models.Model):
    """One line of the journal: who did what when. Append-only; a correction is a new line."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="entries")
    at = models.DateTimeField()
    actor = models.CharField(max_length=8, choices=Actor)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    #: Name of the body for actor BODY; never a teller's name.
    actor_name = models.CharField(max_length=160, blank=True)
    #: Key of the deed; the owning module has the words for it.
    deed = models.CharField(max_length=30)
    text = models.TextField(blank=True)
    audience = models.CharField(max_length=12, choices=Audience)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values), name="entry_audience_known"
            ),
            models.CheckConstraint(condition=Q(actor__in=Actor.values), name="entry_actor_known"),
        ]
        indexes = [
            models.Index(fields=["dossier", "at"], name="entry_of_dossier"),
            models.Index(fields=["-at", "-id"], name="entry_by_date"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.deed}"

    def fact(self, name: str) -> Any:  # noqa: ANN401 -- whatever the deed wrote down
        """Return one fact that the deed wrote into `data`, None if it wrote none."""
        return self.data.get(name)


class FollowUp(models.Model):
    """Wiedervorlage: the day on which somebody looks at the dossier again."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="follow_ups")
    due_on = models.DateField()
    reason = models.CharField(max_length=12, choices=FollowUpReason)
    #: What to do or whom to ask, in a few words.
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=FollowUpReason.values), name="follow_up_reason_known"
            ),
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(done_at=None), name="follow_up_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(done_at=None), name="follow_up_due")
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.due_on}"


class Document(models.Model):
    """A file that belongs to a dossier. Private unless the dossier is public and it is released."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="documents")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="document")
    caption = models.CharField(max_length=200, blank=True)
    is_released = models.BooleanField(default=False)
    #: The teller may see it on the status page: what they uploaded themselves.
    is_of_teller = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    #: When black areas were last burnt into it; None: as it came in.
    blackened_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.position}"


class Tag(models.Model):
    """A word of the office that gathers dossiers: "Sommer", "Ortsbeirat". Never public."""

    quarter = models.ForeignKey(Quarter, models.CASCADE, related_name="tags")
    name = models.CharField(max_length=TAG_LENGTH)
    #: The folded name: "Müll" and "muell" are one tag.
    folded = models.CharField(max_length=2 * TAG_LENGTH)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quarter", "folded"], name="tag_once_per_quarter"),
            models.CheckConstraint(condition=~Q(folded=""), name="tag_has_a_word"),
        ]

    def __str__(self) -> str:
        return self.name


class Tagging(models.Model):
    """One tag on one dossier."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="taggings")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="taggings")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "tag"], name="tagged_once_per_dossier")
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.tag_id}"


class Digest(models.Model):
    """The morning mail of one person on one day; the row makes it happen once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    quarter = models.ForeignKey(Quarter, models.CASCADE)
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "quarter", "day"], name="digest_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}"
