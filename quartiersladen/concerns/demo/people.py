"""Who works in the demo's offices, and who tells them things."""

from dataclasses import dataclass
from random import Random

from quartiersladen.accounts.models import User
from quartiersladen.accounts.rules import Viewer
from quartiersladen.accounts.states import Role
from quartiersladen.quarters.models import Quarter

FIRST = [
    "Amal",
    "Bernd",
    "Chiara",
    "Dilan",
    "Edda",
    "Farid",
    "Grete",
    "Hanh",
    "Ilja",
    "Jette",
    "Kemal",
    "Lioba",
    "Mira",
    "Nour",
    "Oksana",
    "Paul",
    "Rana",
    "Sami",
    "Thea",
    "Ulla",
    "Viet",
    "Wanda",
    "Xaver",
    "Yara",
    "Zora",
]
LAST = [
    "Ackerwinde",
    "Bachstelz",
    "Dachsel",
    "Efeuhain",
    "Farnkraut",
    "Ginsterbusch",
    "Haselmaus",
    "Immergrün",
    "Johanniskraut",
    "Kornrade",
    "Lerchenfeld",
    "Mohnblum",
    "Nachtigall",
    "Ottermann",
    "Pfauenaug",
    "Quendel",
    "Rotkehl",
    "Sanddorn",
    "Taubnessel",
    "Uferschilf",
    "Vogelbeer",
    "Wiesenknopf",
    "Zaunkönig",
]


@dataclass(frozen=True, slots=True)
class Office:
    """The people at one desk, as viewers."""

    quarter: Quarter
    lead: Viewer
    moderator: Viewer
    helper: Viewer
    people: dict[Role, User]

    def worker(self, random: Random) -> Viewer:
        """Return lead or moderator; most of the daily work is the moderator's."""
        return random.choices((self.moderator, self.lead), weights=(3, 1))[0]


def invented_name(random: Random) -> str:
    """Return a name that nobody has."""
    return f"{random.choice(FIRST)} {random.choice(LAST)}"


def invented_mobile(random: Random) -> str:
    """Return a number of the range that is reserved for fiction."""
    return f"0171 39200 {random.randrange(100):02d}"
