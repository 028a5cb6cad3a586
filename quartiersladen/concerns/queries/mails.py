"""What became of a mail that came in."""

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import CameByMail
from quartiersladen.correspondence.models import InboundMail
from quartiersladen.correspondence.rules import may_read_mail


def came_by_mail(viewer: Viewer, mail: InboundMail) -> CameByMail | None:
    """Return what a mail became here, with its concern; None if nothing (yet) or hidden."""
    if not may_read_mail(viewer, mail):
        return None
    effects = CameByMail.objects.filter(mail=mail)
    return effects.select_related(
        "concern__dossier",
        "concern__dossier__quarter",
        "concern__quarter",
        "concern__teller",
        "referral__body",
        "referral__concern__dossier__quarter",
        "referral__concern__quarter",
        "referral__concern__teller",
    ).first()
