"""One answer for everybody in a joint case: who told the joined concerns hears it each in their way."""

from collections.abc import Iterator
from datetime import datetime

from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services.tellers import tell_the_end
from quartiersladen.concerns.services.voices import expect_another_answer
from quartiersladen.dossiers.services.dates import end_follow_up
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor, Audience, FollowUpReason


def _joined(leader: Concern) -> Iterator[Concern]:
    rows = Concern.objects.filter(leader=leader)
    yield from rows.select_related(
        "dossier", "dossier__quarter", "quarter", "teller", "theme"
    ).order_by("pk")


def tell_joined(*, leader: Concern, by_id: int | None, now: datetime) -> None:
    """Give the answer of a leading concern to all that are joined to it; part of its end."""
    for concern in _joined(leader):
        concern.answer, concern.reason = leader.answer, leader.reason
        concern.first_answer_at = concern.first_answer_at or now
        concern.save(update_fields=["answer", "reason", "first_answer_at"])
        record(
            dossier=concern.dossier,
            deed="joint_answer",
            actor=Actor.OFFICE,
            by_id=by_id,
            text=leader.answer,
            audience=Audience.TELLER,
            data={"leader": leader.dossier.reference, "reason": leader.reason},
            now=now,
        )
        tell_the_end(concern=concern, by_id=by_id, now=now)


def take_up_joined(*, leader: Concern, by_id: int | None, now: datetime) -> None:
    """The leading concern is taken up again, and with it all that are joined; part of that deed."""
    for concern in _joined(leader):
        concern.answer = concern.reason = ""
        concern.save(update_fields=["answer", "reason"])
        # Nobody has to be told an answer that does not hold any more.
        end_follow_up(dossier=concern.dossier, reason=FollowUpReason.TELL, now=now)
        record(
            dossier=concern.dossier,
            deed="joint_reopened",
            actor=Actor.OFFICE,
            by_id=by_id,
            audience=Audience.TELLER,
            data={"leader": leader.dossier.reference},
            now=now,
        )
    expect_another_answer(concern=leader)
