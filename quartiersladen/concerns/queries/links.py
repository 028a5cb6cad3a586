"""Who comes with a signed link, and to what. Every reason to refuse one looks the same."""

from datetime import date

from quartiersladen.accounts.rules import Viewer, link_viewer
from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.concerns.models import Concern, Referral, Voice
from quartiersladen.concerns.states import ConcernState
from quartiersladen.dossiers.rules import may_learn_confidential
from quartiersladen.kernel.links import BadLink, read_token
from quartiersladen.quarters.models import Quarter


def by_voice_link(quarter: Quarter, token: str, today: date) -> tuple[Voice, Viewer]:
    """Return the voice of a link and its holder. Raises Voice.DoesNotExist for every reason alike."""
    try:
        claim = read_token(LinkPurpose.VOICE, token, today=today)
    except BadLink as exc:
        raise Voice.DoesNotExist from exc
    voice = Voice.objects.select_related("concern__dossier", "concern__quarter").get(
        pk=claim.subject_id, link_generation=claim.generation, concern__quarter=quarter
    )
    return voice, link_viewer(quarter.pk, LinkPurpose.VOICE, voice.pk)


def _by_link(
    purpose: LinkPurpose, quarter: Quarter, token: str, today: date
) -> tuple[Concern, Viewer]:
    try:
        claim = read_token(purpose, token, today=today)
    except BadLink as exc:
        raise Concern.DoesNotExist from exc
    concern = Concern.objects.select_related(
        "dossier",
        "dossier__quarter",
        "quarter",
        "theme",
        "teller",
        "right_address",
        "leader",
        "leader__dossier",
        "leader__quarter",
    ).get(pk=claim.subject_id, quarter=quarter, teller__link_generation=claim.generation)
    return concern, link_viewer(quarter.pk, purpose, concern.pk)


def by_status_link(quarter: Quarter, token: str, today: date) -> tuple[Concern, Viewer]:
    """Return the concern of a status link and its holder as a viewer.

    Raises Concern.DoesNotExist for every reason alike: forged, revoked, other quarter, and
    confidential, of which no page shows anything.
    """
    concern, viewer = _by_link(LinkPurpose.TELLER_STATUS, quarter, token, today)
    if concern.dossier.is_confidential:
        raise Concern.DoesNotExist
    return concern, viewer


def confidential_by_link(quarter: Quarter, token: str, today: date) -> Concern:
    """Return the confidential concern of a status link, to say that it is treated so.

    Raises Concern.DoesNotExist for every reason alike, and for one that is not confidential.
    """
    concern, viewer = _by_link(LinkPurpose.TELLER_STATUS, quarter, token, today)
    if not may_learn_confidential(viewer, concern.dossier):
        raise Concern.DoesNotExist
    return concern


def by_confirm_link(quarter: Quarter, token: str, today: date) -> tuple[Concern, Viewer]:
    """Return the concern of a confirmation link and its holder. Raises as by_status_link."""
    return _by_link(LinkPurpose.TELLER_EMAIL, quarter, token, today)


def by_referral_link(quarter: Quarter, token: str, today: date) -> tuple[Referral, Viewer]:
    """Return the referral of a one-case link and its holder.

    Raises Referral.DoesNotExist for every reason alike: forged, expired, revoked, withdrawn.
    """
    try:
        claim = read_token(LinkPurpose.REFERRAL, token, today=today)
    except BadLink as exc:
        raise Referral.DoesNotExist from exc
    referral = (
        Referral.objects.select_related(
            "body",
            "concern",
            "concern__dossier",
            "concern__dossier__quarter",
            "concern__quarter",
            "concern__theme",
            "concern__teller",
        )
        .exclude(concern__state=ConcernState.WITHDRAWN)
        .get(
            pk=claim.subject_id,
            link_generation=claim.generation,
            concern__quarter=quarter,
        )
    )
    return referral, link_viewer(quarter.pk, LinkPurpose.REFERRAL, referral.pk)
