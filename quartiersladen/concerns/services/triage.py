"""Whose business is it: the scope check with its three outcomes."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.letters import Letter, not_our_task
from quartiersladen.concerns.models import Concern, RightAddress
from quartiersladen.concerns.models.concern import REASON_LENGTH
from quartiersladen.concerns.rules import may_decide
from quartiersladen.concerns.services.confidential import close_by_theme
from quartiersladen.concerns.services.life import (
    Ending,
    end,
    move,
    preview_end,
    set_next_date,
    take_on,
)
from quartiersladen.concerns.states import Result, Scope
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.services.dossier import claim
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor, Audience, FollowUpReason
from quartiersladen.kernel.errors import Invalid, demand
from quartiersladen.quarters.models import Theme


class AddressMissing(Invalid):
    """ "Not ours" without saying whose would be a dead end."""

    sentence = _("Please choose or write who can help instead.")


class NotDecided(Invalid):
    """One of the three outcomes must be chosen."""

    sentence = _("Please choose one of the three.")


@dataclass(frozen=True, slots=True)
class Decision:
    """What the office decided about the scope.

    due_on: next date for OURS and PUBLIC_INTEREST.  right_address or words: for NOT_OURS; the words
    are in the language of the person and go before the address.
    """

    scope: Scope
    due_on: date | None = None
    right_address: RightAddress | None = None
    words: str = ""


@transaction.atomic
def decide_scope(
    *, viewer: Viewer, concern: Concern, decision: Decision, version: int, now: datetime
) -> Entry:
    """Decide the scope: ours, not ours with the right address (closes), or to be passed on.

    Raises NotAllowed; NotDecided; AddressMissing; NextDateMissing; DateInThePast;
    TransitionRefused when closed; ChangedMeanwhile.
    """
    demand(may_decide(viewer, concern))
    if decision.scope == Scope.OURS:
        return take_on(
            viewer=viewer, concern=concern, due_on=decision.due_on, version=version, now=now
        )
    if decision.scope == Scope.NOT_OURS:
        return _show_the_right_address(viewer, concern, decision, version, now)
    if decision.scope != Scope.PUBLIC_INTEREST:
        raise NotDecided(field="scope")
    claim(dossier=concern.dossier, version=version)
    set_next_date(
        concern=concern, due_on=decision.due_on, reason=FollowUpReason.WORK, note="", now=now
    )
    move(concern=concern, action="check", given=set(), now=now, scope=Scope.PUBLIC_INTEREST)
    return record(
        dossier=concern.dossier,
        deed="checked",
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        audience=Audience.PUBLIC,
        data={"scope": decision.scope},
        now=now,
    )


def preview_scope(*, viewer: Viewer, concern: Concern, decision: Decision) -> Letter | None:
    """Return the mail that the person would get at once; None if none would go.

    Raises NotAllowed; AddressMissing; TransitionRefused when closed.
    """
    if decision.scope != Scope.NOT_OURS:
        return None
    return preview_end(viewer=viewer, concern=concern, ending=_ending(concern, decision))


def _ending(concern: Concern, decision: Decision) -> Ending:
    address, language = decision.right_address, concern.dossier.language
    where = address.text_in(language) if address else ""
    answer = "\n\n".join(part for part in (decision.words.strip(), where) if part)
    if not answer:
        raise AddressMissing(field="right_address")
    reason = not_our_task(language)[:REASON_LENGTH]
    return Ending(result=Result.NOT_OUR_TASK, answer=answer, reason=reason)


def _show_the_right_address(
    viewer: Viewer, concern: Concern, decision: Decision, version: int, now: datetime
) -> Entry:
    ending, address = _ending(concern, decision), decision.right_address
    claim(dossier=concern.dossier, version=version)
    Concern.objects.filter(pk=concern.pk).update(scope=Scope.NOT_OURS, right_address=address)
    concern.scope, concern.right_address = Scope.NOT_OURS, address
    return end(viewer=viewer, concern=concern, ending=ending, now=now)


@transaction.atomic
def sort_concern(
    *,
    viewer: Viewer,
    concern: Concern,
    theme: Theme | None,
    kind: str,
    version: int,
    now: datetime,
) -> Entry:
    """Correct theme and kind; a confidential theme makes the concern confidential.

    Raises NotAllowed; InAJointCase for such a theme; ChangedMeanwhile.
    """
    demand(may_decide(viewer, concern))
    claim(dossier=concern.dossier, version=version)
    Concern.objects.filter(pk=concern.pk).update(theme=theme, kind=kind)
    concern.theme, concern.kind = theme, kind
    if theme and theme.is_confidential and not concern.dossier.is_confidential:
        close_by_theme(concern=concern, viewer=viewer, now=now)
    return record(
        dossier=concern.dossier,
        deed="sorted",
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        data={"theme": str(theme) if theme else "", "kind": kind},
        now=now,
    )
