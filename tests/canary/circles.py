"""Who may see what: one line per field, written down apart from the rules that it checks."""

from collections.abc import Callable
from dataclasses import dataclass

from quartiersladen.accounts.models import Membership
from quartiersladen.accounts.states import Role
from quartiersladen.concerns.models import Concern, Referral, SavedFilter
from quartiersladen.correspondence.models import Mailbox, Message
from quartiersladen.correspondence.states import Counterpart
from quartiersladen.directory.models import ResponsibleBody
from quartiersladen.dossiers.models import Dossier, Entry
from quartiersladen.dossiers.states import Audience
from quartiersladen.outbox.models import Mail, Outage
from quartiersladen.outbox.outages import server_key
from quartiersladen.quarters.models import Quarter
from quartiersladen.website.models import SitePage
from tests.canary.world import Canary, World


@dataclass(frozen=True)
class Visitor:
    """Somebody who looks. role: in the quarter `quarter`.  Links open one case or one referral."""

    name: str
    quarter: int | None = None
    role: Role | None = None
    user: int | None = None
    teller_of: int | None = None
    referral: int | None = None

    @property
    def works(self) -> bool:
        """Lead or moderator."""
        return self.role in {Role.LEAD, Role.MODERATOR}

    @property
    def keeps_settings(self) -> bool:
        """Lead or administrator."""
        return self.role in {Role.LEAD, Role.ADMINISTRATOR}


class Facts:
    """What the circles ask the database; every answer is read once, before the crawl."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.dossiers = {d.pk: d for d in Dossier.objects.prefetch_related("named")}
        self.named = {pk: {n.user_id for n in d.named.all()} for pk, d in self.dossiers.items()}
        self.referrals = {r.pk: r for r in Referral.objects.select_related("concern__teller")}
        self.entries = {e.pk: e for e in Entry.objects.all()}
        self.concerns = {c.pk: c for c in Concern.objects.all()}
        self.shown = set(
            Membership.objects.filter(is_shown=True, to_on=None).values_list("pk", flat=True)
        )
        self.shown_users = set(
            Membership.objects.filter(pk__in=self.shown).values_list("user_id", flat=True)
        )
        self.published = set(
            SitePage.objects.filter(is_published=True).values_list("pk", flat=True)
        )
        self.to_teller = set(
            Message.objects.filter(counterpart=Counterpart.TELLER).values_list("pk", flat=True)
        )
        self.to_followers = set(
            Mail.objects.filter(is_account=False, kind__startswith="follow").values_list(
                "pk", flat=True
            )
        )
        self.served = {
            outage.pk: {
                quarter.pk
                for quarter in Quarter.objects.all()
                if server_key(quarter.smtp_url) == outage.server_key
            }
            for outage in Outage.objects.all()
        }
        self.filters = {f.pk: (f.user_id, f.is_shared) for f in SavedFilter.objects.all()}
        self.mailboxes = {
            box.pk: {
                quarter.pk
                for quarter in Quarter.objects.all()
                if server_key(quarter.mailbox_url) == box.key
            }
            for box in Mailbox.objects.all()
        }
        self.bodies_of_public = set(ResponsibleBody.objects.values_list("pk", flat=True))


Circle = Callable[[Visitor, Canary, Facts], bool]


def theirs(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """Behind the person's own link; that of a confidential case shows nothing of it."""
    if who.teller_of is None or who.teller_of != canary.dossier:
        return False
    return facts.dossiers[who.teller_of].audience != Audience.CONFIDENTIAL


