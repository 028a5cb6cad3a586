"""Which class a mail is. Answers of machines, lists and servers are never a case nor an answer."""

import re
from dataclasses import dataclass

from quartiersladen.correspondence.incoming.bounces import (
    SERVERS,
    delivery_in,
    looks_like_server,
)
from quartiersladen.correspondence.incoming.reading import Received
from quartiersladen.correspondence.incoming.states import Delivery, MailClass

BULK = frozenset({"bulk", "list"})
MACHINES = frozenset({"junk", "auto_reply", "auto-reply"})
#: Subjects of programmes that answer for somebody who is away and do not say that they are one.
AWAY = re.compile(
    r"^(?:automatische (?:antwort|r(?:ü|ue)ckmeldung)|abwesenheits(?:notiz|meldung|assistent|agent)"
    r"|abwesend\b|out of (?:the )?office|automatic reply|auto(?:matic)?[ -]?(?:reply|response)"
    r"|ich bin (?:bis|vom|derzeit|momentan) .{0,60}(?:nicht im|abwesend|urlaub)|urlaubsvertretung)",
    re.IGNORECASE,
)
REPORTS = frozenset({"disposition-notification", "feedback-report"})


@dataclass(frozen=True, slots=True)
class Sorted:
    """What a mail is. delivery: only of a bounce.  is_forged: it claims to be one, without proof."""

    mail_class: MailClass
    delivery: Delivery | None = None
    is_forged: bool = False


@dataclass(frozen=True, slots=True)
class Return:
    """What its recipient's address says. is_bounce, is_ours: as outbox.returning reads it.

    to: where our own mail went that it is about, "" if unknown.
    """

    is_bounce: bool = False
    is_ours: bool = False
    to: str = ""


def sort(mail: Received, raw: bytes, *, returned: Return, own: frozenset[str]) -> Sorted | None:
    """Return the class, None for what a person wrote: who that is, the books know.

    own: the addresses of the office, in small letters.
    """
    if mail.trouble is not None:
        return Sorted(MailClass.UNREADABLE)
    if returned.is_bounce and not returned.is_ours:
        return Sorted(MailClass.BOUNCE, is_forged=True)
    return _of_server(mail, raw, returned) or _of_machine(mail, own)


def _of_server(mail: Received, raw: bytes, returned: Return) -> Sorted | None:
    """Return what a notice of a server says; an answer of a machine can look like one."""
    is_proven = returned.is_bounce and returned.is_ours
    if mail.report_type in REPORTS or (not mail.statuses and _is_away(mail)):
        return None
    if not (is_proven or mail.statuses or looks_like_server(mail)):
        return None
    found = delivery_in(mail, raw, to=returned.to)
    if found is not None:
        return Sorted(MailClass.BOUNCE, found)
    if looks_like_server(mail):
        # Nobody else writes to this address; without a word about it nothing is certain.
        return Sorted(MailClass.BOUNCE, Delivery.FAILED if is_proven else Delivery.ARRIVED)
    return None


def _is_away(mail: Received) -> bool:
    """Whether a programme answers for a person: it comes without return path as a notice does."""
    is_reply = mail.auto_submitted == "auto-replied" and not SERVERS.match(mail.sender_address)
    return is_reply or bool(AWAY.match(mail.subject))


def _of_machine(mail: Received, own: frozenset[str]) -> Sorted | None:
    if mail.sender_address.lower() in own:
        return Sorted(MailClass.OWN)
    is_auto = mail.auto_submitted not in {"", "no"}
    if is_auto or mail.is_auto_response or mail.precedence in MACHINES or _is_away(mail):
        return Sorted(MailClass.AUTO)
    if mail.report_type in REPORTS:
        return Sorted(MailClass.AUTO)
    if mail.is_from_list or mail.precedence in BULK:
        return Sorted(MailClass.LIST)
    return None
