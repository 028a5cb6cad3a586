"""Who may do what with concerns. Who may see one is the dossier's rule."""

from quartiersladen.accounts.rules import Viewer
from quartiersladen.accounts.states import LinkPurpose, Role
from quartiersladen.concerns.models import CameByMail, Concern, Referral
from quartiersladen.concerns.states import ConcernState, MailEffect
from quartiersladen.correspondence.incoming.states import InboundState
from quartiersladen.correspondence.models import InboundMail
from quartiersladen.dossiers.rules import may_look_inside
from quartiersladen.quarters.models import Quarter


def may_enter_concerns(viewer: Viewer) -> bool:
    """Everybody at the desk types in what is told; residents use the public form."""
    return viewer.may_enter


def may_work_on(viewer: Viewer, concern: Concern) -> bool:
    """Lead and moderator on all, helpers on what is assigned to them."""
    return may_look_inside(viewer, concern.dossier)


def may_decide(viewer: Viewer, concern: Concern) -> bool:
    """Scope, release, closing: lead and moderator only."""
    return viewer.may_work and may_look_inside(viewer, concern.dossier)


def may_see_teller(viewer: Viewer, concern: Concern) -> bool:
    """Contact data: lead and moderator; helpers only of assigned cases."""
    return viewer.role in {Role.LEAD, Role.MODERATOR, Role.HELPER} and may_look_inside(
        viewer, concern.dossier
    )


def may_reply(viewer: Viewer, referral: Referral) -> bool:
    """The body through its own one-case link, or the office on its behalf."""
    if viewer.link_purpose == LinkPurpose.REFERRAL:
        return viewer.link_subject_id == referral.pk
    return may_work_on(viewer, referral.concern)


def may_act_as_teller(viewer: Viewer, concern: Concern) -> bool:
    """The holder of this concern's status link."""
    return (
        viewer.link_purpose == LinkPurpose.TELLER_STATUS
        and viewer.link_subject_id == concern.dossier_id
        and viewer.quarter_id == concern.quarter_id
    )


def may_become_concern(mail: InboundMail, effect: CameByMail | None) -> bool:
    """Whether a draft can be made of a mail that was taken for something else or put aside."""
    return not is_draft(effect) and mail.state != InboundState.TAKEN and mail.gone_at is None


def is_draft(effect: CameByMail | None) -> bool:
    """Whether a mail is a draft that nobody has decided; a copy of it may have been taken in."""
    if effect is None or effect.what != MailEffect.DRAFT or effect.concern is None:
        return False
    return effect.concern.state == ConcernState.DRAFT


def may_block(viewer: Viewer, quarter: Quarter) -> bool:
    """Keep the list of blocked senders: lead and moderator, who also judge the quarantine."""
    return viewer.may_work and viewer.quarter_id == quarter.pk
