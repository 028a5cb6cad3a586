"""Demo data: a year of concerns, lived through by the real deeds with the clock set back.

So the journal, the follow-ups and the mails in the outbox are what an office would have, not rows
that look like it. The same seed gives the same year, relative to the day of loading.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from quartiersladen.accounts.models import Membership
from quartiersladen.accounts.queries import viewer_for
from quartiersladen.accounts.states import Role
from quartiersladen.concerns.demo import lives
from quartiersladen.concerns.demo.actions import enter_cards_and_a_walk
from quartiersladen.concerns.demo.addresses import store_right_addresses
from quartiersladen.concerns.demo.confidential import keep_confidential_matters
from quartiersladen.concerns.demo.followers import follow_what_is_new
from quartiersladen.concerns.demo.inbox import fill_the_inbox
from quartiersladen.concerns.demo.joint import join_the_heap
from quartiersladen.concerns.demo.order import put_in_order
from quartiersladen.concerns.demo.people import Office
from quartiersladen.concerns.demo.places import GROUNDS
from quartiersladen.concerns.demo.questions import ask_people_back
from quartiersladen.concerns.demo.scope_rules import store_scope_rules
from quartiersladen.concerns.demo.spam import fill_the_quarantine
from quartiersladen.concerns.demo.stories import Stories
from quartiersladen.concerns.demo.talks import tally_a_quarter_of_a_year
from quartiersladen.concerns.demo.topics import keep_an_important_topic
from quartiersladen.concerns.services.languages import read_languages
from quartiersladen.quarters.models import Quarter

SEED = 20_020_810
LETTER_AGE = 4  # days


@dataclass(frozen=True, slots=True)
class Chapter:
    """So many concerns live this life; ages: days since they came in, youngest and oldest."""

    life: lives.Life
    count: int
    ages: tuple[int, int]


YEARS: dict[str, list[Chapter]] = {
    "leipziger-osten": [
        Chapter(lives.just_came_in, 8, (0, 1)),
        Chapter(lives.looked_at, 6, (2, 12)),
        Chapter(lives.office_works_on_it, 10, (3, 40)),
        Chapter(lives.passed_on_lately, 9, (3, 12)),
        Chapter(lives.body_has_taken_it_on, 6, (8, 30)),
        Chapter(lives.is_due_today, 4, (16, 40)),
        Chapter(lives.is_overdue, 3, (20, 45)),
        Chapter(lives.asked_once, 6, (26, 50)),
        Chapter(lives.asked_three_times, 4, (60, 110)),
        Chapter(lives.body_has_answered, 4, (8, 40)),
        Chapter(lives.body_has_declined, 2, (8, 30)),
        Chapter(lives.fixed, 24, (25, 360)),
        Chapter(lives.fixed_by_the_office, 4, (20, 300)),
        Chapter(lives.partly_fixed, 6, (40, 350)),
        Chapter(lives.not_possible, 6, (40, 350)),
        Chapter(lives.never_answered, 4, (120, 350)),
        Chapter(lives.right_address_given, 10, (2, 340)),
        Chapter(lives.taken_back, 3, (6, 200)),
        Chapter(lives.taken_up_again, 3, (40, 120)),
    ],
    "am-leipziger-tor": [
        Chapter(lives.just_came_in, 2, (0, 1)),
        Chapter(lives.looked_at, 2, (2, 8)),
        Chapter(lives.office_works_on_it, 2, (4, 30)),
        Chapter(lives.passed_on_lately, 3, (3, 10)),
        Chapter(lives.is_overdue, 1, (20, 30)),
        Chapter(lives.asked_once, 1, (26, 40)),
        Chapter(lives.body_has_answered, 1, (8, 20)),
        Chapter(lives.fixed, 5, (25, 300)),
        Chapter(lives.not_possible, 1, (60, 200)),
        Chapter(lives.right_address_given, 2, (5, 200)),
    ],
}


def load(now: datetime) -> None:
    """Store right addresses, talks and concerns of every demo quarter."""
    for quarter in Quarter.objects.filter(slug__in=YEARS).order_by("-is_default"):
        random = Random(f"{SEED} {quarter.slug}")  # noqa: S311 -- the same year each time
        office = _office(quarter, now)
        addresses = store_right_addresses(quarter)
        stories = Stories(quarter, GROUNDS[quarter.slug], addresses, random)
        plan = [
            (now - timedelta(days=random.uniform(*chapter.ages)), chapter.life)
            for chapter in YEARS[quarter.slug]
            for _number in range(chapter.count)
        ]
        # Has its own luck, so that the rest of the year stays as it is.
        letter = Random(f"{SEED} letter {quarter.slug}")  # noqa: S311 -- the same year each time
        plan.append((now - timedelta(days=LETTER_AGE), lives.waits_for_a_letter))
        for came_in, life in sorted(plan, key=lambda item: item[0]):
            luck, told = random, stories
            if life is lives.waits_for_a_letter:
                luck, told = letter, Stories(quarter, GROUNDS[quarter.slug], addresses, letter)
            clock = lives.Clock(quarter, came_in, now, luck)
            life(lives.Scene(office, clock, told, luck))
        tally_a_quarter_of_a_year(office, now, random)
        follow_what_is_new(quarter, now)
        put_in_order(office, now)
        # Has its own luck, too.
        heap = Random(f"{SEED} heap {quarter.slug}")  # noqa: S311 -- the same year each time
        store_scope_rules(office, addresses, now, heap)
        if quarter.is_default:
            fill_the_quarantine(office, now, random)
            ask_people_back(office, now)
            enter_cards_and_a_walk(office, now)
            keep_an_important_topic(office, now)
            post = Random(f"{SEED} post {quarter.slug}")  # noqa: S311 -- the same mails each time
            fill_the_inbox(office, now, post)
            join_the_heap(office, now, heap)
            keep_confidential_matters(office, now)
    read_languages()


def _office(quarter: Quarter, now: datetime) -> Office:
    members = Membership.objects.filter(quarter=quarter).select_related("user")
    by_role = {Role(member.role): member.user for member in members}
    day = quarter.local_day(now)
    return Office(
        quarter=quarter,
        lead=viewer_for(by_role[Role.LEAD], quarter.pk, day),
        moderator=viewer_for(by_role[Role.MODERATOR], quarter.pk, day),
        helper=viewer_for(by_role[Role.HELPER], quarter.pk, day),
        people=by_role,
    )
