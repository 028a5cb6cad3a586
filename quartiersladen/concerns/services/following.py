"""Following what is new by mail: asked for, confirmed by the person, left with one press.

Before the confirmation exactly one kind of mail goes to an address, and nothing says whether it
was known. Who writes is decided by a conditional update of the moment up to which a person has been
told, so that two workers write once.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quartiersladen.accounts.rules import Viewer
from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.concerns import news, released
from quartiersladen.concerns.models import Concern, Following
from quartiersladen.concerns.released import Around
from quartiersladen.concerns.states import Rhythm
from quartiersladen.kernel.errors import demand
from quartiersladen.kernel.throttle import times_this_hour
from quartiersladen.outbox.addresses import reachable_address
from quartiersladen.outbox.services import OnItsWay, empty_mails, queue_mail
from quartiersladen.outbox.states import MailState
from quartiersladen.privacy.queries import latest_line
from quartiersladen.privacy.services import record_consent
from quartiersladen.privacy.states import ConsentPurpose, ConsentStep
from quartiersladen.quarters.models import District, Quarter, Theme

CONFIRM_DAYS = 14
MOST_AN_HOUR = 3  # requests for one address; further ones are swallowed
ENDS_AFTER = timedelta(days=90)  # from the closing of the one concern that is followed
#: What is being written at this moment comes next time: its clock may be behind ours.
STILL_WRITING = timedelta(minutes=5)
MONDAY_MORNING = time(7)
MOST_CONCERNS = 30  # in one mail
PORTION = 200  # mails that one run writes
GRID = 3  # decimals of a degree: about 100 m

#: What the person agrees to by pressing the button; stands beside it and goes into the ledger.
AGREEMENT = gettext_lazy(
    "By pressing the button I agree that the office sends me mails about this. Each mail has a link"
    " with which I can end it at any time. My address is used for nothing else."
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to follow; one concern, or a theme and a place, or everything."""

    theme: Theme | None = None
    district: District | None = None
    around: Around | None = None
    concern: Concern | None = None
    rhythm: Rhythm = Rhythm.WEEKLY

    @property
    def subject(self) -> str:
        """What is followed in one word, the same for the same wish."""
        if self.concern:
            return f"concern {self.concern.pk}"
        place = f"district {self.district.pk}" if self.district else ""
        if self.around:
            near = self.around
            place = f"around {near.latitude:.3f} {near.longitude:.3f} {near.metres}"
        theme = f"theme {self.theme.pk}" if self.theme else ""
        return " ".join(part for part in (theme, place) if part) or "everything"


@transaction.atomic
def ask_to_follow(
    *, quarter: Quarter, wish: Wish, email: str, language: str, wording: str, now: datetime
) -> None:
    """Take in a wish and write the one mail in which the person confirms it.

    wording: the sentence beside the button.  Returns nothing, so that nobody gets to know whether
    an address was known: one that follows this already gets no mail, and of more than three
    requests in an hour the further ones are swallowed.
    Raises BadAddress.
    """
    address = reachable_address(email).lower()
    if times_this_hour("follow", f"{quarter.pk} {address}") > MOST_AN_HOUR:
        return
    around = wish.around
    following, _made = Following.objects.get_or_create(
        quarter=quarter,
        email=address,
        subject=wish.subject,
        defaults={
            "language": language,
            "rhythm": wish.rhythm,
            "theme": wish.theme,
            "district": wish.district,
            "latitude": round(around.latitude, GRID) if around else None,
            "longitude": round(around.longitude, GRID) if around else None,
            "metres": around.metres if around else None,
            "concern": wish.concern,
            "created_at": now,
            "told_until": now,
        },
    )
    asked = {"language": language, "rhythm": wish.rhythm, "created_at": now, "told_until": now}
    waiting = Following.objects.filter(pk=following.pk, confirmed_at=None)
    if not waiting.update(**asked):
        return
    for name, value in asked.items():
        setattr(following, name, value)
    _record(following, ConsentStep.ASKED, wording, now)
    confirm_by = quarter.local_day(now) + timedelta(days=CONFIRM_DAYS)
    letter = news.first_mail(following, confirm_by=confirm_by)
    queue_mail(
        quarter=quarter,
        kind="follow-confirm",
        to=address,
        subject=letter.subject,
        text=letter.text,
        links=letter.links,
        language=letter.language,
        now=now,
    )


def _record(following: Following, step: ConsentStep, wording: str, now: datetime) -> None:
    record_consent(
        quarter=following.quarter,
        subject=following.consent_subject,
        purpose=ConsentPurpose.FOLLOW,
        step=step,
        wording=wording,
        language=following.language,
        channel="web",
        taken_by_id=None,
        now=now,
    )


@transaction.atomic
def confirm_following(*, viewer: Viewer, following: Following, now: datetime) -> None:
    """The person says that the wish is theirs; pressing the button again changes nothing.

    The ledger gets the words of the request once more, with the moment of the confirmation.
    Raises NotAllowed unless the viewer holds the link of the first mail.
    """
    demand(
        viewer.link_purpose == LinkPurpose.FOLLOW_CONFIRM
        and viewer.link_subject_id == following.pk
    )
    waiting = Following.objects.filter(pk=following.pk, confirmed_at=None)
    if waiting.update(confirmed_at=now, told_until=now):
        asked = latest_line(following.consent_subject, ConsentPurpose.FOLLOW)
        _record(following, ConsentStep.GIVEN, asked.wording if asked else "", now)


