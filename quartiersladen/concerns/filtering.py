"""What the desk's list was asked for, as it stands in the address; saved filters and files read it too."""

from datetime import date, timedelta

from django.conf import settings
from django.http import QueryDict

from quartiersladen.concerns.models.filter import QUERY_LENGTH
from quartiersladen.concerns.paging import cursor_from
from quartiersladen.concerns.queries.lists import ConcernFilter
from quartiersladen.concerns.states import HELD, OPEN, Channel, ConcernKind, ConcernState, Scope

OPEN_WORD = "offen"
#: Leichte Sprache is written by offices; what people write is German.
TOLD_IN = [code for code, _name in settings.LANGUAGES if code != "de-simple"]
#: Word in the address -> days from today until which it is due.
DUE = {"ueberfaellig": -1, "heute": 0, "woche": 7}
#: What narrows the list; everything else in an address is left out of what is kept.
NAMES = (
    "zustand",
    "q",
    "thema",
    "kanal",
    "sprache",
    "art",
    "zustaendigkeit",
    "faellig",
    "von",
    "bis",
    "schlagwort",
    "meine",
)
LONGEST_WORDS = 200  # characters


def _states(text: str) -> frozenset[ConcernState]:
    if text == OPEN_WORD:
        return OPEN
    known = text in ConcernState.values and text not in HELD
    return frozenset({ConcernState(text)}) if known else frozenset()


def _key(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def day_in(text: str) -> date | None:
    """Read a day as a date field sends it; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def wanted_from(query: QueryDict, *, user_id: int, today: date) -> ConcernFilter:
    """Return what an address asks for; what it cannot mean is left out."""

    def one_of(name: str, known: list[str]) -> str:
        value = query.get(name, "")
        return value if value in known else ""

    due = query.get("faellig", "")
    return ConcernFilter(
        states=_states(query.get("zustand", "")),
        theme_id=_key(query.get("thema", "")),
        language=one_of("sprache", TOLD_IN),
        channel=one_of("kanal", Channel.values),
        kind=one_of("art", ConcernKind.values),
        scope=one_of("zustaendigkeit", Scope.values),
        told_from=day_in(query.get("von", "")),
        told_until=day_in(query.get("bis", "")),
        due_until=today + timedelta(days=DUE[due]) if due in DUE else None,
        tag_id=_key(query.get("schlagwort", "")),
        assigned_to_id=user_id if query.get("meine") else None,
        words=query.get("q", "")[:LONGEST_WORDS],
        older_than=cursor_from(query.get("vor", "")),
        newer_than=cursor_from(query.get("nach", "")),
    )


def kept_query(query: QueryDict) -> str:
    """Return what of an address is worth keeping: what narrows the list, in one order."""
    kept = QueryDict(mutable=True)
    for name in NAMES:
        value = query.get(name, "")
        if value:
            kept[name] = value[:LONGEST_WORDS]
    text = kept.urlencode()
    return text if len(text) <= QUERY_LENGTH else ""
