"""The pages of the office, and what the law wants to read on them."""

from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class PageKey(TextChoices):
    """Which page."""

    IMPRINT = "imprint", _("Imprint")
    PRIVACY = "privacy", _("Privacy")
    ACCESSIBILITY = "accessibility", _("Accessibility")
    WHAT_WE_DO = "what_we_do", _("What we do and what not")


#: Facts per page. Source: § 5 DDG and § 18 (2) MStV; Art. 13 GDPR; BITV 2.0 and the Länder's acts.
FACTS: "dict[PageKey, dict[str, _StrPromise]]" = {
    PageKey.IMPRINT: {
        "provider": _("Name of the operator"),
        "street_address": _("Street address of the operator"),
        "representative": _("Who represents the operator"),
        "email": _("E-mail"),
        "phone": _("Phone"),
        "responsible_person": _("Person responsible for the content, with address"),
        "client": _("City that commissions the office"),
    },
    PageKey.PRIVACY: {
        "controller": _("Who is responsible for the data"),
        "officer": _("Data protection officer"),
        "purpose": _("What the data is for, and on which legal basis"),
        "retention": _("How long it is kept"),
        "rights": _("What rights people have"),
        "authority": _("Supervising authority for complaints"),
    },
    PageKey.ACCESSIBILITY: {
        "conformity": _("How far the pages are accessible"),
        "checked_on": _("When this was checked, and how"),
        "feedback": _("Whom to tell about barriers"),
        "supervision": _("Supervising body"),
    },
    PageKey.WHAT_WE_DO: {},
}
