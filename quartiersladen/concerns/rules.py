"""Who may do what with concerns. Who may see one is the dossier's rule."""

from quartiersladen.accounts.rules import Viewer
from quartiersladen.accounts.states import LinkPurpose, Role
from quartiersladen.concerns.models import CameByMail, Concern, Referral, SavedFilter, Voice
from quartiersladen.concerns.states import ConcernState, MailEffect
from quartiersladen.correspondence.incoming.states import InboundState
from quartiersladen.correspondence.models import InboundMail
from quartiersladen.dossiers.rules import may_look_inside
from quartiersladen.dossiers.states import Audience
from quartiersladen.quarters.models import Quarter


def may_enter_concerns(viewer: Viewer) -> bool:
    """Everybody at the desk types in what is told; residents use the public form."""
    return viewer.may_enter


def may_work_on(viewer: Viewer, concern: Concern) -> bool:
    """Lead and moderator on all, helpers on what is assigned to them."""
    return may_look_inside(viewer, concern.dossier)


def may_open_leader(viewer: Viewer, concern: Concern) -> bool:
    """Whether the viewer may open the concern that leads this one, and so read its title."""
    return concern.leader is not None and may_look_inside(viewer, concern.leader.dossier)


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


def takes_replies(concern: Concern) -> bool:
    """Whether a reply of a body belongs here.

    What was joined is replied to at its leading one, and words that were deleted do not come back.
    """
    return concern.state != ConcernState.JOINED and concern.text_gone_at is None


def may_act_as_teller(viewer: Viewer, concern: Concern) -> bool:
    """The holder of this concern's status link."""
    return (
        viewer.link_purpose == LinkPurpose.TELLER_STATUS
        and viewer.link_subject_id == concern.dossier_id
        and viewer.quarter_id == concern.quarter_id
    )


def is_public(concern: Concern) -> bool:
    """Whether everybody may read its public copy, with its dossier loaded; as queries.public.released()."""
    is_shown = concern.is_released and concern.dossier.audience == Audience.PUBLIC
    return is_shown and concern.state != ConcernState.WITHDRAWN


def may_add_voice(concern: Concern) -> bool:
    """Everybody may say "me too" to what everybody may read, as long as it is open."""
    return concern.is_released and concern.is_open


def may_act_as_voice(viewer: Viewer, voice: Voice) -> bool:
    """The holder of the link in the mails to this voice."""
    return viewer.link_purpose == LinkPurpose.VOICE and viewer.link_subject_id == voice.pk


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


def may_keep_scope_rules(viewer: Viewer, quarter: Quarter) -> bool:
    """Keep the list of what the office does not do: lead and moderator, who decide the scope."""
    return viewer.may_work and viewer.quarter_id == quarter.pk


def may_keep_routing_rules(viewer: Viewer, quarter: Quarter) -> bool:
    """Keep the list of to whom concerns usually go: lead and moderator, who pass them on."""
    return viewer.may_work and viewer.quarter_id == quarter.pk


def may_read_figures(viewer: Viewer, quarter: Quarter) -> bool:
    """Figures of a quarter: its desk, and the city that pays for it."""
    return viewer.may_read_figures and viewer.quarter_id == quarter.pk


def may_read_body_figures(viewer: Viewer, quarter: Quarter) -> bool:
    """How single bodies answer: not for helpers, who do not speak for the office."""
    return may_read_figures(viewer, quarter) and viewer.role != Role.HELPER


def may_export_contacts(viewer: Viewer, quarter: Quarter) -> bool:
    """Take contact data of many people away in a file: lead and moderator."""
    return viewer.may_work and viewer.quarter_id == quarter.pk


def may_share_filter(viewer: Viewer) -> bool:
    """Put a saved filter before the whole team: lead and moderator."""
    return viewer.may_work


def may_change_filter(viewer: Viewer, kept: SavedFilter) -> bool:
    """Rename or delete a saved filter: who made it; of the team's also lead and moderator."""
    if viewer.quarter_id != kept.quarter_id or not viewer.may_enter:
        return False
    return kept.user_id == viewer.user_id or (kept.is_shared and viewer.may_work)
