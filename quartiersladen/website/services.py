"""Writes of the website module."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.privacy.services import leave_trail
from quartiersladen.quarters.models import Quarter
from quartiersladen.website.models import SitePage
from quartiersladen.website.queries import missing_in
from quartiersladen.website.rules import may_edit_texts
from quartiersladen.website.states import PageKey


class ChangedMeanwhile(Conflict):
    """Somebody else saved the text since the page was read."""

    sentence = _(
        "Somebody else has saved this text meanwhile. Yours is still here: please compare and save"
        " again."
    )


class Incomplete(Invalid):
    """Something that the law asks for is missing, and nobody said "publish anyway"."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(
            _("This page lacks something that the law asks for: %(missing)s")
            % {"missing": ", ".join(missing)},
            field="publish_anyway",
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """What the office wrote. body: language code -> Markdown.  facts: name -> value."""

    body: Mapping[str, str]
    facts: Mapping[str, str]
    is_published: bool
    publish_anyway: bool = False


@transaction.atomic
def save_page(
    *, viewer: Viewer, quarter: Quarter, key: PageKey, draft: Draft, version: int, now: datetime
) -> SitePage:
    """Save a text, published or not.

    version: the one that was shown, 0 for a page that nobody had written.
    Raises NotAllowed; Incomplete when publishing with gaps; ChangedMeanwhile.
    """
    demand(may_edit_texts(viewer, quarter))
    page, _made = SitePage.objects.get_or_create(
        quarter=quarter, key=key, defaults={"updated_at": now, "version": 0}
    )
    page.body, page.facts = dict(draft.body), dict(draft.facts)
    missing = missing_in(page)
    if draft.is_published and missing and not draft.publish_anyway:
        raise Incomplete(missing)
    saved = SitePage.objects.filter(pk=page.pk, version=version).update(
        body=page.body,
        facts=page.facts,
        is_published=draft.is_published,
        updated_at=now,
        version=version + 1,
    )
    if not saved:
        raise ChangedMeanwhile
    leave_trail(
        quarter=quarter,
        by_id=viewer.user_id,
        deed="page saved",
        subject=f"website.page:{key}",
        data={"published": draft.is_published, "missing": missing},
        now=now,
    )
    page.refresh_from_db()
    return page
