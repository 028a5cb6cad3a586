"""Many concerns at once: a postcard action, the sheet of an office hour, a walk.

Each line is a concern of its own with its own form key, so that a double click or a form that is
sent again stores none twice.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Action, Concern
from quartiersladen.concerns.rules import may_enter_concerns
from quartiersladen.concerns.services.intake import Intake, Report, report_concern
from quartiersladen.concerns.states import CHANNEL_OF, ActionKind
from quartiersladen.kernel.errors import Invalid, demand
from quartiersladen.privacy.services import leave_trail
from quartiersladen.quarters.models import Quarter, Theme


class ActionNameMissing(Invalid):
    """The totals of an action need a name."""

    sentence = _("Please give it a name, for example “Postcards playground”.")


class ActionInTheFuture(Invalid):
    """Nobody has told anything tomorrow."""

    sentence = _("This day is still to come.")


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """What an action is. theme: of lines that say none."""

    kind: ActionKind
    name: str
    on: date
    place: str = ""
    theme: Theme | None = None


@transaction.atomic
def start_action(
    *, viewer: Viewer, quarter: Quarter, facts: ActionFacts, submission_key: UUID, now: datetime
) -> Action:
    """Begin an action; the same form sent twice gives the one that is there.

    Raises NotAllowed unless the viewer works at the desk; ActionNameMissing; ActionInTheFuture.
    """
    demand(may_enter_concerns(viewer) and viewer.quarter_id == quarter.pk)
    demand(facts.theme is None or facts.theme.quarter_id == quarter.pk)
    if not facts.name.strip():
        raise ActionNameMissing(field="name")
    if facts.on > quarter.local_day(now):
        raise ActionInTheFuture(field="on")
    action, is_new = Action.objects.get_or_create(
        submission_key=submission_key,
        quarter=quarter,
        defaults={
            "kind": facts.kind,
            "name": facts.name.strip(),
            "on": facts.on,
            "place": facts.place.strip(),
            "theme": facts.theme,
            "by_id": viewer.user_id or 0,
            "created_at": now,
        },
    )
    if is_new:
        leave_trail(
            quarter=quarter,
            by_id=viewer.user_id,
            deed="action begun",
            subject=f"concerns.action:{action.pk}",
            data={"kind": facts.kind, "on": facts.on.isoformat()},
            now=now,
        )
    return action


@dataclass(frozen=True, slots=True)
class Stored:
    """A line that is a concern now. is_new: not sent before."""

    concern: Concern
    is_new: bool


def enter_line(
    *, viewer: Viewer, action: Action, report: Report, key: UUID, now: datetime
) -> Stored:
    """Store one line of an action as a concern; with the photos of the draft `key`.

    A helper looks after what they type in, because they see nothing else.
    Raises what report_concern raises.
    """
    concern = report_concern(
        quarter=action.quarter,
        report=report,
        intake=Intake(
            channel=CHANNEL_OF[ActionKind(action.kind)],
            told_on=action.on,
            entered_by=viewer,
            assigned_to_id=None if viewer.may_work else viewer.user_id,
            action=action,
        ),
        submission_key=key,
        now=now,
    )
    return Stored(concern, is_new=concern.created_at == now)
