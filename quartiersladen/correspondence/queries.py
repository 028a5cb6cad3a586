"""Reads of the correspondence module."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from quartiersladen.accounts.rules import Viewer
from quartiersladen.correspondence.incoming.reading import attached_bytes
from quartiersladen.correspondence.incoming.states import NOT_ARRIVED, InboundState, MailClass
from quartiersladen.correspondence.models import InboundMail, Mailbox, Message, TextSnippet
from quartiersladen.correspondence.rules import (
    may_keep_snippets,
    may_use_snippets,
    readable_mails,
)
from quartiersladen.correspondence.states import TO_BODIES, Occasion
from quartiersladen.dossiers.models import Dossier
from quartiersladen.dossiers.rules import may_look_inside, rows_inside
from quartiersladen.files.services import read_original
from quartiersladen.kernel.logs import HIDDEN
from quartiersladen.kernel.text import fold
from quartiersladen.outbox.frame import PLACEHOLDER
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.outages import server_key
from quartiersladen.quarters.models import Quarter


def messages_of(viewer: Viewer, dossier: Dossier) -> QuerySet[Message]:
    """Return the correspondence of a dossier for the desk, oldest first; nothing for others."""
    if not may_look_inside(viewer, dossier):
        return Message.objects.none()
    return (
        Message.objects.filter(dossier=dossier)
        .select_related("body", "by", "mail")
        .order_by("at", "pk")
    )


def kept_text(message: Message) -> str:
    """Return what was written, as it may be read and handed out: without the places of its links.

    It stays also when the mail that carried it was emptied.
    """
    return PLACEHOLDER.sub("•••", message.text)


def hidden_mails(viewer: Viewer) -> Q:
    """Return the filter on mails of dossiers whose page at the desk the viewer may not open.

    The mail that confirms an address is no correspondence: its status link says what it is about.
    """
    kept = Message.objects.filter(mail=OuterRef("pk")).exclude(rows_inside(viewer, "dossier__"))
    subject = KeyTextTransform("subject_id", KeyTransform("status", OuterRef("links")))
    linked = Dossier.objects.alias(linked=Cast(subject, BigIntegerField())).filter(pk=F("linked"))
    return Q(Exists(kept)) | Q(Exists(linked.exclude(rows_inside(viewer))))


def dossier_of(mail: Mail) -> Dossier | None:
    """Return what a mail is about, None if it is about nothing here: correspondence or its link."""
    status = mail.links.get("status", {}).get("subject_id")
    about = Q(messages__mail=mail) | Q(pk=status)
    return Dossier.objects.select_related("quarter").filter(about).first()


def kept_snippets(viewer: Viewer) -> QuerySet[TextSnippet]:
    """Return the text snippets for who looks after them, by occasion and title."""
    if not may_keep_snippets(viewer, viewer.quarter_id):
        return TextSnippet.objects.none()
    return (
        TextSnippet.objects.filter(quarter_id=viewer.quarter_id)
        .select_related("theme", "quarter")
        .order_by("occasion", "title", "language", "pk")
    )


def get_kept_snippet(viewer: Viewer, key: int) -> TextSnippet:
    """Return one of them. Raises TextSnippet.DoesNotExist when missing or of another quarter."""
    return kept_snippets(viewer).get(pk=key)


def offered_snippets(
    viewer: Viewer, occasions: Sequence[Occasion], *, theme_id: int | None, language: str
) -> list[TextSnippet]:
    """Return what fits the moment: those of the reader's language first, then the German ones.

    Within a language those of the theme come before those for all themes.  Bodies read German.
    One statement, none without occasions.
    """
    if not occasions or not may_use_snippets(viewer, viewer.quarter_id):
        return []
    rows = TextSnippet.objects.filter(
        Q(theme=None) | Q(theme_id=theme_id),
        quarter_id=viewer.quarter_id,
        occasion__in=occasions,
        language__in={language, "de"},
    )
    wanted = [
        snippet
        for snippet in rows
        if snippet.language == "de" or Occasion(snippet.occasion) not in TO_BODIES
    ]

    def rank(snippet: TextSnippet) -> tuple[bool, bool, str, int]:
        is_foreign = snippet.language != language and Occasion(snippet.occasion) not in TO_BODIES
        return is_foreign, snippet.theme_id is None, fold(snippet.title), snippet.pk

    return sorted(wanted, key=rank)


INBOX_PAGE = 50  # rows


def inbound_mails(viewer: Viewer) -> QuerySet[InboundMail]:
    """Return the mails that came in and that the viewer may read, newest first."""
    rows = InboundMail.objects.filter(readable_mails(viewer))
    return rows.select_related("dossier", "body").order_by("-received_at", "-pk")


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Some mails, and whether there are older ones."""

    mails: list[InboundMail]
    has_more: bool


