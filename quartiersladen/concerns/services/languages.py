"""In which language a report is written, and in which the person is answered."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.models.concern import NOT_READ
from quartiersladen.concerns.rules import may_decide
from quartiersladen.concerns.services.tellers import demand_let_in
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.services.dossier import claim, set_language
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor
from quartiersladen.kernel.errors import Invalid, demand
from quartiersladen.kernel.language import language_of
from quartiersladen.quarters.queries import all_quarters

AT_ONCE = 500  # texts; the next run goes on


class NotOffered(Invalid):
    """Letters exist only in the languages of the quarter."""

    sentence = _("We cannot answer in this language.")


def read_languages() -> int:
    """Write down the languages of texts that nobody has read yet. Returns how many were read.

    No deed of anybody and no change of what was told, so no line of the journal.
    """
    count = 0
    for quarter in all_quarters():
        rows = Concern.objects.filter(quarter=quarter, text_language=NOT_READ)
        for key, text in rows.order_by("-created_at").values_list("pk", "text")[:AT_ONCE]:
            unread = Concern.objects.filter(pk=key, text_language=NOT_READ)
            count += unread.update(text_language=language_of(text))
    return count


@transaction.atomic
def answer_in(
    *, viewer: Viewer, concern: Concern, language: str, version: int, now: datetime
) -> Entry:
    """Answer the person in another language from now on.

    Raises NotAllowed; TransitionRefused in the quarantine; NotOffered; ChangedMeanwhile.
    """
    demand(may_decide(viewer, concern))
    demand_let_in(concern=concern)
    if language not in concern.quarter.languages:
        raise NotOffered(field="language")
    before = concern.dossier.language
    claim(dossier=concern.dossier, version=version)
    set_language(dossier=concern.dossier, language=language)
    return record(
        dossier=concern.dossier,
        deed="answer_language",
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        data={"from": before, "to": language},
        now=now,
    )
