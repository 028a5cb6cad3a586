"""The first start of an empty installation: one quarter, its themes and text snippets, one administrator."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from quartiersladen.accounts.services import first_member
from quartiersladen.accounts.states import Role
from quartiersladen.correspondence.services.snippets import add_starting_snippets
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.services import add_starting_themes
from quartiersladen.quarters.states import Land

#: What a new office begins with; it can say something else in its settings.
BACKUP_DAYS = 7


@dataclass(frozen=True, slots=True)
class Founding:
    """What an administrator says at the first start."""

    name: str
    slug: str
    land: Land
    operator: str
    admin_name: str
    admin_email: str
    password: str


@transaction.atomic
def found(*, founding: Founding, now: datetime) -> Quarter:
    """Store the quarter, which answers at "/", its themes, text snippets and administrator."""
    quarter = Quarter.objects.create(
        slug=founding.slug,
        name=founding.name,
        short_name=founding.name[:60],
        is_default=True,
        land=founding.land,
        operator=founding.operator,
        backup_days=BACKUP_DAYS,
        created_at=now,
    )
    add_starting_themes(quarter=quarter)
    add_starting_snippets(quarter=quarter)
    first_member(
        quarter=quarter,
        email=founding.admin_email,
        name=founding.admin_name,
        password=founding.password,
        role=Role.ADMINISTRATOR,
        today=quarter.local_day(now),
    )
    return quarter
