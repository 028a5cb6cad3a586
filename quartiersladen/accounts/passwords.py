"""Refuses passwords that are easy to guess for whoever knows that this is a neighbourhood office."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from quartiersladen.kernel.text import fold
from quartiersladen.quarters.models import Quarter

#: Words that everybody tries here first; the names of the quarters come to them.
EASY = (
    "quartiersladen", "quartiersbuero", "quartier", "stadtteil", "nachbarschaft", "moderation",
    "buero", "laden", "passwort", "password", "kennwort", "willkommen", "hallo", "sommer", "winter",
    "admin", "leitung", "geheim",
)  # fmt: skip
LEAST_OTHER = 6  # characters beside those words
LEAST_DIFFERENT = 6


class NotOnlyHouseWords:
    """Asks for more than words of the office, a year and a sign."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:  # noqa: ARG002 -- Django's signature
        """Raise ValidationError when too little is left beside the easy words."""
        rest = fold(password)
        for word in sorted(self._words(), key=len, reverse=True):
            rest = rest.replace(word, "")
        if (
            len(rest.strip(" 0123456789!?.-_")) < LEAST_OTHER
            or len(set(password)) < LEAST_DIFFERENT
        ):
            raise ValidationError(self.get_help_text(), code="password_too_easy")

    def get_help_text(self) -> str:
        """Return the sentence."""
        return _(
            "Please take more than words of your office and a number: a short sentence is good."
        )

    @staticmethod
    def _words() -> set[str]:
        names = Quarter.objects.values_list("name", "short_name", "slug")
        parts = {part for row in names for text in row for part in fold(text).replace("-", " ").split()}  # fmt: skip
        return {fold(word) for word in EASY} | {part for part in parts if len(part) > 3}
