"""Tables of the quarters module."""

from datetime import date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from quartiersladen.kernel.text import Localized, localized
from quartiersladen.quarters.outline import Centre, centre_of, svg_path
from quartiersladen.quarters.states import Land

COLOUR = RegexValidator(r"^#[0-9a-f]{6}$")


def default_languages() -> list[str]:
    """Return the languages that a new quarter offers."""
    return [code for code, _name in settings.LANGUAGES]


class Quarter(models.Model):
    """One programme area with its office: the tenant."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=60)
    #: Host name that answers for this quarter alone; None: reached by path prefix or as default.
    host = models.CharField(max_length=253, unique=True, null=True, blank=True)
    is_default = models.BooleanField(default=False)
    land = models.CharField(max_length=2, choices=Land)
    time_zone = models.CharField(max_length=40, default="Europe/Berlin")
    languages = models.JSONField(default=default_languages)

    accent = models.CharField(max_length=7, default="#7a3b1d", validators=[COLOUR])
    accent_dark = models.CharField(max_length=7, default="#f2b48c", validators=[COLOUR])
    #: GeoJSON geometry (Polygon or MultiPolygon, lon/lat) of the programme area; {} if unknown.
    outline = models.JSONField(default=dict, blank=True)
    #: One sentence per language: who the office is.
    welcome = models.JSONField(default=dict, blank=True)

    operator = models.CharField(max_length=160, blank=True)
    client = models.CharField(max_length=160, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    street = models.CharField(max_length=120, blank=True)
    postcode = models.CharField(max_length=5, blank=True)
    city = models.CharField(max_length=80, blank=True)

    smtp_url = models.CharField(max_length=300, blank=True)
    #: The mailbox that is read for this quarter; "": the one that the operator named for all.
    imap_url = models.CharField(max_length=300, blank=True)
    mail_from = models.EmailField(blank=True)
    mail_domain = models.CharField(max_length=253, blank=True)

    #: Working days until the office looks at a new concern, and until it promises an answer.
    first_look_days = models.PositiveSmallIntegerField(default=2)
    answer_days = models.PositiveSmallIntegerField(default=15)
    #: After so many silent asks the desk proposes what else could be done.
    asks_before_proposals = models.PositiveSmallIntegerField(default=3)
    #: Metres within which two concerns of one theme may be the same.
    near_metres = models.PositiveSmallIntegerField(default=100)
    #: A backup older than so many days worries the office; 0: nothing is agreed.
    backup_days = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="quarter_one_default"
            ),
            models.CheckConstraint(condition=Q(land__in=Land.values), name="quarter_land_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which people of the quarter read times."""
        return ZoneInfo(self.time_zone)

    def local_day(self, at: datetime) -> date:
        """Return the calendar day of `at` (aware) as people of the quarter see it."""
        return at.astimezone(self.zone).date()

    @property
    def address_lines(self) -> list[str]:
        """The office's postal address, line by line, without empty lines."""
        place = f"{self.postcode} {self.city}".strip()
        return [line for line in (self.name, self.street, place) if line]

    @property
    def mailbox_url(self) -> str:
        """Address of the mailbox in which answers arrive; '' if none is read."""
        return self.imap_url or settings.IMAP_URL

    @property
    def path_prefix(self) -> str:
        """What stands before every path of this quarter: '' or '/q/<slug>'."""
        return "" if self.host or self.is_default else f"/q/{self.slug}"

    def absolute_url(self, path: str) -> str:
        """Return the full address of `path` (begins with '/', without the quarter's prefix)."""
        base = urlsplit(settings.BASE_URL)
        host = self.host or base.netloc
        return f"{base.scheme}://{host}{self.path_prefix}{path}"

    @property
    def outline_svg_path(self) -> str:
        """The outline as SVG path data in a 100 x 100 box; '' if there is none."""
        return svg_path(self.outline)

    @property
    def centre(self) -> Centre | None:
        """The middle of the outline, None if there is none."""
        return centre_of(self.outline)

    def welcome_in(self, language: str) -> Localized:
        """Return the welcome sentence in `language` or the nearest one there is."""
        return localized(self.welcome, language)


class District(models.Model):
    """An Ortsteil, wholly or partly inside the quarter."""

    quarter = models.ForeignKey(Quarter, models.CASCADE, related_name="districts")
    name = models.CharField(max_length=80)
    outline = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quarter", "name"], name="district_once_per_quarter")
        ]

    def __str__(self) -> str:
        return self.name


class Premises(models.Model):
    """An office or shop where people can walk in."""

    quarter = models.ForeignKey(Quarter, models.CASCADE, related_name="premises")
    name = models.CharField(max_length=120)
    street = models.CharField(max_length=120)
    postcode = models.CharField(max_length=5)
    city = models.CharField(max_length=80)
    phone = models.CharField(max_length=40, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    is_step_free = models.BooleanField(default=False)
    #: Weekday 0 (Monday) to 6 as text -> list of [from, to] in HH:MM.
    opening = models.JSONField(default=dict, blank=True)
    #: Per language: what else to know, for example where the bell is.
    note = models.JSONField(default=dict, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.name

    def note_in(self, language: str) -> Localized:
        """Return the note in `language` or the nearest one there is."""
        return localized(self.note, language)

    def hours_on(self, day: date) -> list[tuple[str, str]]:
        """Return the opening times of `day` by weekday, without regard to holidays."""
        return [(start, end) for start, end in self.opening.get(str(day.weekday()), [])]


class Theme(models.Model):
    """What a concern is about; carries the rhythm of asking again."""

    quarter = models.ForeignKey(Quarter, models.CASCADE, related_name="themes")
    slug = models.SlugField(max_length=60)
    #: Language code -> name.
    name = models.JSONField()
    #: Working days until the office asks a body again.
    working_days = models.PositiveSmallIntegerField(default=10)
    needs_place = models.BooleanField(default=False)
    #: What is told about it is seen by the lead and by who is named, from the first moment on.
    is_confidential = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quarter", "slug"], name="theme_once_per_quarter"),
            models.CheckConstraint(
                condition=Q(working_days__gte=1), name="theme_working_days_positive"
            ),
        ]

    def __str__(self) -> str:
        return localized(self.name, "de")

    def name_in(self, language: str) -> Localized:
        """Return the name in `language` or the nearest one there is."""
        return localized(self.name, language)


class ProgrammeFooter(models.Model):
    """The line that names who pays, valid for one programme period."""

    quarter = models.ForeignKey(Quarter, models.CASCADE, related_name="programme_footers")
    text = models.TextField()
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.from_on}: {self.text[:40]}"
