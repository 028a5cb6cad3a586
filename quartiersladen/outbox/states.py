"""Life of an outgoing mail, as a table."""

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from quartiersladen.kernel.states import Machine, Transition

#: A mail that is being sent for so long belonged to a worker that died.
LOST_AFTER = timedelta(minutes=10)


class MailState(TextChoices):
    """Where a mail stands."""

    QUEUED = "queued", pgettext_lazy("mail", "waiting")
    SENDING = "sending", pgettext_lazy("mail", "being sent")
    SENT = "sent", pgettext_lazy("mail", "sent")
    FAILED = "failed", pgettext_lazy("mail", "failed")
    CANCELLED = "cancelled", pgettext_lazy("mail", "cancelled")


_M = MailState
MAIL_MACHINE: Machine[MailState] = Machine(
    [
        Transition("claim", frozenset({_M.QUEUED}), _M.SENDING),
        Transition("reclaim", frozenset({_M.SENDING}), _M.SENDING),
        Transition("succeed", frozenset({_M.SENDING}), _M.SENT),
        Transition("wait", frozenset({_M.SENDING}), _M.QUEUED),
        Transition("fail", frozenset({_M.SENDING}), _M.FAILED),
        Transition("bounce", frozenset({_M.SENT}), _M.FAILED),
        Transition("retry", frozenset({_M.FAILED, _M.CANCELLED}), _M.QUEUED),
        Transition("cancel", frozenset({_M.QUEUED, _M.FAILED}), _M.CANCELLED),
    ]
)