def leave(*, viewer: Viewer, following: Following, now: datetime) -> None:
    """The person wants no more mails: the address goes at once, also from mails that wait.

    Raises NotAllowed unless the viewer holds a link for leaving it.
    """
    demand(
        viewer.link_purpose == LinkPurpose.FOLLOW_LEAVE and viewer.link_subject_id == following.pk
    )
    with translation.override(following.language):
        why = _("Left by the link in a mail.")
    end_following(following=following, why=why, now=now)


@transaction.atomic
def end_following(*, following: Following, why: str, now: datetime) -> bool:
    """Delete a following with its address, empty its mails and write the end into the ledger.

    why: in a sentence, for the ledger.  Returns whether it was still there: of two who end it one
    does.  A mail that is on its way at this moment keeps its address until the rule for mails.
    """
    gone, _per_table = Following.objects.filter(pk=following.pk).delete()
    if not gone:
        return False
    if following.confirmed_at:
        _record(following, ConsentStep.WITHDRAWN, why, now)
    with suppress(OnItsWay), transaction.atomic():
        empty_mails(mails=mails_of(following_id=following.pk) & ~Q(state=MailState.SENDING))
    return True


def mails_of(*, following_id: int) -> Q:
    """Return the filter for the mails that went to somebody who follows."""
    confirm = Q(
        links__confirm__subject_id=following_id,
        links__confirm__purpose=LinkPurpose.FOLLOW_CONFIRM,
    )
    leave = Q(
        links__leave__subject_id=following_id, links__leave__purpose=LinkPurpose.FOLLOW_LEAVE
    )
    return confirm | leave


def forget_followers(*, concern: Concern, now: datetime) -> None:
    """End every following of a concern that nobody may follow any more; part of a deed.

    News in which it is named and that have not gone yet do not go.
    """
    for following in Following.objects.filter(concern=concern).select_related("quarter"):
        with translation.override(following.language):
            why = _("The concern is not public any more.")
        end_following(following=following, why=why, now=now)
    number = concern.dossier.reference
    news_of_it = Q(quarter=concern.quarter_id, kind="follow", text__contains=number)
    empty_mails(mails=news_of_it & Q(state=MailState.QUEUED))


def tidy(*, now: datetime) -> int:
    """End what nobody confirmed within 14 days, and what has nothing to say any more.

    The second is the following of one concern that was closed 90 days ago: if it is joined, the
    leading one; an important topic comes back and is not over.  Returns how many went.
    """
    unconfirmed = Q(confirmed_at=None, created_at__lt=now - timedelta(days=CONFIRM_DAYS))
    before = now - ENDS_AFTER
    alone = Q(concern__leader=None, concern__closed_at__lt=before)
    led = Q(concern__leader__closed_at__lt=before, concern__leader__topic_months=None)
    over = (alone | led) & Q(concern__topic_months=None)
    rows = Following.objects.filter(unconfirmed | over).select_related("quarter").order_by("pk")
    count = 0
    for following in rows:
        with translation.override(following.language):
            why = _("The concern was closed 90 days ago.")
        count += end_following(following=following, why=why, now=now)
    return count


def send_news(*, quarter: Quarter, now: datetime) -> int:
    """Write to everybody who follows and has not been told what is new. Returns how many mails.

    Weekly ones are due from Monday seven o'clock on; who follows one concern may be told at once.
    """
    until = now - STILL_WRITING
    weekly = released.due_weekly(quarter, before=last_monday(quarter=quarter, moment=until))
    at_once = released.due_at_once(quarter, until=until)
    people = [*weekly[:PORTION], *at_once[:PORTION]]
    return sum(tell(following=following, until=until, now=now) for following in people)


def last_monday(*, quarter: Quarter, moment: datetime) -> datetime:
    """Return the latest Monday, seven o'clock in the quarter, up to a moment."""
    local = moment.astimezone(quarter.zone)
    monday = local.date() - timedelta(days=local.weekday())
    morning = datetime.combine(monday, MONDAY_MORNING, tzinfo=quarter.zone)
    return morning if morning <= moment else morning - timedelta(days=7)


@transaction.atomic
def tell(*, following: Following, until: datetime, now: datetime) -> bool:
    """Write one person what is new up to a moment. Returns whether there was anything.

    following: as it was when somebody found it due; when it was told meanwhile nothing happens.
    """
    # The update comes first: a second worker finds another moment there and stops. It stays also
    # when there is nothing new, and no mail goes then.
    mine = Following.objects.filter(
        pk=following.pk, told_until=following.told_until, confirmed_at__isnull=False
    )
    if not mine.update(told_until=until):
        return False
    found = released.news_of(following, until=until, limit=MOST_CONCERNS)
    if not found.pieces:
        return False
    letter = news.news_mail(following, found)
    queue_mail(
        quarter=following.quarter,
        kind="follow",
        to=following.email,
        subject=letter.subject,
        text=letter.text,
        links=letter.links,
        language=letter.language,
        headers=news.list_headers(following),
        now=now,
    )
    Following.objects.filter(pk=following.pk).update(last_sent_at=now)
    return True
