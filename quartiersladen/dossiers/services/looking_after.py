"""Who looks after a dossier."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.models import User
from quartiersladen.accounts.queries import colleagues
from quartiersladen.accounts.rules import Viewer
from quartiersladen.dossiers import rules
from quartiersladen.dossiers.models import Dossier, Entry
from quartiersladen.dossiers.queries import named_in
from quartiersladen.dossiers.services.dossier import claim
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor
from quartiersladen.kernel.errors import Invalid, demand


class NotNamed(Invalid):
    """Who may not see a confidential dossier cannot look after it."""

    sentence = _("This is confidential: only somebody who is named can look after it.")


class NotAColleague(Invalid):
    """Only people who work at this desk can look after a dossier."""

    sentence = _("Only somebody who works in this office can look after it.")


@transaction.atomic
def assign(
    *, viewer: Viewer, dossier: Dossier, colleague: User | None, version: int, now: datetime
) -> Entry:
    """Say who looks after a dossier; None: nobody in particular.

    Raises NotAllowed unless lead or moderator; NotAColleague; NotNamed; ChangedMeanwhile.
    """
    demand(viewer.may_work and rules.may_change(viewer, dossier))
    today = dossier.quarter.local_day(now)
    if colleague and not colleagues(dossier.quarter_id, today).filter(pk=colleague.pk).exists():
        raise NotAColleague(field="colleague")
    if colleague and dossier.is_confidential and colleague.pk not in named_in(dossier):
        raise NotNamed(field="colleague")
    claim(dossier=dossier, version=version)
    dossier.assigned_to = colleague
    dossier.save(update_fields=["assigned_to"])
    return record(
        dossier=dossier,
        deed="assign",
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        data={"to": colleague.name if colleague else ""},
        now=now,
    )
