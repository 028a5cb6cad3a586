"""The words of the morning mail.

It travels unencrypted, so it holds references, dates and whom to ask, and no titles: what somebody
told the office stays in the house.
"""

from collections.abc import Sequence
from datetime import date

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quartiersladen.dossiers.models import FollowUp
from quartiersladen.dossiers.states import FollowUpReason
from quartiersladen.quarters.models import Quarter

#: Reasons whose note is the name of a body. Other notes are free words and stay at the desk.
NAMES_A_BODY = frozenset({FollowUpReason.ASK_BODY, FollowUpReason.BODY_REPLIED})


def _block(quarter: Quarter, item: FollowUp, today: date) -> str:
    # Whether people quarrel, are ill or afraid: a mail does not hint at it.
    is_secret = item.dossier.is_confidential
    reason = FollowUpReason.WORK if is_secret else FollowUpReason(item.reason)
    what = [str(reason.label)]
    if reason in NAMES_A_BODY and item.note:
        what.append(item.note)
    day = {"day": date_format(item.due_on, "SHORT_DATE_FORMAT")}
    due = _("due since %(day)s") % day if item.due_on < today else _("due today")
    reference = item.dossier.reference
    return (
        f"{reference} · {due} · {': '.join(what)}\n"
        f"{quarter.absolute_url(f'/buero/vorgang/{reference}/')}"
    )


def _quarantine(quarter: Quarter, held: int) -> str:
    if not held:
        return ""
    words = ngettext(
        "%(count)s report waits that is not among the work yet. Please look whether it is real:",
        "%(count)s reports wait that are not among the work yet. Please look whether they are real:",
        held,
    ) % {"count": held}
    places = [
        f"{_('Quarantine')}: {quarter.absolute_url('/buero/quarantaene/')}",
        f"{_('Mail that came in')}: {quarter.absolute_url('/buero/post/eingang/?art=new')}",
    ]
    return "\n".join([words, *places])


def digest(
    quarter: Quarter, name: str, items: Sequence[FollowUp], *, held: int, today: date
) -> tuple[str, str]:
    """Return subject and text of one person's morning mail.

    items: with their dossiers.  held: how many reports wait too long in the quarantine; it or
    `items` is not empty.
    """
    count = len(items) + held
    with translation.override("de"):
        subject = ngettext(
            "%(count)s matter is due in %(quarter)s",
            "%(count)s matters are due in %(quarter)s",
            count,
        ) % {"count": count, "quarter": quarter.short_name}
        parts = [
            _("Good morning %(name)s,") % {"name": name},
            _("this is due today or has been due for longer:"),
            *(_block(quarter, item, today) for item in items),
            _quarantine(quarter, held),
        ]
    return subject, "\n\n".join(part for part in parts if part)
