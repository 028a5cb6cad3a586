"""What a quarter offers to partners."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, Subquery

from quartiersladen.api.models import Attribute, Open311
from quartiersladen.kernel.text import localized
from quartiersladen.privacy.models import Trail
from quartiersladen.quarters.models import Quarter, Theme
from quartiersladen.quarters.queries import public_themes_of

THEME_SAVED = "theme saved"  # how the desk's settings name it in the trail


@dataclass(frozen=True, slots=True)
class Service:
    """A theme as partners see it. is_offered: new concerns can be sent to it."""

    theme_id: int
    code: str
    name: Mapping[str, str]
    is_offered: bool
    description: Mapping[str, str]
    keywords: str
    group: str
    has_attributes: bool

    def name_in(self, language: str) -> str:
        """Return the name in a language or the nearest one there is."""
        return localized(self.name, language)

    def description_in(self, language: str) -> str:
        """Return what belongs to it; its name when nobody has written that."""
        return localized(self.description, language) or self.name_in(language)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a quarter offers by GeoReport v2. changed_at: moves with services and definitions."""

    jurisdiction: str
    changed_at: datetime
    services: Mapping[int, Service] = field(default_factory=dict)

    @property
    def offered(self) -> list[Service]:
        """The services to which new concerns can be sent, in the office's order."""
        return [service for service in self.services.values() if service.is_offered]

    def by_code(self, code: str) -> Service | None:
        """Return an offered service, None for every other code."""
        return next((s for s in self.offered if s.code == code), None)


OFFER = (
    "jurisdiction",
    "changed_at",
    "themes_changed_at",
    "quarter__themes__pk",
    "quarter__themes__slug",
    "quarter__themes__name",
    "quarter__themes__is_active",
    "quarter__themes__is_confidential",
    "quarter__themes__open_theme__is_on",
    "quarter__themes__open_theme__description",
    "quarter__themes__open_theme__keywords",
    "quarter__themes__open_theme__group",
    "quarter__themes__open_theme__changed_at",
    "asks",
)


def offer_of(quarter: Quarter) -> Offer:
    """Return what is offered; one statement. Raises Open311.DoesNotExist while it is off."""
    saved = Trail.objects.filter(quarter=OuterRef("quarter"), deed=THEME_SAVED).order_by("-at")
    asked = Attribute.objects.filter(open_theme=OuterRef("quarter__themes"))
    rows = (
        Open311.objects.filter(quarter=quarter, is_on=True)
        .annotate(themes_changed_at=Subquery(saved.values("at")[:1]), asks=Exists(asked))
        .order_by("quarter__themes__position", "quarter__themes__pk")
        .values_list(*OFFER)
    )
    moments: list[datetime] = []
    services: dict[int, Service] = {}
    configured = ""
    for jurisdiction, switched, saved_at, key, slug, name, is_active, is_secret, *more in rows:
        configured = jurisdiction
        is_on, description, keywords, group, theme_changed, asks = more
        moments += [at for at in (switched, saved_at, theme_changed) if at]
        if is_on:
            is_offered = is_active and not is_secret
            services[key] = Service(
                key, slug, name, is_offered, description, keywords, group, asks
            )
    if not moments:
        raise Open311.DoesNotExist
    return Offer(configured, max(moments), services)


def attributes_of(theme_id: int) -> list[Attribute]:
    """Return the questions and hints of a theme in their order."""
    return list(Attribute.objects.filter(open_theme_id=theme_id).order_by("order"))


def questions_of(quarter: Quarter) -> dict[int, list[Attribute]]:
    """Return the questions of all themes by theme, in their order."""
    found: dict[int, list[Attribute]] = {}
    rows = Attribute.objects.filter(open_theme__theme__quarter=quarter, is_question=True)
    for row in rows.order_by("order"):
        found.setdefault(row.open_theme_id, []).append(row)
    return found


def theme_of(quarter: Quarter, service: Service) -> Theme:
    """Return the theme of a service. Raises Theme.DoesNotExist when it was just taken away."""
    return public_themes_of(quarter).get(pk=service.theme_id)
