"""Reads of the correspondence module."""

from collections.abc import Sequence

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from quartiersladen.accounts.rules import Viewer
from quartiersladen.correspondence.models import Message, TextSnippet
from quartiersladen.correspondence.rules import may_keep_snippets, may_use_snippets
from quartiersladen.correspondence.states import TO_BODIES, Occasion
from quartiersladen.dossiers.models import Dossier
from quartiersladen.dossiers.rules import may_look_inside, rows_inside
from quartiersladen.kernel.text import fold
from quartiersladen.outbox.frame import PLACEHOLDER


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
