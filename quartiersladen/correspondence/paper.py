"""Letters on paper: DIN 5008 form B, for a window envelope or to be handed out.

The words come from the module that writes; here they get the quarter's letterhead, the lines for
the window, fold marks and page numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from quartiersladen.kernel.pdf import make_pdf
from quartiersladen.kernel.qr import qr_picture
from quartiersladen.quarters.letterhead import letterhead
from quartiersladen.quarters.models import Quarter

TEMPLATE = Path(__file__).parent / "templates" / "correspondence" / "letter.typ"


@dataclass(frozen=True, slots=True)
class Paper:
    """A letter to one person.

    subject: names no person.  paragraphs: plain text; line breaks stay.
    address: the lines for the window; none for a letter that is handed out.
    facts: (label, value) for the block beside the window.
    url, url_words: a page for the person and the sentence before it; "" for none.  The address is
    secret, so `text`, which is kept, leaves it out.
    """

    subject: str
    paragraphs: Sequence[str]
    language: str
    address: Sequence[str]
    facts: Sequence[tuple[str, str]]
    url: str
    url_words: str
    closing: str
    signature: Sequence[str]

    @property
    def text(self) -> str:
        """The words of the letter as they are kept."""
        page = f"{self.url_words} •••" if self.url else ""
        parts = [*self.paragraphs, page, self.closing, "\n".join(self.signature)]
        return "\n\n".join(part for part in parts if part)


def paper_pdf(*, quarter: Quarter, paper: Paper, programme: str, now: datetime) -> bytes:
    """Return the letter as PDF. programme: the funding line of the period, "" for none."""
    with translation.override(paper.language):
        page_words = _("Page {n} of {m}")
        qr_words = _("QR code with the address of this page")
    data = {
        "subject": paper.subject,
        "paragraphs": list(paper.paragraphs),
        "address": list(paper.address),
        "facts": [list(fact) for fact in paper.facts],
        "url_words": paper.url_words,
        "qr_words": qr_words,
        "closing": paper.closing,
        "signature": list(paper.signature),
        "page_words": page_words,
    }
    exact = {
        "head": letterhead(quarter, programme=programme),
        "url": paper.url,
        "qr": qr_picture(paper.url) if paper.url else "",
    }
    return make_pdf(
        TEMPLATE,
        title=paper.subject,
        language=paper.language,
        author=quarter.name,
        data=data,
        exact=exact,
        now=now,
    )
