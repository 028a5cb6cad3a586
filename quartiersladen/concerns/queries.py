"""Reads of the concerns module: viewer first, only what the viewer may see."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Concat, Lower

from quartiersladen.accounts.rules import Viewer, link_viewer
from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.concerns.models import (
    BlockedSender,
    CameByMail,
    Concern,
    DraftPhoto,
    Joining,
    Meeting,
    Referral,
    RightAddress,
    SavedFilter,
    ScopeRule,
    Talk,
    Voice,
)
from quartiersladen.concerns.rules import may_act_as_teller, may_add_voice
from quartiersladen.concerns.states import (
    HELD,
    OPEN,
    WAITING,
    ConcernState,
    HitOutcome,
    MeetingState,
    ReferralState,
)
from quartiersladen.correspondence.incoming.states import InboundState
from quartiersladen.correspondence.models import InboundMail
from quartiersladen.correspondence.queries import kept_text
from quartiersladen.correspondence.rules import may_read_mail
from quartiersladen.correspondence.states import Counterpart
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.queries import documents_of
from quartiersladen.dossiers.rules import (
    confidential_of,
    may_learn_confidential,
    rows_inside,
    visible_rows,
)
from quartiersladen.dossiers.search import narrowed, words_of
from quartiersladen.dossiers.states import title_in_lists
from quartiersladen.kernel.links import BadLink, read_token
from quartiersladen.kernel.spam import Sign, sender_names
from quartiersladen.kernel.text import is_key
from quartiersladen.privacy.models import Consent
from quartiersladen.privacy.queries import has_agreed
from quartiersladen.privacy.states import ConsentPurpose
from quartiersladen.quarters.models import Quarter

PAGE = 50  # rows
PORTION = 500  # rows of a file
COUNTED = 1000  # rows; the list says "more than 1,000" beyond
COUNTED_HITS = 100  # the same when words are looked for, because each row has to be read
FEWEST_VOICES = 3  # are shown to everybody
DOSSIER = "dossier__"  # the path from a concern


@dataclass(frozen=True, slots=True)
class ConcernFilter:
    """What a list shows. Empty fields do not narrow."""

    states: frozenset[ConcernState] = frozenset()
    theme_id: int | None = None
    channel: str = ""
    #: Code of the language in which it was told.
    language: str = ""
    assigned_to_id: int | None = None
    words: str = ""
    kind: str = ""
    scope: str = ""
    #: Days on which it was told, both counted.
    told_from: date | None = None
    told_until: date | None = None
    #: The last day on which it is due.
    due_until: date | None = None
    tag_id: int | None = None
    #: Continue after (older than) or before (newer than) this moment and row.
    older_than: tuple[datetime, int] | None = None
    newer_than: tuple[datetime, int] | None = None


class DeskRow(NamedTuple):
    """One line of the desk's list. theme: its names by language, None without a theme."""

    pk: int
    created_at: datetime
    reference: str
    version: int
    title: str
    state: str
    theme_id: int | None
    theme: Mapping[str, str] | None
    next_on: date | None
    looked_after_by: str | None
    audience: str

    @property
    def list_title(self) -> str:
        """The title as lists show it."""
        return title_in_lists(self.title, self.audience)


DESK_FIELDS = (
    "pk",
    "created_at",
    "dossier__reference",
    "dossier__version",
    "dossier__title",
    "state",
    "theme_id",
    "theme__name",
    "next_on",
    "dossier__assigned_to__name",
    "dossier__audience",
)


