"""Views of the desk's list that somebody keeps."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from quartiersladen.quarters.models import Quarter

FILTER_NAME_LENGTH = 60  # characters
QUERY_LENGTH = 500  # characters


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
