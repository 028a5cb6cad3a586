"""Closed lists about mails that come in."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from quartiersladen.kernel.states import Machine, Transition


class MailClass(TextChoices):
    """What a mail that came in is. Only the first three are for people to answer."""

    NEW = "new", pgettext_lazy("mail class", "New")
    REPLY = "reply", pgettext_lazy("mail class", "Answer of a person")
    BODY_REPLY = "body_reply", pgettext_lazy("mail class", "Answer of a body")
    BOUNCE = "bounce", pgettext_lazy("mail class", "Sent back")
    AUTO = "auto", pgettext_lazy("mail class", "Automatic answer")
    LIST = "list", pgettext_lazy("mail class", "Mailing list")
    OWN = "own", pgettext_lazy("mail class", "Our own")
    UNREADABLE = "unreadable", pgettext_lazy("mail class", "Not readable")


#: Somebody in the office has to look at these; the others are only listed.
TO_BE_READ = frozenset(
    {MailClass.NEW, MailClass.REPLY, MailClass.BODY_REPLY, MailClass.UNREADABLE}
)


class InboundState(TextChoices):
    """What became of a mail that came in."""

    WAITING = "waiting", pgettext_lazy("inbound mail", "waits for the office")
    TAKEN = "taken", pgettext_lazy("inbound mail", "done")
    PUT_ASIDE = "put_aside", pgettext_lazy("inbound mail", "put aside")
    FILED = "filed", pgettext_lazy("inbound mail", "only listed")


_I = InboundState
INBOUND_MACHINE: Machine[InboundState] = Machine(
    [
        Transition("take", frozenset({_I.WAITING}), _I.TAKEN),
        Transition("put_aside", frozenset({_I.WAITING}), _I.PUT_ASIDE, frozenset({"reason"})),
        Transition("take_up", frozenset(InboundState) - {_I.TAKEN}, _I.WAITING),
    ]
)


class Delivery(TextChoices):
    """What a notice says of a mail of ours. Only the first three mean that it did not arrive."""

    WRONG_ADDRESS = "wrong_address", pgettext_lazy("delivery", "There is no such address")
    FAILED = "failed", pgettext_lazy("delivery", "It could not be delivered")
    REFUSED = (
        "refused",
        pgettext_lazy(
            "delivery", "The other server refuses it by a rule; the address may be right"
        ),
    )
    DELAYED = "delayed", pgettext_lazy("delivery", "It is late; the server goes on trying")
    ARRIVED = "arrived", pgettext_lazy("delivery", "It has arrived, or nothing certain is said")


#: The mail did not arrive.
NOT_ARRIVED = frozenset({Delivery.WRONG_ADDRESS, Delivery.FAILED, Delivery.REFUSED})


class Trouble(TextChoices):
    """Why a mail could not be read as a whole."""

    TOO_LARGE = (
        "too_large",
        pgettext_lazy("trouble", "It is larger than 10 MB. The whole mail lies in the mailbox."),
    )
    BOMB = "bomb", pgettext_lazy("trouble", "It consists of so many parts that it may do harm.")
    BROKEN = "broken", pgettext_lazy("trouble", "It is broken.")
    CRASHED = "crashed", pgettext_lazy("trouble", "Reading it ended the program twice.")
    NOT_FETCHED = "not_fetched", pgettext_lazy("trouble", "The mailbox did not give it out.")
