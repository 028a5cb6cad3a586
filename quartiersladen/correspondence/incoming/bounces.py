"""Did one of our mails arrive? Reads what servers say about it, by standard and in plain German.

The order counts: what a server says by the standard (RFC 3464), then the dialects that
`flufl.bounce` knows, then words.
"""

import logging
import re
from email import message_from_bytes

from flufl.bounce import all_failures

from quartiersladen.correspondence.incoming.reading import Received, Status
from quartiersladen.correspondence.incoming.states import Delivery

#: From the worst to what changes nothing; of several recipients the worst counts.
WORST = (
    Delivery.WRONG_ADDRESS,
    Delivery.FAILED,
    Delivery.REFUSED,
    Delivery.DELAYED,
    Delivery.ARRIVED,
)
WRONG_ADDRESS = re.compile(r"5\.1\.(?:1|2|3|6|10)")
REFUSED = re.compile(r"5\.7\.\d+")
SERVERS = re.compile(
    r"^(?:mailer-?daemon|postmaster|mail-?daemon|mdaemon|bounces?|noreply-dsn)(?:[+-].*)?@",
    re.IGNORECASE,
)
#: Words with which German servers send a mail back; the address first, then everything else.
NOBODY_THERE = re.compile(
    r"empf(?:ä|ae)nger(?:adresse)?\W+(?:ist\W+)?(?:unbekannt|ung(?:ü|ue)ltig|existiert nicht"
    r"|nicht (?:gefunden|vorhanden|bekannt))"
    r"|(?:postfach|e-?mail-?adresse|adresse|benutzer|konto)\b[^\n]{0,80}"
    r"(?:existiert nicht|nicht (?:gefunden|vorhanden|bekannt)|unbekannt)"
    r"|kein (?:solches|solcher) (?:postfach|benutzer|empf(?:ä|ae)nger)"
    r"|(?:user|recipient|mailbox) (?:unknown|not found|does not exist)|no such user",
    re.IGNORECASE,
)
NOT_YET = re.compile(
    r"noch nicht zugestellt|zustellung[^.\n]{0,30}verz(?:ö|oe)gert|wird weiterhin versucht"
    r"|weitere zustellversuche|delivery (?:is |has been )?delayed|still being retried",
    re.IGNORECASE,
)
NOT_DELIVERED = re.compile(
    r"(?:konnte|kann|wurde)\b[^.\n]{0,80}nicht\b[^.\n]{0,40}(?:zugestellt|ausgeliefert"
    r"|(?:ü|ue)bermittelt)"
    r"|unzustellbar|nicht zustellbar|zustellung[^.\n]{0,40}(?:fehlgeschlagen|gescheitert)"
    r"|undelivered mail|undeliverable|delivery (?:status notification \(failure\)|failed|failure)"
    r"|returned mail",
    re.IGNORECASE,
)
NO_SPAM = re.compile(
    r"als spam|spam-?(?:verdacht|filter)|richtlinie|policy|blacklist|blocklist", re.IGNORECASE
)
READ = 20_000  # letters of the words


def of_status(one: Status) -> Delivery:
    """Return what a notice means for the delivery.

    "failed" with 4.4.7 means that the server has stopped trying: it did not arrive. A refusal by a
    rule (5.7.x) says nothing against the address.
    """
    if one.action == "delayed":
        return Delivery.DELAYED
    if one.action != "failed":
        return Delivery.ARRIVED
    if REFUSED.fullmatch(one.status):
        return Delivery.REFUSED
    return Delivery.WRONG_ADDRESS if WRONG_ADDRESS.fullmatch(one.status) else Delivery.FAILED


def looks_like_server(mail: Received) -> bool:
    """Whether a server wrote it, not a person."""
    return mail.has_no_return_path or bool(SERVERS.match(mail.sender_address))


def delivery_in(mail: Received, raw: bytes, *, to: str = "") -> Delivery | None:
    """Return what a mail says about a delivery, None when it says nothing of that kind.

    to: the address that our mail went to, if it is known; of several recipients only that one
    counts then.
    """
    if mail.statuses:
        mine = [one for one in mail.statuses if one.recipient == to.lower()] if to else []
        found = {of_status(one) for one in mine or mail.statuses}
        return next(kind for kind in WORST if kind in found)
    return _by_dialect(raw) or in_words(f"{mail.subject}\n{mail.text}\n{mail.quoted}")


def _by_dialect(raw: bytes) -> Delivery | None:
    """Ask the library that knows how servers without the standard write."""
    try:
        temporary, permanent = all_failures(message_from_bytes(raw))
    except Exception:  # noqa: BLE001 -- it was not made for hostile bytes
        logging.getLogger(__name__).info("a notice that cannot be taken apart")
        return None
    if permanent:
        return Delivery.FAILED
    return Delivery.DELAYED if temporary else None


def in_words(text: str) -> Delivery | None:
    """Return what plain words say, German or English; None if they speak of no delivery."""
    words = text[:READ]
    if NOT_YET.search(words):
        return Delivery.DELAYED
    if NOBODY_THERE.search(words):
        return Delivery.WRONG_ADDRESS
    if NOT_DELIVERED.search(words):
        return Delivery.REFUSED if NO_SPAM.search(words) else Delivery.FAILED
    return None


def words_in(mail: Received) -> str:
    """Return the server's own words about the delivery, for the books."""
    said = next((one for one in mail.statuses if one.action == "failed"), None)
    if said is not None:
        return f"{said.status} {said.words}".strip()[:300]
    line = next((line for line in mail.text.split("\n") if line.strip()), mail.subject)
    return line.strip()[:300]
