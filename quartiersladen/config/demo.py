"""Which modules bring demo data, in the order in which they need each other."""

from datetime import datetime

from django.db import transaction

from quartiersladen.accounts import demo as accounts
from quartiersladen.api import demo as api
from quartiersladen.backups import demo as backups
from quartiersladen.concerns import demo as concerns
from quartiersladen.correspondence import demo as correspondence
from quartiersladen.directory import demo as directory
from quartiersladen.mediation import demo as mediation
from quartiersladen.privacy import demo as privacy
from quartiersladen.quarters import demo as quarters
from quartiersladen.website import demo as website

LOADERS = (
    quarters.load,
    backups.load,
    accounts.load,
    directory.load,
    website.load,
    correspondence.load,
    concerns.load,
    mediation.load,
    api.load,
    privacy.load,
)


@transaction.atomic
def load_all(now: datetime) -> None:
    """Load the demo quarters: all of them or, when something fails, nothing."""
    for load in LOADERS:
        load(now)
