"""The agreement on paper: what was agreed upon, with a line for the signature of each party."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from quartiersladen.kernel.pdf import make_pdf
from quartiersladen.mediation.models import Mediation, Party
from quartiersladen.mediation.states import Assent, Side
from quartiersladen.quarters.letterhead import letterhead

TEMPLATE = Path(__file__).parent / "templates" / "mediation" / "agreement.typ"


def _long(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def _signed(party: Party) -> str:
    """Return what stands under the party's line: what it waits for, or the yes that is known."""
    if not party.consent or party.consented_on is None:
        return _("Place, day, signature")
    how = Assent(party.consent).label
    return _("%(how)s on %(day)s") % {"how": how, "day": _long(party.consented_on)}


def agreement_pdf(
    *,
    mediation: Mediation,
    parties: Sequence[Party],
    mediator: str,
    programme: str,
    now: datetime,
) -> bytes:
    """Return the agreement as PDF. parties: who takes part.  mediator: who signs for the office.

    programme: the funding line of the period, "" for none.  The words around it are German; the
    agreement stands as it was written.
    """
    concern = mediation.concern
    quarter = concern.quarter
    with translation.override("de"):
        title, empty = _("Agreement"), _("Place, day, signature")
        data = {
            "title": title,
            "number": _("No. %(number)s") % {"number": concern.dossier.reference},
            "day": _long(quarter.local_day(now)),
            "between": _("Between"),
            "parties": [{"name": one.name, "side": str(Side(one.side).label)} for one in parties],
            "agreed": _("We have agreed:"),
            "paragraphs": [part for part in mediation.agreement.splitlines() if part.strip()],
            "look": _look(mediation),
            "signatures": _("Signatures"),
            "lines": [
                *({"name": one.name, "said": _signed(one)} for one in parties),
                {"name": _("%(name)s, for the office") % {"name": mediator}, "said": empty},
            ],
            "kept": _(
                "Everybody who signs gets a copy. The office keeps one; only those who mediate"
                " read it."
            ),
            "page_words": _("Page {n} of {m}"),
        }
    return make_pdf(
        TEMPLATE,
        title=title,
        language="de",
        author=quarter.name,
        data=data,
        exact={"head": letterhead(quarter, programme=programme)},
        now=now,
    )


def _look(mediation: Mediation) -> str:
    if mediation.check_on is None:
        return ""
    return _("On %(day)s we ask each other whether it holds.") % {"day": _long(mediation.check_on)}
