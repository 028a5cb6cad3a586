"""Whose key it is, and what the settings page shows."""

from dataclasses import dataclass
from hashlib import sha256

from django.db.models import F

from quartiersladen.accounts.rules import Viewer
from quartiersladen.api.models import ApiKey, Attribute, Open311, OpenTheme
from quartiersladen.quarters.models import Quarter, Theme

LONGEST = 200  # letters of a key that is looked for at all


def digest_of(key: str) -> str:
    """Return what is kept of a key, or of a body that was sent."""
    return sha256(key.encode("utf-8", "replace")).hexdigest()


def key_of(quarter: Quarter, key: str) -> ApiKey:
    """Return a partner's key that is valid here. Raises ApiKey.DoesNotExist for all others alike."""
    if not key or len(key) > LONGEST:
        raise ApiKey.DoesNotExist
    keys = ApiKey.objects.select_related("quarter")
    return keys.get(quarter=quarter, digest=digest_of(key), revoked_at=None)


def keys_of(viewer: Viewer) -> list[ApiKey]:
    """Return the keys of the quarter, those that are valid first; nothing for others."""
    if not viewer.may_settings:
        return []
    rows = ApiKey.objects.filter(quarter_id=viewer.quarter_id)
    valid_first = F("revoked_at").desc(nulls_first=True)
    return list(
        rows.select_related("created_by", "revoked_by").order_by(valid_first, "partner", "pk")
    )


def get_key(viewer: Viewer, pk: int) -> ApiKey:
    """Return a valid key of the quarter. Raises ApiKey.DoesNotExist."""
    if not viewer.may_settings:
        raise ApiKey.DoesNotExist
    keys = ApiKey.objects.select_related("quarter")
    return keys.get(pk=pk, quarter_id=viewer.quarter_id, revoked_at=None)


def open311_of(quarter: Quarter) -> Open311 | None:
    """Return the switch of a quarter, None while nobody has touched it."""
    return Open311.objects.filter(quarter=quarter).first()


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """A theme on the settings page."""

    theme: Theme
    is_on: bool
    attributes: int


def theme_lines(viewer: Viewer) -> list[ThemeLine]:
    """Return the themes that can be chosen, with what partners see; two statements."""
    themes = Theme.objects.filter(quarter_id=viewer.quarter_id, is_active=True)
    questions: dict[int, int] = {}
    asked = Attribute.objects.filter(open_theme__theme__quarter_id=viewer.quarter_id)
    for key in asked.values_list("open_theme_id", flat=True):
        questions[key] = questions.get(key, 0) + 1
    rows = themes.order_by("position", "pk").annotate(switch=F("open_theme__is_on"))
    return [
        ThemeLine(row, bool(row.switch) and not row.is_confidential, questions.get(row.pk, 0))
        for row in rows
    ]


def get_theme(viewer: Viewer, pk: int) -> Theme:
    """Return a theme of the quarter. Raises Theme.DoesNotExist."""
    return Theme.objects.select_related("quarter").get(pk=pk, quarter_id=viewer.quarter_id)


def open_theme_of(theme: Theme) -> OpenTheme | None:
    """Return what partners see of a theme, None while nobody has written it."""
    return OpenTheme.objects.filter(theme=theme).first()


def get_attribute(viewer: Viewer, theme: Theme, pk: int) -> Attribute:
    """Return a question of a theme. Raises Attribute.DoesNotExist."""
    rows = Attribute.objects.filter(open_theme__theme__quarter_id=viewer.quarter_id)
    return rows.select_related("open_theme").get(pk=pk, open_theme_id=theme.pk)
