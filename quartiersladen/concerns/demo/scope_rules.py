"""What the demo's offices do not do, and how often residents met it."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from quartiersladen.concerns.demo.people import Office
from quartiersladen.concerns.models import RightAddress, ScopeHit
from quartiersladen.concerns.services.scope_rules import RuleFacts, save_rule
from quartiersladen.concerns.states import HitOutcome, RuleMode
from quartiersladen.quarters.models import Theme

RULES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
OUTCOMES = {HitOutcome.LEFT: 7, HitOutcome.SENT_ANYWAY: 2, HitOutcome.OVERRIDDEN: 1}
TIMES = 24  # each rule was shown in the year


def store_scope_rules(
    office: Office, addresses: Mapping[str, RightAddress], now: datetime, random: Random
) -> None:
    """Store the rules of one quarter, each with a year of counts."""
    for position, words in enumerate(RULES.values()):
        address = addresses.get(words.get("address", ""))
        themes = Theme.objects.filter(quarter=office.quarter, slug__in=words.get("themes", []))
        rule = save_rule(
            viewer=office.lead,
            quarter=office.quarter,
            rule=None,
            facts=RuleFacts(
                title=words.get("title") or (address.name if address else {}),
                words=words["words"],
                themes=list(themes),
                text=words.get("text", {}),
                right_address=address,
                mode=RuleMode(words["mode"]),
                is_active=True,
                position=position,
            ),
            version=0,
            now=now - timedelta(days=360),
        )
        possible = {
            outcome: weight
            for outcome, weight in OUTCOMES.items()
            if outcome == HitOutcome.LEFT or rule.is_stop == (outcome == HitOutcome.OVERRIDDEN)
        }
        chosen = random.choices(list(possible), weights=list(possible.values()), k=TIMES)
        today = office.quarter.local_day(now)
        ScopeHit.objects.bulk_create(
            ScopeHit(rule=rule, on=today - timedelta(days=random.randrange(1, 360)), outcome=one)
            for one in chosen
        )
