"""What a mediation holds of people: its parties, and texts in which they may stand."""

from collections.abc import Callable
from datetime import date, datetime

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quartiersladen.accounts.rules import Viewer
from quartiersladen.dossiers.models import Dossier
from quartiersladen.dossiers.rules import rows_inside
from quartiersladen.dossiers.services.dossier import lock_dossiers, touch
from quartiersladen.dossiers.services.forgetting import clean_search_later
from quartiersladen.kernel.text import fold
from quartiersladen.mediation.models import Mediation, Party
from quartiersladen.mediation.queries import parties_for
from quartiersladen.mediation.rules import mediated_rows
from quartiersladen.mediation.services import forgetting
from quartiersladen.mediation.services.lines import write_line
from quartiersladen.mediation.states import StepState
from quartiersladen.privacy.registry import (
    Claims,
    Due,
    Found,
    FreeText,
    Holder,
    Identity,
    Line,
    Order,
    Person,
    Record,
    Rule,
    Section,
    keys_of,
    record,
)
from quartiersladen.privacy.states import Fate, RetentionKind
from quartiersladen.quarters.models import Quarter

PARTY = "mediation.party"
MOST = 200  # parties that are shown for one search
EXAMPLES = 50
DIGITS = 5
CONTACT_DAYS, TEXT_DAYS = 180, 3 * 365  # as of the concern; its rules say how long

Rows = Callable[..., Q]


def _of_mediation(viewer: Viewer) -> Q:
    return mediated_rows(viewer)


def _of_step(viewer: Viewer) -> Q:
    return mediated_rows(viewer, "mediation__")


def _text(field: str, title: object) -> FreeText:
    return FreeText(
        model="mediation.Mediation",
        field=field,
        title=str(title),
        quarter="concern__quarter_id",
        matter="concern_id",
        name="concern__dossier__reference",
        visible=_of_mediation,
    )


class Mediations(Holder):
    """Parties of mediations. A party is found by who is named on the concern, and by nobody else."""

    claims = Claims(
        personal={
            "mediation.mediation.agreement": "names the parties; until the text rule",
            "mediation.mediation.check_note": "may name people; until the text rule",
            "mediation.mediation.end_note": "may name people; until the text rule",
            "mediation.mediation.service": "a service, may name who works there; until the text rule",
            "mediation.party.name": "who takes part in a quarrel; until the contact rule",
            "mediation.party.email": "who takes part in a quarrel; until the contact rule",
            "mediation.party.phone": "who takes part in a quarrel; until the contact rule",
            "mediation.party.contact": "who takes part in a quarrel; until the contact rule",
            "mediation.party.language": "of who takes part in a quarrel; until the contact rule",
            "mediation.step.notes": "what was said in talks; until the text rule",
        },
    )
    free_texts = (
        _text("agreement", gettext_lazy("Agreement of a mediation")),
        _text("check_note", gettext_lazy("Whether an agreement holds")),
        _text("end_note", gettext_lazy("Note on the end of a mediation")),
        _text("service", gettext_lazy("Service to which a mediation was passed on")),
        FreeText(
            model="mediation.Step",
            field="notes",
            title=gettext_lazy("Notes of a mediation"),
            quarter="mediation__concern__quarter_id",
            matter="mediation__concern_id",
            name="mediation__concern__dossier__reference",
            visible=_of_step,
        ),
    )

    def find(self, viewer: Viewer, words: str) -> list[Found]:
        """Return parties of mediations that the viewer may see."""
        wanted, number = fold(words).split(), _digits(words)
        is_number = len(number) >= DIGITS and not any(sign.isalpha() for sign in words)
        found = []
        rows = parties_for(viewer).filter(gone_at=None).order_by("-pk")
        for party in rows.select_related("mediation__concern__dossier"):
            known = fold(f"{party.name} {party.email} {party.contact}")
            hit = (
                _core(number) in _digits(party.phone)
                if is_number
                else all(word in known for word in wanted)
            )
            if hit:
                found.append(_found(party))
        return found[:MOST]

    def recognise(self, viewer: Viewer, rows: frozenset[str]) -> Identity:
        """Return what the chosen parties say of the person. The matter is not theirs to read."""
        identity = Identity()
        for party in parties_for(viewer).filter(pk__in=keys_of(PARTY, rows)):
            identity |= forgetting.identity_of(party=party)
            identity |= Identity(rows=frozenset({party.subject}))
        return identity

    def sections(self, viewer: Viewer, person: Person) -> list[Section]:
        """Return contact data and when the person took part; nothing of the other parties."""
        rows = parties_for(viewer).filter(pk__in=person.keys_of(PARTY))
        parties = rows.select_related("mediation__concern__dossier").prefetch_related("steps")
        return [
            Section(
                "mediations",
                _("Mediations in which the person takes part"),
                [_told(party) for party in parties.order_by("pk")],
            )
        ]

    def plan(self, person: Person) -> list[Line]:
        """Name and contact data go; that somebody took part stays."""
        chosen = Party.objects.filter(pk__in=person.keys_of(PARTY))
        return [
            Line(
                _("Parties of a mediation: name, contact data, language"),
                chosen.filter(gone_at=None).count(),
                Fate.GOES,
                _("Nobody needs them any more once the person wants them gone."),
            ),
            Line(
                _("That somebody took part in a mediation, and what they said to the agreement"),
                chosen.count(),
                Fate.STAYS,
                _("The agreement binds the others, too. It stays without the name."),
            ),
        ]

    def begin(self, person: Person, now: datetime) -> None:  # noqa: ARG002 -- no clock needed
        """Lock the concerns, and let an open form at the desk notice."""
        keys = _matters_of(person)
        lock_dossiers(keys=keys)
        for dossier in Dossier.objects.filter(pk__in=keys).order_by("pk"):
            touch(dossier=dossier)

    def erase(self, person: Person, order: Order, now: datetime) -> None:  # noqa: ARG002 -- the same for all
        """Delete name and contact data; the journal says so by the party's number."""
        rows = Party.objects.filter(pk__in=person.keys_of(PARTY), gone_at=None)
        for party in rows.select_related("mediation__concern__dossier").order_by("pk"):
            forgetting.forget_party(party=party, now=now)
            write_line(
                viewer=None,
                mediation=party.mediation,
                deed="mediation_party_erased",
                now=now,
                number=party.number,
            )

    rules = (
        Rule(
            kind=RetentionKind.CONTACT,
            days=CONTACT_DAYS,
            since=gettext_lazy("after the concern was closed"),
            due=lambda *asked: _due(forgetting.parties_to_let_go, *asked),
            let_go=lambda *asked: _let_go(forgetting.let_parties_go, *asked),
        ),
        Rule(
            kind=RetentionKind.TEXT,
            days=TEXT_DAYS,
            since=gettext_lazy("after the concern was closed"),
            due=lambda *asked: _due(forgetting.texts_to_let_go, *asked),
            let_go=lambda *asked: _let_go(forgetting.let_texts_go, *asked),
        ),
    )


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def _core(number: str) -> str:
    return number.removeprefix("0049").removeprefix("49").removeprefix("0")