def inside(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """The desk's page of a case."""
    dossier = facts.dossiers[canary.dossier or 0]
    if who.quarter != dossier.quarter_id or who.role is None:
        return False
    if dossier.audience == Audience.CONFIDENTIAL and who.user not in facts.named[dossier.pk]:
        return False
    return who.works or (who.role == Role.HELPER and dossier.assigned_to_id == who.user)


def _is_public(canary: Canary, facts: Facts) -> bool:
    dossier = facts.dossiers[canary.dossier or 0]
    return dossier.audience == Audience.PUBLIC and facts.concerns[dossier.pk].is_released


def told(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """What somebody told: the desk, they themselves, and the body that has it."""
    return (
        inside(who, canary, facts)
        or theirs(who, canary, facts)
        or (
            who.referral is not None and facts.referrals[who.referral].concern_id == canary.dossier
        )
    )


def agreed(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """What somebody agreed to: of a case as the case, of who follows news lead and moderator."""
    if canary.dossier is None:
        return office(who, canary, facts)
    return own_or_desk(who, canary, facts)


def own_or_desk(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """What the person agreed to: the desk, and they themselves."""
    return inside(who, canary, facts) or theirs(who, canary, facts)


def written(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """Correspondence: the desk, and the person what went between them and the office."""
    own = theirs(who, canary, facts) and canary.pk in facts.to_teller
    return own or inside(who, canary, facts)


def contact(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """How to reach the person: the desk, they themselves, a body that got it with consent."""
    if own_or_desk(who, canary, facts):
        return True
    referral = facts.referrals.get(who.referral or 0)
    return (
        referral is not None
        and referral.concern_id == canary.dossier
        and referral.with_contact
        and referral.moved_from_id is None
        and referral.concern.teller.may_pass_on
    )


def released(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """The public copy: everybody after release, the desk before."""
    return _is_public(canary, facts) or inside(who, canary, facts)


def answer(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """How it ended: as the public copy, and the person."""
    return released(who, canary, facts) or theirs(who, canary, facts)


def line(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """A line of the journal, by its audience."""
    if inside(who, canary, facts):
        return True
    audience = facts.entries[canary.pk].audience
    if audience == Audience.PUBLIC and _is_public(canary, facts):
        return True
    return theirs(who, canary, facts) and audience in {Audience.PUBLIC, Audience.TELLER}


def referred(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """Between the office and one body."""
    return inside(who, canary, facts) or who.referral == canary.pk


def mail(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """The outbox: lead and moderator, also the desk's page of its case."""
    if canary.dossier is None:
        # Mails of the sign-in nobody; to who follows news as all that belongs to no case.
        return canary.pk in facts.to_followers and office(who, canary, facts)
    return inside(who, canary, facts)


def everybody(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """What the office says of itself."""
    return True


def nobody(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """Kept, and shown on no page."""
    return False


def quoted(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """Shown on no page; the lead reads an excerpt before an erasure, see test_person."""
    return who.role == Role.LEAD and inside(who, canary, facts)


def published(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """A text of the office: everybody when it is published, before that who writes it."""
    return canary.pk in facts.published or (
        who.quarter == canary.quarter and (who.works or who.keeps_settings)
    )


def desk(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """Everybody who works at the desk."""
    return who.quarter == canary.quarter and (who.works or who.role == Role.HELPER)


def office(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """Lead and moderator."""
    return who.quarter == canary.quarter and who.works


def house(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """What concerns all quarters: who keeps the settings of one."""
    return who.keeps_settings


def outage(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """Why no mail goes: lead and moderator of the quarters whose server it is."""
    return who.works and who.quarter in facts.served[canary.pk]


def figures(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """What figures of the office are ordered by; the client gets less, see tables_office."""
    return desk(who, canary, facts)


def kept_filter(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """A saved filter: who made it, and the desk if it is the team's."""
    made_by, is_shared = facts.filters[canary.pk]
    return desk(who, canary, facts) and (is_shared or who.user == made_by)


def inbound(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """A mail that came in: as its case, without one lead and moderator."""
    return office(who, canary, facts) if canary.dossier is None else inside(who, canary, facts)


def read_for(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """Why a mailbox cannot be read: the desk of the quarters for which it is."""
    is_desk = who.works or who.role == Role.HELPER
    return is_desk and who.quarter in facts.mailboxes[canary.pk]


def wording(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """Text snippets: who writes them, and who puts them into letters."""
    return desk(who, canary, facts) or settings(who, canary, facts)


def settings(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """Who keeps settings and members."""
    return who.quarter == canary.quarter and who.keeps_settings


def colleague(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """A name at the desk: the house, the person, and everybody if shown on the contact page."""
    return (
        (who.quarter == canary.quarter and who.role is not None and who.role != Role.CLIENT)
        or who.user == canary.pk
        or canary.pk in facts.shown_users
    )


def own_address(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """The address with which somebody signs in; the office looks it up for who asks for their data."""
    return settings(who, canary, facts) or office(who, canary, facts) or who.user == canary.pk


def shown_member(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """Function and phone of a colleague who wants to be shown; for the office as the address."""
    return canary.pk in facts.shown or settings(who, canary, facts) or office(who, canary, facts)


FIELDS: dict[str, Circle] = {
    "accounts.User.email": own_address,
    "accounts.User.name": colleague,
    "accounts.User.first_name": nobody,
    "accounts.User.last_name": nobody,
    "accounts.Membership.function": shown_member,
    "accounts.Membership.phone": shown_member,
    "quarters.Quarter.name": everybody,
    "quarters.Quarter.short_name": everybody,
    "quarters.Quarter.welcome": everybody,
    "quarters.Quarter.operator": everybody,
    "quarters.Quarter.client": everybody,
    "quarters.Quarter.email": everybody,
    "quarters.Quarter.phone": everybody,
    "quarters.Quarter.street": everybody,
    "quarters.Quarter.city": everybody,
    "quarters.Quarter.smtp_url": nobody,
    "quarters.Quarter.imap_url": nobody,
    "quarters.Quarter.mail_from": nobody,
    "quarters.District.name": everybody,
    "quarters.Premises.name": everybody,
    "quarters.Premises.street": everybody,
    "quarters.Premises.city": everybody,
    "quarters.Premises.phone": everybody,
    "quarters.Premises.note": everybody,
    "quarters.Theme.name": everybody,
    "quarters.ProgrammeFooter.text": everybody,
    "backups.Backup.error": house,
    "privacy.Consent.wording": agreed,
    "privacy.Trail.deed": settings,
    "privacy.Trail.subject": settings,
    "privacy.Trail.data": nobody,
    "outbox.Mail.to_address": mail,
    "outbox.Mail.subject": mail,
    "outbox.Mail.text": mail,
    "outbox.Mail.last_error": mail,
    "outbox.Outage.last_error": outage,
    "dossiers.Dossier.title": inside,
    "dossiers.Dossier.search_text": nobody,
    "dossiers.Entry.actor_name": line,
    "dossiers.Entry.text": line,
    "dossiers.Entry.data": line,
    "dossiers.FollowUp.note": inside,
    "dossiers.Document.caption": quoted,
    "dossiers.Tag.name": desk,
    "correspondence.Message.subject": inside,
    "correspondence.Message.text": written,
    "correspondence.InboundMail.sender_address": inbound,
    "correspondence.InboundMail.sender_name": inbound,
    "correspondence.InboundMail.subject": inbound,
    "correspondence.InboundMail.text": inbound,
    "correspondence.InboundMail.quoted": inbound,
    "correspondence.InboundMail.attachments": inbound,
    "correspondence.InboundMail.reason": inbound,
    "correspondence.Mailbox.last_error": read_for,
    "correspondence.TextSnippet.title": wording,
    "correspondence.TextSnippet.text": wording,
    "directory.ResponsibleBody.name": everybody,
    "directory.ResponsibleBody.email": office,
    "directory.ResponsibleBody.phone": office,
    "directory.ResponsibleBody.street": office,
    "directory.ResponsibleBody.city": office,
    "directory.ResponsibleBody.note": office,
    "directory.ContactPerson.name": desk,
    "directory.ContactPerson.function": desk,
    "directory.ContactPerson.email": office,
    "directory.ContactPerson.phone": office,
    "concerns.RightAddress.name": everybody,
    "concerns.RightAddress.text": everybody,
    "concerns.Concern.text": told,
    "concerns.Concern.place_text": told,
    "concerns.Concern.answer": answer,
    "concerns.Concern.reason": answer,
    "concerns.Concern.public_title": released,
    "concerns.Concern.public_text": released,
    "concerns.Concern.public_words": nobody,
    "concerns.Following.email": office,
    "concerns.Teller.name": contact,
    "concerns.Teller.email": contact,
    "concerns.Teller.phone": contact,
    "concerns.Teller.address": contact,
    "concerns.Referral.cover_note": referred,
    "concerns.Referral.reply": referred,
    "concerns.Question.text": own_or_desk,
    "concerns.Question.answer": own_or_desk,
    "concerns.Action.name": desk,
    "concerns.Action.place": desk,
    "concerns.BlockedSender.name": office,
    "concerns.SavedFilter.name": kept_filter,
    "concerns.SavedFilter.query": kept_filter,
    "concerns.ScopeRule.title": everybody,
    "concerns.ScopeRule.text": everybody,
    "concerns.ScopeRule.words": office,
    "concerns.Voice.email": inside,
    "concerns.DraftPhoto.label": nobody,
    "api.OpenTheme.description": everybody,
    "api.OpenTheme.keywords": everybody,
    "api.OpenTheme.group": everybody,
    "api.Attribute.description": everybody,
    "api.Attribute.hint": everybody,
    "api.Attribute.values": everybody,
    "api.ApiKey.partner": settings,
    "api.ApiKey.contact": settings,
    "website.SitePage.body": published,
    "website.SitePage.facts": published,
}

#: Fields in which no words of people stand; the machine needs them as they are.
STRUCTURE: dict[str, str] = {
    "accounts.User.password": "a hash; tests/canary/test_secrets.py looks for it",
    "accounts.Session.session_key": "opens the door; the crawler looks for each visitor's own",
    "accounts.Session.session_data": "encoded; test_canaries reads what it holds",
    "accounts.Session.browser": "a name from our own list",
    "accounts.Session.system": "a name from our own list",
    "accounts.NetworkCount.key": "a keyed hash",
    "quarters.Quarter.host": "chooses the quarter",
    "quarters.Quarter.time_zone": "name of a zone",
    "quarters.Quarter.languages": "codes",
    "quarters.Quarter.accent": "a colour",
    "quarters.Quarter.accent_dark": "a colour",
    "quarters.Quarter.outline": "a geometry, public",
    "quarters.Quarter.postcode": "five digits",
    "quarters.Quarter.mail_domain": "part of Message-IDs",
    "quarters.District.outline": "a geometry, public",
    "quarters.Premises.postcode": "five digits",
    "quarters.Premises.opening": "hours, public",
    "privacy.Consent.subject": "which row it is about",
    "privacy.Consent.language": "a code",
    "privacy.Consent.channel": "a code",
    "outbox.Mail.kind": "a code",
    "outbox.Mail.language": "a code",
    "outbox.Mail.headers": "Message-IDs",
    "outbox.Mail.links": "what a placeholder becomes",
    "outbox.Mail.message_id": "a random number",
    "outbox.Outage.server_key": "a keyed hash",
    "correspondence.InboundMail.mail_key": "a Message-ID or a checksum",
    "correspondence.InboundMail.fingerprint": "a checksum",
    "correspondence.InboundMail.raw_name": "where the bytes lie",
    "correspondence.Mailbox.key": "a keyed hash",
    "files.StoredFile.media_type": "our own",
    "files.StoredFile.sha256": "a hash",
    "files.StoredFile.storage_name": "where the bytes lie",
    "files.StoredFile.thumbnail_name": "where the bytes lie",
    "dossiers.Dossier.reference": "the number; whether it exists is tested apart",
    "dossiers.Dossier.language": "a code",
    "dossiers.Entry.deed": "a code",
    "concerns.Concern.text_language": "a code",
    "concerns.Following.language": "a code",
    "concerns.Following.subject": "keys of rows, or a point",
    "dossiers.Tag.folded": "the folded name",
    "concerns.SavedFilter.folded": "the folded name",
    "concerns.Voice.cookie_hash": "a hash of a random number",
    "concerns.Voice.language": "a code",
    "concerns.Joining.moved": "keys of referrals",
    "concerns.Joining.revoked": "keys of referrals",
    "api.Open311.jurisdiction": "a code",
    "api.Attribute.code": "a code",
    "api.ApiKey.digest": "a hash",
    "api.ApiKey.beginning": "the first letters of a random key",
    "api.Creation.digest": "a hash",
    "api.Creation.service_code": "short name of a theme",
    "directory.ResponsibleBody.sort_name": "the folded name",
    "directory.ResponsibleBody.postcode": "five digits",
}


def may_see(who: Visitor, canary: Canary, facts: Facts) -> bool:
    """Say whether the canary may sing for this visitor."""
    return FIELDS[canary.field](who, canary, facts)
