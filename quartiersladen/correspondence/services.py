"""Writes of the correspondence module."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.correspondence.models import Message, TextSnippet
from quartiersladen.correspondence.placeholders import BadPlaceholder, check_placeholders
from quartiersladen.correspondence.rules import may_keep_snippets
from quartiersladen.correspondence.starting import starting_snippets
from quartiersladen.correspondence.states import (
    PLACEHOLDERS,
    Counterpart,
    Direction,
    Occasion,
    Way,
)
from quartiersladen.directory.models import ResponsibleBody
from quartiersladen.dossiers.models import Dossier
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.outbox.models import LinkSpec, Mail
from quartiersladen.outbox.services import empty_mails, queue_mail, resend
from quartiersladen.privacy.free_text import MARK, blackened, pattern
from quartiersladen.privacy.services import leave_trail
from quartiersladen.quarters.models import Quarter, Theme


class UnknownPlaceholder(Invalid):
    """A text snippet holds a placeholder that nothing fills; the refusal names those there are."""

    def __init__(self, word: str) -> None:
        allowed = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        if word:
            sentence = _("Nothing fills {%(word)s}. You can use: %(allowed)s") % {
                "word": word,
                "allowed": allowed,
            }
        else:
            sentence = _(
                "A brace opens or closes nothing. Placeholders look like this: %(allowed)s."
                " For a brace itself write it twice."
            ) % {"allowed": allowed}
        super().__init__(sentence, field="text")


class TitleTaken(Invalid):
    """Two snippets of one title for the same occasion could not be told apart."""

    sentence = _("There is a text snippet with this title for this already.")


class SnippetChangedMeanwhile(Conflict):
    """Somebody else saved the text snippet since the page was read."""

    sentence = _("Somebody else has saved this meanwhile. What you typed is still here.")


def _thread_headers(
    dossier: Dossier, counterpart: Counterpart, body_id: int | None
) -> dict[str, str]:
    earlier = list(
        Mail.objects.filter(
            message__dossier=dossier, message__counterpart=counterpart, message__body_id=body_id
        )
        .order_by("pk")
        .values_list("message_id", flat=True)
    )
    if not earlier:
        return {}
    return {"In-Reply-To": earlier[-1], "References": " ".join(earlier)}


def send_mail(  # noqa: PLR0913 -- a mail has that many parts; all are named
    *,
    dossier: Dossier,
    counterpart: Counterpart,
    body: ResponsibleBody | None,
    to: str,
    subject: str,
    text: str,
    links: Mapping[str, LinkSpec],
    language: str,
    by_id: int | None,
    now: datetime,
) -> Message:
    """Queue a mail and keep it on the dossier; later mails to the same one join the thread.

    Raises Invalid when the address cannot be written to.
    """
    mail = queue_mail(
        quarter=dossier.quarter,
        kind=counterpart,
        to=to,
        subject=subject,
        text=text,
        links=links,
        language=language,
        headers=_thread_headers(dossier, counterpart, body.pk if body else None),
        now=now,
    )
    return Message.objects.create(
        dossier=dossier,
        direction=Direction.OUT,
        way=Way.MAIL,
        counterpart=counterpart,
        body=body,
        subject=subject,
        text=text,
        at=now,
        by_id=by_id,
        mail=mail,
    )


def keep_message(  # noqa: PLR0913 -- a message has that many parts; all are named
    *,
    dossier: Dossier,
    direction: Direction,
    way: Way,
    counterpart: Counterpart,
    body: ResponsibleBody | None,
    text: str,
    by_id: int | None,
    now: datetime,
    subject: str = "",
) -> Message:
    """Keep what was said or written without a mail of ours: a call, a letter, a talk."""
    return Message.objects.create(
        dossier=dossier,
        direction=direction,
        way=way,
        counterpart=counterpart,
        body=body,
        subject=subject,
        text=text,
        at=now,
        by_id=by_id,
    )


@transaction.atomic
def send_again(*, viewer: Viewer, mail: Mail, now: datetime) -> Mail:
    """Send a mail once more and return what is in the queue then.

    A copy is kept on the dossier of the first one: who may not see the one does not see the other.
    It has the words that go now: what was blackened in the mail meanwhile stays so.
    Raises what outbox.services.resend raises.
    """
    queued = resend(viewer=viewer, mail=mail, now=now)
    first = Message.objects.filter(mail=mail).select_related("dossier", "body").first()
    if first is not None and queued.pk != mail.pk:
        Message.objects.create(
            dossier=first.dossier,
            direction=first.direction,
            way=first.way,
            counterpart=first.counterpart,
            body=first.body,
            subject=queued.subject,
            text=queued.text,
            at=now,
            by_id=viewer.user_id,
            mail=queued,
        )
    return queued


@dataclass(frozen=True, slots=True)
class SnippetFacts:
    """What a text snippet is for and says. theme: None fits every theme."""

    occasion: Occasion
    theme: Theme | None
    language: str
    title: str
    text: str


def save_snippet(
    *,
    viewer: Viewer,
    quarter: Quarter,
    snippet: TextSnippet | None,
    facts: SnippetFacts,
    version: int,
    now: datetime,
) -> TextSnippet:
    """Add a text snippet (None) or change it.

    Raises NotAllowed; UnknownPlaceholder; TitleTaken; Invalid for a theme of another quarter;
    SnippetChangedMeanwhile when `version` is not the stored one.
    """
    demand(may_keep_snippets(viewer, quarter.pk))
    demand(snippet is None or snippet.quarter_id == quarter.pk)
    if facts.theme is not None and facts.theme.quarter_id != quarter.pk:
        raise Invalid(field="theme")
    try:
        check_placeholders(facts.text, PLACEHOLDERS)
    except BadPlaceholder as exc:
        raise UnknownPlaceholder(exc.word) from exc
    try:
        return _save_snippet(viewer, snippet or TextSnippet(quarter=quarter), facts, version, now)
    except IntegrityError as exc:
        raise TitleTaken(field="title") from exc


@transaction.atomic
def _save_snippet(
    viewer: Viewer, snippet: TextSnippet, facts: SnippetFacts, version: int, now: datetime
) -> TextSnippet:
    if snippet.pk is not None:
        mine = TextSnippet.objects.filter(pk=snippet.pk, version=version)
        if not mine.update(version=version + 1):
            raise SnippetChangedMeanwhile
        snippet.version = version + 1
    snippet.occasion, snippet.theme = facts.occasion, facts.theme
    snippet.language, snippet.title, snippet.text = facts.language, facts.title, facts.text
    snippet.save()
    _trail_of_snippet(viewer, snippet, "text snippet saved", now)
    return snippet


@transaction.atomic
def delete_snippet(*, viewer: Viewer, snippet: TextSnippet, now: datetime) -> None:
    """Remove a text snippet; what was written with it stays. Raises NotAllowed."""
    demand(may_keep_snippets(viewer, snippet.quarter_id))
    _trail_of_snippet(viewer, snippet, "text snippet deleted", now)
    snippet.delete()


def _trail_of_snippet(viewer: Viewer, snippet: TextSnippet, deed: str, now: datetime) -> None:
    leave_trail(
        quarter=snippet.quarter,
        by_id=viewer.user_id,
        deed=deed,
        subject=f"correspondence.textsnippet:{snippet.pk}",
        data={
            "occasion": snippet.occasion,
            "language": snippet.language,
            "title": snippet.title,
        },
        now=now,
    )


def add_starting_snippets(*, quarter: Quarter) -> None:
    """Give a new quarter the text snippets that most offices need."""
    TextSnippet.objects.bulk_create(
        TextSnippet(
            quarter=quarter,
            occasion=Occasion(item.occasion),
            language=item.language,
            title=item.title,
            text=item.text,
        )
        for item in starting_snippets()
    )


def blacken_mails_to_bodies(*, dossier: Dossier, words: Iterable[str]) -> None:
    """Blacken words in the mails to bodies, so that none that waits or is sent again holds them.

    One that is on its way may come back to the queue, so it is blackened like the others.
    The message on the dossier stays as it was sent.
    """
    found = pattern(words)
    mails = Mail.objects.filter(message__dossier=dossier, message__counterpart=Counterpart.BODY)
    for mail in mails:
        Mail.objects.filter(pk=mail.pk).update(text=blackened(mail.text, found))


def forget_words_with_teller(*, dossier: Dossier) -> int:
    """Delete what was written to the person and what they said; that it was, and when, stays."""
    rows = Message.objects.filter(dossier=dossier, counterpart=Counterpart.TELLER)
    return rows.exclude(text=MARK).update(text=MARK, subject="")


def forget_messages(*, dossier: Dossier) -> None:
    """Delete every text of the correspondence, also in the outbox; that it was, and when, stays."""
    Message.objects.filter(dossier=dossier).update(text=MARK, subject="")
    empty_mails(mails=Q(message__dossier=dossier))
