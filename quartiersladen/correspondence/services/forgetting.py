"""Words of messages that go by rule or by wish."""

from collections.abc import Iterable

from django.db.models import Q

from quartiersladen.correspondence.models import Message
from quartiersladen.correspondence.states import Counterpart
from quartiersladen.dossiers.models import Dossier
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.services import empty_mails
from quartiersladen.privacy.free_text import MARK, blackened, pattern


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
