"""Lets Django's and allauth's own mails go through the outbox."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.translation import get_language

from quartiersladen.outbox.services import queue_mail
from quartiersladen.quarters.models import Quarter


class OutboxBackend(BaseEmailBackend):
    """Queues account mails under the quarter that they name, else under the default one."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue one mail for each address; return how many messages were taken.

        Raises Quarter.DoesNotExist when nothing is set up yet.
        """
        default = Quarter.objects.order_by("-is_default", "pk").first()
        if default is None:
            raise Quarter.DoesNotExist
        for message in email_messages:
            quarter = getattr(message, "quarter", default)
            for address in message.recipients():
                queue_mail(
                    quarter=quarter,
                    kind="account",
                    to=address,
                    subject=str(message.subject),
                    text=str(message.body),
                    language=get_language() or "de",
                    is_account=True,
                    now=timezone.now(),
                )
        return len(email_messages)