R = TypeVar("R", Concern, DeskRow)


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Rows of a list. older, newer: cursors, None at the ends.

    total: how many there are, counted up to `counted` and one more.
    """

    rows: list[R]
    total: int
    counted: int
    older: tuple[datetime, int] | None = None
    newer: tuple[datetime, int] | None = None
    words: list[str] = field(default_factory=list)

    @property
    def has_more_than_counted(self) -> bool:
        """Whether the list says "more than 1,000" instead of the number."""
        return self.total > self.counted


def concerns_inside(viewer: Viewer) -> QuerySet[Concern]:
    """Return the concerns whose page at the desk the viewer may open, without order."""
    return Concern.objects.filter(rows_inside(viewer, DOSSIER, quarter="quarter_id"))


def concerns_for(viewer: Viewer) -> QuerySet[Concern]:
    """Return the concerns that the viewer may see, without order."""
    return Concern.objects.filter(visible_rows(viewer, DOSSIER, quarter="quarter_id"))


def released(viewer: Viewer) -> QuerySet[Concern]:
    """Return what everybody may see, newest first."""
    return (
        concerns_for(viewer)
        .filter(is_released=True)
        .exclude(state=ConcernState.WITHDRAWN)
        .order_by("-created_at", "-pk")
    )


def _filtered(rows: QuerySet[Concern], wanted: ConcernFilter) -> QuerySet[Concern]:
    if wanted.states:
        rows = rows.filter(state__in=sorted(wanted.states))
    elif not wanted.words.strip():
        # Whoever looks for words finds everything; otherwise the quarantine has a page of its own.
        rows = rows.exclude(state__in=sorted(HELD))
    if wanted.theme_id is not None:
        rows = rows.filter(theme_id=wanted.theme_id)
    if wanted.channel:
        rows = rows.filter(channel=wanted.channel)
    if wanted.language:
        rows = rows.filter(text_language=wanted.language)
    if wanted.assigned_to_id is not None:
        rows = rows.filter(dossier__assigned_to_id=wanted.assigned_to_id)
    rows = rows.filter(**_narrow(wanted))
    if wanted.words.strip():
        rows = narrowed(rows, wanted.words, dossier=DOSSIER)
    return rows


def _narrow(wanted: ConcernFilter) -> dict[str, object]:
    asked = {
        "kind": wanted.kind,
        "scope": wanted.scope,
        "told_on__gte": wanted.told_from,
        "told_on__lte": wanted.told_until,
        "next_on__lte": wanted.due_until,
        "dossier__taggings__tag_id": wanted.tag_id,
    }
    return {path: value for path, value in asked.items() if value not in {"", None}}


def _cursor(row: Concern | DeskRow) -> tuple[datetime, int]:
    return row.created_at, row.pk


def page_of(
    rows: QuerySet[Concern],
    wanted: ConcernFilter,
    size: int,
    read: Callable[[QuerySet[Concern]], list[R]],
) -> Page[R]:
    """Return one page of `rows`, newest first, as `read` makes them; two statements."""
    counted = COUNTED_HITS if wanted.words.strip() else COUNTED
    total = rows.order_by()[: counted + 1].count()
    if wanted.newer_than:
        at, pk = wanted.newer_than
        later = rows.filter(created_at__gte=at).exclude(created_at=at, pk__lte=pk)
        found = read(later.order_by("created_at", "pk")[: size + 1])
        more, shown = len(found) > size, found[:size][::-1]
        newer, older = more, bool(shown)
    else:
        if wanted.older_than:
            at, pk = wanted.older_than
            rows = rows.filter(created_at__lte=at).exclude(created_at=at, pk__gte=pk)
        found = read(rows.order_by("-created_at", "-pk")[: size + 1])
        shown = found[:size]
        newer, older = wanted.older_than is not None, len(found) > size
    return Page(
        rows=shown,
        total=total,
        counted=counted,
        older=_cursor(shown[-1]) if older and shown else None,
        newer=_cursor(shown[0]) if newer and shown else None,
        words=words_of(wanted.words),
    )


def _desk_rows(rows: QuerySet[Concern]) -> list[DeskRow]:
    return [DeskRow(*values) for values in rows.values_list(*DESK_FIELDS)]


def desk_page(viewer: Viewer, wanted: ConcernFilter, *, size: int = PAGE) -> Page[DeskRow]:
    """Return one page of the desk's list, newest first; two statements, with words four at most."""
    return page_of(_filtered(concerns_inside(viewer), wanted), wanted, size, _desk_rows)


def _count_of(rows: QuerySet[Any]) -> Coalesce:
    """Return an expression that counts rows, so that a page needs no statement of its own."""
    counted = rows.order_by().annotate(of=Value(1)).values("of").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)


def chosen_rows(viewer: Viewer, references: Iterable[str]) -> list[DeskRow]:
    """Return the named concerns that the viewer may open, newest first; one statement."""
    rows = concerns_inside(viewer).filter(dossier__reference__in=set(references))
    return _desk_rows(rows.order_by("-created_at", "-pk"))


def all_rows(viewer: Viewer, wanted: ConcernFilter, *, limit: int) -> list[DeskRow]:
    """Return what a list shows on all its pages, newest first, up to `limit` and one more."""
    rows = _filtered(concerns_inside(viewer), wanted)
    return _desk_rows(rows.order_by("-created_at", "-pk")[: limit + 1])