def _found(party: Party) -> Found:
    dossier = party.mediation.concern.dossier
    return Found(
        key=party.subject,
        name=party.name,
        detail=" · ".join(part for part in (party.email, party.phone, dossier.reference) if part),
        where=_("Takes part in a mediation"),
    )


def _matters_of(person: Person) -> list[int]:
    parties = Party.objects.filter(pk__in=person.keys_of(PARTY))
    rows = Mediation.objects.filter(parties__in=parties, concern__quarter=person.quarter)
    return sorted(set(rows.values_list("concern_id", flat=True)))


def _told(party: Party) -> Record:
    dossier = party.mediation.concern.dossier
    answered = party.answered_on
    consented = party.consented_on
    steps = [step for step in party.steps.all() if step.state == StepState.DONE]
    return record(
        dossier.reference,
        ("name", _("Name"), party.name),
        ("email", _("E-mail"), party.email),
        ("phone", _("Phone"), party.phone),
        ("contact", _("Other ways to reach them"), party.contact),
        ("language", _("Language"), party.language),
        ("interpreter", _("Interpreter"), _("needed") if party.needs_interpreter else ""),
        ("answer", _("Taking part"), _with_day(party.get_state_display(), answered)),
        ("consent", _("Agreement"), _with_day(party.get_consent_display(), consented)),
        *(
            (f"step_{number}", _day(step.on), step.get_kind_display())
            for number, step in enumerate(sorted(steps, key=lambda one: (one.on, one.pk)), 1)
        ),
    )


def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def _with_day(words: str, day: date | None) -> str:
    return f"{words}, {_day(day)}" if day else words


def _due(rows: Rows, quarter: Quarter, before: datetime, viewer: Viewer | None) -> Due:
    found = Dossier.objects.filter(rows(quarter=quarter, before=before))
    if viewer is None:
        return Due(found.count())
    numbers = found.filter(rows_inside(viewer)).order_by("reference").values_list("reference")
    return Due(found.count(), [number for (number,) in numbers[:EXAMPLES]])


def _let_go(
    deed: Callable[..., int], quarter: Quarter, before: datetime, now: datetime, limit: int
) -> int:
    gone = deed(quarter=quarter, before=before, limit=limit, now=now)
    if gone:
        clean_search_later()
    return gone


HOLDER = Mediations()