def inbox_page(
    viewer: Viewer,
    *,
    mail_class: str = "",
    only_waiting: bool = False,
    page: int = 1,
    is_blocked: Exists | None = None,
) -> InboxPage:
    """Return one page of the inbox; one statement.  page: from 1.  mail_class: "" for all.

    is_blocked: what the module that keeps the list of blocked senders says of a mail.
    """
    rows = inbound_mails(viewer).annotate(is_blocked=is_blocked or Value(value=False))
    rows = rows.defer("text", "quoted", "attachments")
    if mail_class in MailClass.values:
        rows = rows.filter(mail_class=mail_class)
    if only_waiting:
        rows = rows.filter(state=InboundState.WAITING)
    start = (page - 1) * INBOX_PAGE
    found: list[InboundMail] = list(rows[start : start + INBOX_PAGE + 1])
    return InboxPage(found[:INBOX_PAGE], len(found) > INBOX_PAGE)


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How many mails of a class there are, and how many of them wait for somebody."""

    mail_class: MailClass
    count: int = 0
    waiting: int = 0
    forged: int = 0


def inbox_counts(viewer: Viewer) -> list[ClassCount]:
    """Return the number of mails by class, every class named; one statement."""
    rows = (
        InboundMail.objects.filter(readable_mails(viewer))
        .values("mail_class")
        .annotate(
            count=Count("pk"),
            waiting=Count("pk", filter=Q(state=InboundState.WAITING)),
            forged=Count("pk", filter=Q(mail_class=MailClass.BOUNCE, delivery="")),
        )
    )
    found = {row["mail_class"]: row for row in rows}
    return [
        ClassCount(one, **{name: found[one][name] for name in ("count", "waiting", "forged")})
        if one in found
        else ClassCount(one)
        for one in MailClass
    ]


def waiting_mails(viewer: Viewer) -> list[ClassCount]:
    """Return the classes of which mails wait for somebody; one statement."""
    rows = (
        InboundMail.objects.filter(readable_mails(viewer), state=InboundState.WAITING)
        .values("mail_class")
        .annotate(waiting=Count("pk"))
    )
    found = {row["mail_class"]: row["waiting"] for row in rows}
    return [ClassCount(one, waiting=found[one]) for one in MailClass if one in found]


def get_inbound(viewer: Viewer, key: int) -> InboundMail:
    """Return one mail that came in. Raises InboundMail.DoesNotExist when missing or hidden."""
    rows = InboundMail.objects.filter(readable_mails(viewer))
    return rows.select_related(
        "quarter", "dossier", "body", "about", "message", "settled_by", "uploaded_by"
    ).get(pk=key)


#: Kinds of files that are handed out, always as a download. Pictures are shown on the concern.
# fmt: off
HANDED_OUT = frozenset({
    "pdf", "txt", "csv", "ics", "vcf", "odt", "ods", "odp", "docx", "xlsx", "pptx", "doc", "xls",
    "ppt", "rtf", "jpg", "jpeg", "png", "webp", "heic",
})
# fmt: on


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that came with a mail.  is_handed_out: as a download; else it is only named."""

    number: int
    name: str
    media_type: str
    size_bytes: int
    is_handed_out: bool


def attached_files(mail: InboundMail) -> list[AttachedFile]:
    """Return the files of a mail that the caller was allowed to read."""
    return [
        AttachedFile(
            **one,
            is_handed_out=bool(mail.raw_name)
            and mail.trouble == ""
            and one["name"].lower().rpartition(".")[2] in HANDED_OUT
            and "." in one["name"],
        )
        for one in mail.attachments
    ]


def may_have_original(mail: InboundMail) -> bool:
    """Whether the bytes of a mail are handed out.

    Not of one that answers or brings back a mail of ours, or in which a link was masked: such
    links open doors.
    """
    has_links = any(HIDDEN in words for words in (mail.subject, mail.text, mail.quoted))
    return bool(mail.raw_name) and mail.about_id is None and not has_links


def content_of(mail: InboundMail) -> bytes:
    """Return the bytes of a mail as it came, b"" when they are gone."""
    return read_original(name=mail.raw_name) if mail.raw_name else b""


def attachment_of(mail: InboundMail, number: int) -> bytes:
    """Return the bytes of one file that came with a mail, b"" when they are gone."""
    return attached_bytes(content_of(mail), number)


def is_about_delivery(mail: InboundMail) -> bool:
    """Whether it says that a mail of ours did not arrive."""
    return mail.delivery in {kind.value for kind in NOT_ARRIVED}


def mailboxes(slug: str = "") -> dict[str, list[Quarter]]:
    """Return the address of each mailbox with the quarters for which it is read.

    slug: only the mailbox of this quarter; one that several quarters share is read for all.
    """
    found: dict[str, list[Quarter]] = {}
    for quarter in Quarter.objects.order_by("-is_default", "pk"):
        if url := quarter.mailbox_url:
            found.setdefault(url, []).append(quarter)
    if not slug:
        return found
    return {url: rows for url, rows in found.items() if any(one.slug == slug for one in rows)}


def box_of(quarter: Quarter) -> Mailbox | None:
    """Return how far the quarter's mailbox has been read, None if it never was."""
    url = quarter.mailbox_url
    return Mailbox.objects.filter(key=server_key(url)).first() if url else None