def for_file(
    viewer: Viewer, wanted: ConcernFilter, *, with_contacts: bool, portion: int = PORTION
) -> Iterator[list[Concern]]:
    """Yield what a list shows in portions, newest first, without confidential matters.

    Three statements per portion: the concerns, their tags and their bodies.
    """
    rows = _filtered(concerns_inside(viewer), wanted)
    rows = rows.exclude(state__in=sorted(HELD))
    rows = rows.exclude(pk__in=confidential_of(viewer.quarter_id).values("pk"))
    joined = ["dossier", "dossier__assigned_to", "theme", *(["teller"] if with_contacts else [])]
    rows = rows.select_related(*joined).order_by("-created_at", "-pk")
    while found := list(rows[:portion]):
        yield found
        if len(found) < portion:
            return
        at, pk = found[-1].created_at, found[-1].pk
        rows = rows.filter(created_at__lte=at).exclude(created_at=at, pk__gte=pk)


def bodies_of(concern_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return to whom concerns were passed on, by concern, for those that the viewer may open."""
    rows = Referral.objects.filter(concern__in=list(concern_ids)).order_by("sent_at", "pk")
    found: dict[int, list[str]] = {}
    for concern_id, name in rows.values_list("concern_id", "body__name"):
        names = found.setdefault(concern_id, [])
        if name not in names:
            names.append(name)
    return found


def saved_filters(viewer: Viewer) -> list[SavedFilter]:
    """Return the filters of the team and the viewer's own, in their order; one statement."""
    if not viewer.may_enter:
        return []
    rows = _filters_for(viewer)
    return list(rows.order_by("position", "folded", "pk"))


def get_saved_filter(viewer: Viewer, key: int) -> SavedFilter:
    """Return a filter that the viewer sees. Raises SavedFilter.DoesNotExist."""
    if not viewer.may_enter:
        raise SavedFilter.DoesNotExist
    return _filters_for(viewer).get(pk=key)


def _filters_for(viewer: Viewer) -> QuerySet[SavedFilter]:
    seen = Q(is_shared=True) | Q(user_id=viewer.user_id or 0)
    return SavedFilter.objects.filter(seen, quarter_id=viewer.quarter_id)


def get_inside(viewer: Viewer, reference: str) -> Concern:
    """Return one concern for the desk, with the key of the first mail about it that waits.

    Raises Concern.DoesNotExist when missing or hidden.
    """
    waits = InboundMail.objects.filter(dossier=OuterRef("pk"), state=InboundState.WAITING)
    return (
        concerns_inside(viewer)
        .annotate(waiting_mail=Subquery(waits.order_by("received_at").values("pk")[:1]))
        .select_related(
            "dossier",
            "dossier__quarter",
            "dossier__assigned_to",
            "quarter",
            "theme",
            "teller",
            "right_address",
            "action",
            "scope_rule",
            "leader",
            "leader__dossier",
        )
        .annotate(
            joined_count=_count_of(Concern.objects.filter(leader=OuterRef("pk"))),
            voice_count=_count_of(Voice.objects.filter(concern=OuterRef("pk"))),
            meeting_count=_count_of(Meeting.objects.filter(concern=OuterRef("pk"))),
        )
        .get(dossier__reference=reference)
    )


def get_released(viewer: Viewer, reference: str) -> Concern:
    """Return one released concern. Raises Concern.DoesNotExist; missing equals hidden."""
    return (
        released(viewer)
        .select_related("dossier", "quarter", "theme", "leader", "leader__dossier")
        .get(dossier__reference=reference)
    )


def get_open_to_voices(viewer: Viewer, reference: str) -> Concern:
    """Return a concern to which "me too" can be said; for a joined one the one that leads it.

    Raises Concern.DoesNotExist when it is missing, hidden or closed.
    """
    concern = get_released(viewer, reference)
    if concern.leader:
        concern = get_released(viewer, concern.leader.dossier.reference)
    if not may_add_voice(concern):
        raise Concern.DoesNotExist
    return concern


def joint_voices(leader_id: int) -> Q:
    """Return the filter on voices of a concern and of those that it leads."""
    circle = Concern.objects.filter(Q(pk=leader_id) | Q(leader=leader_id))
    return Q(concern__in=circle.values("pk"))


def voice_count(concern: Concern) -> int:
    """Count who said the same: voices, a browser once, and those who told it themselves."""
    voices = Voice.objects.filter(joint_voices(concern.pk)).order_by()
    said: int = voices.aggregate(n=Count("cookie_hash", distinct=True))["n"]
    return said + Concern.objects.filter(leader=concern).count()


def public_voice_count(concern: Concern) -> int:
    """Return the count for everybody; 0 below three, where a number could tell who it was."""
    count = voice_count(concern)
    return count if count >= FEWEST_VOICES else 0


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


def referrals_of(concern: Concern) -> QuerySet[Referral]:
    """Return the referrals of a concern that the caller has already been allowed to see."""
    return (
        Referral.objects.filter(concern=concern)
        .select_related("body", "person", "concern", "concern__dossier")
        .order_by("sent_at", "pk")
    )


def get_referral(viewer: Viewer, concern: Concern, referral_id: int) -> Referral:
    """Return one referral of a concern of the desk. Raises Referral.DoesNotExist."""
    rows = Referral.objects.filter(concern=concern, concern__in=concerns_inside(viewer))
    referral = rows.select_related("body", "person").get(pk=referral_id)
    referral.concern = concern
    return referral


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


def may_pass_on_contact(concern: Concern) -> bool:
    """Say whether bodies may get to know who told it.

    The ledger decides; the teller's row is a copy, and it may have been read before a withdrawal.
    """
    agreed = has_agreed(concern.teller.subject, ConsentPurpose.PASS_ON_CONTACT)
    return concern.teller.may_pass_on and agreed


def bodies_with_contact(concern: Concern) -> list[Referral]:
    """Return the referrals with which contact data went out, oldest first."""
    rows = Referral.objects.filter(sent_with(concern.pk), with_contact=True)
    return list(rows.select_related("body").order_by("sent_at", "pk"))


def sent_with(concern_id: int) -> Q:
    """Return the filter on referrals that went out with a concern, also if a joint case has them."""
    own = Q(concern=concern_id, moved_from=None)
    return own | Q(moved_from=concern_id)


def consents_of(viewer: Viewer, concern: Concern) -> list[Consent]:
    """Return the lines of the ledger about the person of a concern, oldest first."""
    if not may_act_as_teller(viewer, concern):
        return []
    return list(Consent.objects.filter(subject=concern.teller.subject).order_by("at", "pk"))


def own_data(viewer: Viewer, concern: Concern) -> dict[str, Any]:
    """Return what the house holds of the person behind a status link, for a file."""
    teller = concern.teller
    written = concern.dossier.messages.filter(counterpart=Counterpart.TELLER)
    return {
        "number": concern.dossier.reference,
        "office": concern.quarter.name,
        "contact": {
            "name": teller.name,
            "email": teller.email,
            "email_confirmed_at": teller.email_confirmed_at,
            "phone": teller.phone,
            "address": teller.address,
            "answer_by": teller.way,
            "may_be_passed_on": teller.may_pass_on,
        },
        "told": {
            "on": concern.told_on,
            "by": concern.channel,
            "language": concern.dossier.language,
            "theme": str(concern.theme) if concern.theme else "",
            "text": concern.text,
            "place": concern.place_text,
            "latitude": concern.latitude,
            "longitude": concern.longitude,
            "photos": [str(d.file_id) for d in documents_of(viewer, concern.dossier)],
        },
        "state": concern.state,
        "answer": concern.answer,
        "consents": [
            {"step": c.step, "wording": c.wording, "by": c.channel, "at": c.at}
            for c in consents_of(viewer, concern)
        ],
        "questions": [
            {
                "asked_at": q.asked_at,
                "question": q.text,
                "answered_at": q.answered_at,
                "answer": q.answer,
            }
            for q in concern.questions.order_by("asked_at", "pk")
        ],
        "meetings": [
            {"on": m.on, "words": m.for_person}
            for m in concern.meetings.filter(state=MeetingState.HELD)
            .exclude(for_person="")
            .order_by("on", "pk")
        ],
        "contact_passed_on_to": [
            {"body": r.body.name, "at": r.sent_at} for r in bodies_with_contact(concern)
        ],
        "written": [
            {"at": m.at, "direction": m.direction, "by": m.way, "text": kept_text(m)}
            for m in written.order_by("at", "pk")
        ],
    }


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


def draft_photos(quarter: Quarter, key: UUID) -> QuerySet[DraftPhoto]:
    """Return the photos that wait with a form, in the order they were added."""
    return (
        DraftPhoto.objects.filter(draft=key, draft__quarter=quarter)
        .select_related("file")
        .order_by("pk")
    )


def get_draft_photo(quarter: Quarter, key: UUID, file_id: UUID) -> DraftPhoto:
    """Return one photo of a draft. Raises DraftPhoto.DoesNotExist."""
    return draft_photos(quarter, key).get(file_id=file_id)


def by_form_key(quarter: Quarter, key: UUID) -> Concern:
    """Return the concern that was sent with this form. Raises Concern.DoesNotExist."""
    return Concern.objects.select_related("teller").get(quarter=quarter, submission_key=key)


def right_addresses(quarter_id: int) -> QuerySet[RightAddress]:
    """Return who helps with what the office does not do, in the office's order."""
    return RightAddress.objects.filter(quarter_id=quarter_id, is_active=True).order_by(
        "position", "pk"
    )


def newest(viewer: Viewer, *, limit: int) -> list[Concern]:
    """Return concerns that nobody has looked at yet, oldest first."""
    return list(
        concerns_inside(viewer)
        .filter(state=ConcernState.NEW)
        .select_related("dossier", "theme")
        .order_by("created_at", "pk")[:limit]
    )


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One report on the quarantine list, with why it lies there and how many photos it has."""

    concern: Concern
    signs: list[Sign]
    photos: int


def quarantine(viewer: Viewer, state: ConcernState, *, limit: int) -> list[HeldRow]:
    """Return what waits in the quarantine, or what was called spam, oldest first.

    limit: rows; the next ones come when these are decided.  Two statements.
    """
    rows = (
        concerns_inside(viewer)
        .filter(state=state)
        .select_related("dossier", "quarter", "teller")
        .annotate(photos=Count("dossier__documents"))
        .order_by("created_at", "pk")[:limit]
    )
    found = list(rows)
    entries = Entry.objects.filter(dossier__in=[row.pk for row in found], deed="quarantined")
    signs = {entry.dossier_id: entry.fact("signs") for entry in entries}
    return [HeldRow(row, [Sign(s) for s in signs[row.pk]], row.photos) for row in found]


def quarantine_count(viewer: Viewer) -> int:
    """Count what waits in the quarantine."""
    return concerns_inside(viewer).filter(state=ConcernState.QUARANTINED).count()


def held_references(viewer: Viewer, references: Iterable[str]) -> list[Concern]:
    """Return those of the named reports that lie in the quarantine, waiting or as spam."""
    return list(
        concerns_inside(viewer)
        .filter(
            state__in=[ConcernState.QUARANTINED, ConcernState.SPAM],
            dossier__reference__in=set(references),
        )
        .select_related("dossier", "dossier__quarter", "quarter", "teller")
        .order_by("created_at", "pk")
    )


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


def blocked_senders(viewer: Viewer) -> list[BlockedSender]:
    """Return the list of blocked senders; nothing for who does not work with it."""
    if not viewer.may_work:
        return []
    rows = BlockedSender.objects.filter(quarter_id=viewer.quarter_id).select_related("by")
    return list(rows.order_by("name"))


def is_blocked(quarter: Quarter, email: str) -> bool:
    """Whether the office has blocked an address or its domain."""
    names = sender_names(email, "")
    return BlockedSender.objects.filter(quarter=quarter, name__in=names).exists()


def blocked_mails() -> Exists:
    """Return whether the office has blocked the sender of an InboundMail, as is_blocked says it."""
    senders = BlockedSender.objects.filter(quarter=OuterRef("quarter"))
    return Exists(
        senders.alias(
            address=Lower(OuterRef("sender_address"), output_field=CharField()),
            of_domain=Concat(Value("@"), "name"),
            of_domain_below=Concat(Value("."), "name"),
        ).filter(
            Q(name=F("address"))
            | Q(address__endswith=F("of_domain"))
            | Q(address__endswith=F("of_domain_below")) & ~Q(name__contains="@")
        )
    )


def get_blocked_sender(viewer: Viewer, key: str) -> BlockedSender:
    """Return one name of the list. Raises BlockedSender.DoesNotExist."""
    if not viewer.may_work or not is_key(key):
        raise BlockedSender.DoesNotExist
    return BlockedSender.objects.select_related("quarter").get(
        pk=int(key), quarter_id=viewer.quarter_id
    )


def replies_in(viewer: Viewer, *, since: datetime, limit: int) -> list[Referral]:
    """Return replies of bodies since then on concerns that are still open, newest first.

    Older ones are not forgotten: an open concern has a next date.
    """
    return list(
        Referral.objects.filter(
            state__in=[ReferralState.ANSWERED, ReferralState.DECLINED],
            settled_at__gte=since,
            concern__state__in=sorted(OPEN),
            concern__quarter=viewer.quarter_id,
        )
        .filter(rows_inside(viewer, "concern__dossier__"))
        .select_related("body", "concern__dossier")
        .order_by("-settled_at", "-pk")[:limit]
    )


def talks_on(viewer: Viewer, day: date) -> QuerySet[Talk]:
    """Return the talks of a day that the viewer counted, newest first."""
    return (
        Talk.objects.filter(quarter_id=viewer.quarter_id, on=day, by_id=viewer.user_id)
        .select_related("theme")
        .order_by("-created_at", "-pk")
    )


def talk_counts(viewer: Viewer, *, since: date) -> list[Mapping[str, object]]:
    """Return how many talks were counted per place since a day; nothing for outsiders."""
    if not viewer.may_enter:
        return []
    return list(
        Talk.objects.filter(quarter_id=viewer.quarter_id, on__gte=since)
        .values("place")
        .annotate(count=Count("pk"))
        .order_by("place")
    )


def achieved(viewer: Viewer, *, limit: int) -> list[Concern]:
    """Return released concerns that ended, the latest first: "what became of it"."""
    return list(
        released(viewer)
        .filter(state=ConcernState.ANSWERED)
        .select_related("dossier", "theme")
        .order_by("-closed_at", "-pk")[:limit]
    )


def get_own_talk(viewer: Viewer, key: str) -> Talk:
    """Return a talk that the viewer counted. Raises Talk.DoesNotExist."""
    if not is_key(key):
        raise Talk.DoesNotExist
    return Talk.objects.select_related("quarter").get(
        pk=int(key), quarter_id=viewer.quarter_id, by_id=viewer.user_id
    )


HIT_DAYS = 365


def scope_rules(viewer: Viewer, *, now: datetime) -> list[ScopeRule]:
    """Return the office's rules of scope, each with its counts of a year; one statement.

    The counts are attributes: shown, and one per HitOutcome. Nothing for who does not keep them.
    """
    if not viewer.may_work:
        return []
    lately = Q(hits__on__gte=now.date() - timedelta(days=HIT_DAYS))
    counts = {
        outcome.value: Count("hits", filter=lately & Q(hits__outcome=outcome))
        for outcome in HitOutcome
    }
    rows = ScopeRule.objects.filter(quarter_id=viewer.quarter_id)
    return list(
        rows.annotate(shown=Count("hits", filter=lately), **counts).order_by("position", "pk")
    )


def get_scope_rule(viewer: Viewer, key: int) -> ScopeRule:
    """Return one rule of scope with its themes. Raises ScopeRule.DoesNotExist."""
    if not viewer.may_work:
        raise ScopeRule.DoesNotExist
    rows = ScopeRule.objects.filter(quarter_id=viewer.quarter_id)
    return rows.prefetch_related("themes").get(pk=key)


def joined_to(viewer: Viewer, leader: Concern) -> list[Joining]:
    """Return what is joined to a concern now, as far as the viewer may open it, the latest first."""
    rows = Joining.objects.filter(
        leader=leader, undone_at=None, concern__in=concerns_inside(viewer)
    )
    return list(rows.select_related("concern__dossier", "by").order_by("-joined_at", "-pk"))


def by_references(viewer: Viewer, references: Iterable[str]) -> list[Concern]:
    """Return the concerns of these numbers that the viewer may open, in the order of the numbers."""
    return list(
        concerns_inside(viewer)
        .filter(dossier__reference__in=set(references))
        .select_related("dossier", "dossier__quarter", "quarter", "theme", "teller")
        .order_by("created_at", "pk")
    )


def waiting_referrals(concerns: Iterable[Concern]) -> list[Referral]:
    """Return who has these concerns and has not replied, for concerns the caller may open."""
    rows = Referral.objects.filter(concern__in=[one.pk for one in concerns], state__in=WAITING)
    return list(rows.select_related("body", "concern__dossier").order_by("sent_at", "pk"))
