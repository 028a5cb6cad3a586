"""Talks of the demo: three months of a tally."""

from datetime import datetime, timedelta
from random import Random

from quartiersladen.concerns.demo.people import Office
from quartiersladen.concerns.services.talks import tally_talk
from quartiersladen.concerns.states import TalkPlace
from quartiersladen.quarters.queries import is_working_day, themes_of

DAYS = 90
PLACES = {
    TalkPlace.OFFICE: 4,
    TalkPlace.PHONE: 3,
    TalkPlace.STREET: 3,
    TalkPlace.STALL: 1,
    TalkPlace.VISIT: 1,
}


def tally_a_quarter_of_a_year(office: Office, now: datetime, random: Random) -> None:
    """Count up to four talks on every working day."""
    themes = [*themes_of(office.quarter), None]
    for ago in range(DAYS, -1, -1):
        at = now - timedelta(days=ago)
        day = office.quarter.local_day(at)
        if not is_working_day(office.quarter, day):
            continue
        for _talk in range(random.randrange(5)):
            tally_talk(
                viewer=random.choice((office.moderator, office.helper, office.lead)),
                quarter=office.quarter,
                place=random.choices(list(PLACES), weights=list(PLACES.values()))[0],
                theme=random.choice(themes),
                on=day,
                now=at,
            )
