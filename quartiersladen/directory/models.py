"""Tables of the directory module."""

from django.db import models
from django.db.models import F, Q

from quartiersladen.quarters.models import Quarter, Theme


class ResponsibleBody(models.Model):
    """Zuständige Stelle: who can act on a concern."""

    quarter = models.ForeignKey(Quarter, models.CASCADE, related_name="bodies")
    name = models.CharField(max_length=160)
    #: Folded name: sorts and compares alike on both engines.
    sort_name = models.CharField(max_length=160)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    street = models.CharField(max_length=120, blank=True)
    postcode = models.CharField(max_length=5, blank=True)
    city = models.CharField(max_length=80, blank=True)
    themes = models.ManyToManyField(Theme, blank=True, related_name="bodies")
    note = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quarter", "sort_name"], name="body_once_per_quarter")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address_lines(self) -> list[str]:
        """The postal address, line by line; without a street only the name."""
        place = f"{self.postcode} {self.city}".strip()
        return [line for line in (self.name, self.street, place) if line]


class ContactPerson(models.Model):
    """Somebody at a body, in a function, from one day to another."""

    body = models.ForeignKey(ResponsibleBody, models.CASCADE, related_name="people")
    name = models.CharField(max_length=120)
    function = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="contact_person_leaves_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.function}" if self.function else self.name
