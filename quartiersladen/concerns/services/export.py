"""The desk's list as a file: what its reader may see, never confidential matters, no formulas.

Contact data is in it only if somebody of the office ticked it, and then the trail says so.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.queries.lists import ConcernFilter, for_file
from quartiersladen.concerns.queries.referrals import bodies_of
from quartiersladen.concerns.rules import may_enter_concerns, may_export_contacts
from quartiersladen.concerns.states import (
    Channel,
    ConcernKind,
    ConcernState,
    Result,
    Scope,
    word_for_others,
)
from quartiersladen.dossiers.queries import tags_of
from quartiersladen.kernel.errors import demand
from quartiersladen.kernel.language import language_name
from quartiersladen.kernel.tables import Cell
from quartiersladen.privacy.services import leave_trail
from quartiersladen.quarters.models import Quarter

Rows = Iterator[list[Cell]]


@transaction.atomic
def allow_contacts(*, viewer: Viewer, quarter: Quarter, query: str, now: datetime) -> None:
    """Write down that contact data leaves the desk in a file, before it does.

    query: what the list was asked for; words that were looked for are not written down.
    Raises NotAllowed unless lead or moderator.
    """
    demand(may_export_contacts(viewer, quarter))
    leave_trail(
        quarter=quarter,
        by_id=viewer.user_id,
        deed="contact data exported",
        subject=f"quarters.quarter:{quarter.pk}",
        data={"list": query},
        now=now,
    )


def table_of(
    *, viewer: Viewer, quarter: Quarter, wanted: ConcernFilter, with_contacts: bool, language: str
) -> tuple[list[Cell], Rows]:
    """Return the head and the rows of a file; rows are read while they are asked for.

    All words are looked up now: the rows are asked for when the page's language is forgotten.
    Raises NotAllowed; for contact data unless lead or moderator.
    """
    demand(may_enter_concerns(viewer) and viewer.quarter_id == quarter.pk)
    demand(not with_contacts or may_export_contacts(viewer, quarter))
    head: list[Cell] = [
        _("Number"),
        _("Title"),
        _("State"),
        _("Kind"),
        _("Theme"),
        _("Channel"),
        _("Told on"),
        _("Received at"),
        _("Language"),
        _("Place"),
        _("Scope"),
        _("Next date"),
        _("Promised until"),
        _("First answer at"),
        _("Closed at"),
        _("Result"),
        _("Looked after by"),
        _("Bodies"),
        _("Tags"),
        _("Public"),
    ]
    if with_contacts:
        head += [_("Name"), _("E-mail"), _("Phone"), _("Address")]
    words = _Words(quarter, language)
    portions = for_file(viewer, wanted, with_contacts=with_contacts)
    return head, _rows(portions, words, with_contacts=with_contacts)


def _rows(portions: Iterator[list[Concern]], words: "_Words", *, with_contacts: bool) -> Rows:
    for portion in portions:
        keys = [concern.pk for concern in portion]
        tags, bodies = tags_of(keys), bodies_of(keys)
        for concern in portion:
            row = words.row(concern, bodies.get(concern.pk, []), tags.get(concern.pk, []))
            if with_contacts:
                teller = concern.teller
                row += [teller.name, teller.email, teller.phone, teller.address]
            yield row


class _Words:
    """The words of the closed lists in the language in which the file was asked for."""

    def __init__(self, quarter: Quarter, language: str) -> None:
        self.zone, self.language = quarter.zone, language
        lists: tuple[Any, ...] = (ConcernKind, Channel, Scope, Result)
        self.of = {one: {choice.value: str(choice.label) for choice in one} for one in lists}
        self.of[ConcernState] = {one.value: str(word_for_others(one)) for one in ConcernState}
        self.yes, self.no = _("yes"), _("no")
        self._languages: dict[str, str] = {}

    def _local(self, at: datetime | None) -> datetime | None:
        return at.astimezone(self.zone).replace(tzinfo=None) if at else None

    def _language(self, code: str) -> str:
        if code not in self._languages:
            with translation.override(self.language):
                self._languages[code] = str(language_name(code))
        return self._languages[code]

    def row(self, concern: Concern, bodies: list[str], tags: list[str]) -> list[Cell]:
        """Return what a file says of one concern without its teller."""
        dossier = concern.dossier
        return [
            dossier.reference,
            dossier.title,
            self.of[ConcernState][concern.state],
            self.of[ConcernKind][concern.kind],
            concern.theme.name_in(self.language) if concern.theme else "",
            self.of[Channel][concern.channel],
            concern.told_on,
            self._local(concern.created_at),
            self._language(concern.text_language),
            concern.place_text,
            self.of[Scope][concern.scope],
            concern.next_on,
            concern.promised_on,
            self._local(concern.first_answer_at),
            self._local(concern.closed_at),
            self.of[Result].get(concern.result, ""),
            dossier.assigned_to.name if dossier.assigned_to else "",
            ", ".join(bodies),
            ", ".join(tags),
            self.yes if concern.is_released else self.no,
        ]
