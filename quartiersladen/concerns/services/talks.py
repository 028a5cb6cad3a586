"""Talks that are no concern: two taps, no persons."""

from datetime import date, datetime

from django.db import transaction

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Talk
from quartiersladen.concerns.rules import may_enter_concerns
from quartiersladen.concerns.states import TalkPlace
from quartiersladen.kernel.errors import demand
from quartiersladen.privacy.services import leave_trail
from quartiersladen.quarters.models import Quarter, Theme


@transaction.atomic
def tally_talk(
    *,
    viewer: Viewer,
    quarter: Quarter,
    place: TalkPlace,
    theme: Theme | None,
    on: date,
    now: datetime,
) -> Talk:
    """Count one talk. Raises NotAllowed unless the viewer works at the desk."""
    demand(may_enter_concerns(viewer) and viewer.quarter_id == quarter.pk)
    counted_by = viewer.user_id or 0
    return Talk.objects.create(
        quarter=quarter, on=on, place=place, theme=theme, by_id=counted_by, created_at=now
    )


@transaction.atomic
def take_back_talk(*, viewer: Viewer, talk: Talk, now: datetime) -> None:
    """Remove a talk that was counted by mistake; only the one who counted it may.

    Raises NotAllowed.
    """
    demand(talk.by_id == viewer.user_id)
    leave_trail(
        quarter=talk.quarter,
        by_id=viewer.user_id,
        deed="talk taken back",
        subject=f"concerns.talk:{talk.pk}",
        data={"on": talk.on.isoformat(), "place": talk.place},
        now=now,
    )
    talk.delete()
