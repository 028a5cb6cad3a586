"""Tables of the concerns module, by room. No deeds.

concern (the concern itself) · teller (who told it) · referral (passed on to one body) · question (back
to the person) · meeting (several bodies, who is invited) · joint (one concern leads another) · voice
("me too") · scope (what the office does not do, who helps) · routing (to whom it usually goes) · action
(where many come from at once) · mail (what a mail became, blocked senders) · draft (photos before
sending) · following (who gets mails about what is new) · filter (kept views of the list) · talk (the
tally). Importers take tables from here; a length or a list of values comes from its room.
"""

from quartiersladen.concerns.models.action import Action
from quartiersladen.concerns.models.concern import Concern
from quartiersladen.concerns.models.draft import Draft, DraftPhoto
from quartiersladen.concerns.models.filter import SavedFilter
from quartiersladen.concerns.models.following import Following
from quartiersladen.concerns.models.joint import Joining
from quartiersladen.concerns.models.mail import BlockedSender, CameByMail
from quartiersladen.concerns.models.meeting import Invitation, Meeting
from quartiersladen.concerns.models.question import Question
from quartiersladen.concerns.models.referral import Referral
from quartiersladen.concerns.models.routing import RoutingRule
from quartiersladen.concerns.models.scope import RightAddress, ScopeHit, ScopeRule
from quartiersladen.concerns.models.talk import Talk
from quartiersladen.concerns.models.teller import Teller
from quartiersladen.concerns.models.voice import Voice

__all__ = [
    "Action",
    "BlockedSender",
    "CameByMail",
    "Concern",
    "Draft",
    "DraftPhoto",
    "Following",
    "Invitation",
    "Joining",
    "Meeting",
    "Question",
    "Referral",
    "RightAddress",
    "RoutingRule",
    "SavedFilter",
    "ScopeHit",
    "ScopeRule",
    "Talk",
    "Teller",
    "Voice",
]
