"""What the interfaces hold of people: whom to ask about a key, and who made it."""

from django.db.models import Q
from django.utils.translation import gettext_lazy

from quartiersladen.accounts.rules import Viewer
from quartiersladen.privacy.registry import Claims, FreeText, Holder


def for_who_keeps_settings(viewer: Viewer) -> Q:
    """Return the filter for keys that the viewer may read about."""
    return Q() if viewer.may_settings else Q(pk__in=[])


class Interfaces(Holder):
    """Partners are offices and firms; what they tell of residents lies with the concern."""

    claims = Claims(
        personal={
            "api.apikey.contact": "whom to ask at a partner, may name people; blackened",
            "api.apikey.created_by": "who made a key; as long as the account",
            "api.apikey.revoked_by": "who revoked a key; as long as the account",
        },
        other={
            "api.open311.jurisdiction": "a name of an area",
            "api.opentheme.description": "published words about a theme",
            "api.opentheme.keywords": "published words about a theme",
            "api.opentheme.group": "published words about a theme",
            "api.attribute.code": "published: what partners ask",
            "api.attribute.description": "published: what partners ask",
            "api.attribute.hint": "published: what partners ask",
            "api.attribute.values": "published: what partners ask",
            "api.apikey.partner": "a city, a firm or a programme",
            "api.apikey.digest": "a hash of a random key",
            "api.apikey.beginning": "the first letters of a random key",
            "api.creation.digest": "a hash of what was sent",
            "api.creation.service_code": "short name of a theme",
        },
    )
    free_texts = (
        FreeText(
            model="api.ApiKey",
            field="contact",
            title=gettext_lazy("Whom to ask"),
            quarter="quarter_id",
            name="partner",
            visible=for_who_keeps_settings,
        ),
    )


HOLDER = Interfaces()
