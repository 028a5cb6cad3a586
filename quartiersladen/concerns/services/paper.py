"""Letters on paper to the person: looked at, printed, and written down once they are out."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns import letters
from quartiersladen.concerns.models import Concern, Referral
from quartiersladen.concerns.rules import may_see_teller
from quartiersladen.concerns.services import topics
from quartiersladen.concerns.states import CLOSED, WAITING
from quartiersladen.correspondence.paper import Paper
from quartiersladen.correspondence.services.messages import keep_message
from quartiersladen.correspondence.states import Counterpart, Direction, Way
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.services.dates import end_follow_up
from quartiersladen.dossiers.services.dossier import claim
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor, Audience
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.kernel.links import make_token

#: By post in an envelope, or given to the person.
WAYS = frozenset({Way.POST, Way.TALK})


class NothingToWrite(Conflict):
    """A letter tells an answer, or to whom the concern went."""

    sentence = _(
        "There is nothing to write yet. Pass the concern on or close it with an answer; then the"
        " letter can be printed."
    )


class NoPostalAddress(Invalid):
    """What goes by post needs an address."""

    sentence = _("The person has given no postal address. The letter can only be handed out.")


class LetterDay(Invalid):
    """A letter about a concern goes out after it was told and not tomorrow."""

    sentence = _("Please choose a day from when it was told until today.")


def preview_paper(*, viewer: Viewer, concern: Concern, way: Way, now: datetime) -> Paper:
    """Return the letter as it would be printed today, signed by the viewer; nothing is stored.

    way: POST with the address in the window, TALK without: to hand out.
    Raises NotAllowed; NothingToWrite; NoPostalAddress.
    """
    demand(may_see_teller(viewer, concern))
    if not letters.has_letter(concern):
        raise NothingToWrite
    teller = concern.teller
    if way == Way.POST and not letters.window_lines(teller):
        raise NoPostalAddress(field="way")
    link = letters.status_link(concern, teller)
    token = make_token(
        link.purpose, subject_id=link.subject_id, generation=link.generation, expires_on=None
    )
    waiting = Referral.objects.filter(concern=concern, state__in=WAITING).order_by("sent_at", "pk")
    sheet = letters.OnPaper(
        url=concern.quarter.absolute_url(link.path.replace("{token}", token)),
        signed_by=viewer.name,
        on=concern.quarter.local_day(now),
        bodies=list(waiting.values_list("body__name", flat=True)) if concern.is_open else [],
        ask_on=concern.next_on,
        has_window=way == Way.POST,
    )
    return letters.on_paper(concern, teller, sheet)


@transaction.atomic
def letter_sent(
    *, viewer: Viewer, concern: Concern, way: Way, sent_on: date, version: int, now: datetime
) -> Entry:
    """Write down that the letter is out: posted, or given to the person.

    Keeps its words, without the secret of its link. Ends the task of telling when the concern is
    closed; an open concern keeps its next date.
    Raises NotAllowed; NothingToWrite; NoPostalAddress; LetterDay; ChangedMeanwhile.
    """
    paper = preview_paper(viewer=viewer, concern=concern, way=way, now=now)
    if not concern.told_on <= sent_on <= concern.quarter.local_day(now):
        raise LetterDay(field="sent_on")
    claim(dossier=concern.dossier, version=version)
    keep_message(
        dossier=concern.dossier,
        direction=Direction.OUT,
        way=way,
        counterpart=Counterpart.TELLER,
        body=None,
        subject=paper.subject,
        text=paper.text,
        by_id=viewer.user_id,
        now=now,
    )
    if concern.state in CLOSED:
        end_follow_up(dossier=concern.dossier, now=now)
        topics.go_on(concern=concern, now=now)
    return record(
        dossier=concern.dossier,
        deed="letter_sent",
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        audience=Audience.TELLER,
        data={"sent_on": sent_on.isoformat(), "way": way},
        now=now,
    )
