"""A concern comes in: on the web, or told to somebody at the desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    IntegerField,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import (
    Action,
    BlockedSender,
    Concern,
    Draft,
    DraftPhoto,
    ScopeRule,
    Teller,
)
from quartiersladen.concerns.rules import may_enter_concerns
from quartiersladen.concerns.services.confidential import close_by_theme
from quartiersladen.concerns.services.scope_rules import forget_form_keys, note_hits
from quartiersladen.concerns.services.tellers import ask_to_confirm
from quartiersladen.concerns.similar import (
    Hints,
    Look,
    Matter,
    facts_of,
    facts_row,
    hints,
    look,
    rules_with_addresses,
    spot_of,
)
from quartiersladen.concerns.states import (
    BY_PROGRAM,
    AnswerWay,
    Channel,
    ConcernKind,
    ConcernState,
    HitOutcome,
    PlaceKind,
)
from quartiersladen.dossiers.services.dates import first_follow_up
from quartiersladen.dossiers.services.documents import add_document
from quartiersladen.dossiers.services.dossier import open_dossier
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor, Audience, FollowUpReason, Kind
from quartiersladen.files.models import StoredFile
from quartiersladen.files.services import remove_file
from quartiersladen.kernel.errors import Invalid, demand
from quartiersladen.kernel.spam import Sign, is_suspicious, sender_names, signs_in
from quartiersladen.privacy.services import record_consent
from quartiersladen.privacy.states import ConsentPurpose, ConsentStep
from quartiersladen.quarters.models import Quarter, Theme
from quartiersladen.quarters.queries import add_days_at_work

MOST_PHOTOS = 5
DRAFT_HOURS = 24
LABEL_LENGTH = 120  # letters
TWICE_MINUTES = 10
REPEATED_HOURS = 24


class TooManyPhotos(Invalid):
    """A form takes at most five photos."""

    sentence = _("You can add at most 5 photos.")


class FormFromElsewhere(Invalid):
    """The key of a form belongs to the quarter that gave it out, and so do its photos."""

    sentence = _("This form belongs to another neighbourhood. Please open the form here again.")


class LookFirst(Invalid):
    """Before it is sent the person should know something: danger, scope, or that it is known.

    hints: what.  The next press sends, except past a rule that stops.
    """

    sentence = _("Please look at this first, then press the button again.")

    def __init__(self, hints: Hints) -> None:
        super().__init__()
        self.hints = hints


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody tells, after the form has checked its shape.

    consent_wording: the sentence beside the tick "contact data may be passed on", "" if not ticked.
    """

    text: str
    kind: ConcernKind
    theme: Theme | None
    language: str
    place_kind: PlaceKind
    place_text: str = ""
    latitude: float | None = None
    longitude: float | None = None
    is_emergency: bool = False
    way: AnswerWay = AnswerWay.LINK
    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    consent_wording: str = ""


@dataclass(frozen=True, slots=True)
class Intake:
    """How the report came in. entered_by: the colleague at the desk, None for the web form.

    signs: what the public form noticed of spam; None for what somebody told to a person, which is
    never weighed.  reactions: to the hints of the public form; None where nobody can be asked.
    action: where many are told at once.  is_draft: it came by mail, and the office has to take it
    in first.
    """

    channel: Channel
    told_on: date
    entered_by: Viewer | None = None
    assigned_to_id: int | None = None
    signs: frozenset[Sign] | None = None
    action: Action | None = None
    reactions: "Reactions | None" = None
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class Reactions:
    """What the person at the form has seen and decided so far.

    seen_rules: keys of the rules of scope that were shown.  overrides: it is to be sent as a hint of
    public interest.  is_new: none of the concerns that were shown is the same.
    """

    seen_rules: frozenset[int] = frozenset()
    overrides: bool = False
    is_new: bool = False
    has_seen_danger: bool = False


def report_concern(
    *,
    quarter: Quarter,
    report: Report,
    intake: Intake,
    submission_key: UUID,
    now: datetime,
) -> Concern:
    """Store a concern with its receipt; the photos of the draft `submission_key` come along.

    The same form sent twice, or the same text from the same address within ten minutes, gives the
    concern that is already there; of a partner's program only the same form does, for it knows what
    it sends. A report of the public form with too many signs of spam is kept
    in the quarantine: it is stored whole, but no mail goes out.
    Raises NotAllowed when `intake.entered_by` may not enter concerns; FormFromElsewhere; LookFirst
    when there is a hint that the person has not seen, or a rule of scope that stops.
    """
    if intake.entered_by is not None:
        demand(may_enter_concerns(intake.entered_by))
    demand(intake.action is None or intake.action.quarter_id == quarter.pk)
    known = _what_is_known(quarter, report, intake, submission_key, now)
    if known.earlier_id is not None:
        return _stored(quarter).get(pk=known.earlier_id)
    _let_look_first(quarter, report, intake, known, submission_key, now)
    signs = _weighed(report, intake, known)
    try:
        return _store(quarter, report, intake, submission_key, now, signs=signs, known=known)
    except IntegrityError:
        # The form has been sent before, by the other one of two clicks perhaps; anything else is
        # a fault.
        first = Concern.objects.get(submission_key=submission_key)
        if first.quarter_id != quarter.pk:
            raise FormFromElsewhere from None
        return _stored(quarter).get(pk=first.pk)


def _stored(quarter: Quarter) -> QuerySet[Concern]:
    return Concern.objects.filter(quarter=quarter).select_related("dossier", "teller")


@dataclass(frozen=True, slots=True)
class _Known:
    """What the house knows of a report before it is stored.

    earlier_id: the same words from the same address within ten minutes.
    has_photos: photos wait with the form.  look: what it resembles.
    """

    earlier_id: int | None
    is_repeated: bool
    is_blocked: bool
    has_photos: bool
    look: Look


#: Each fact a bit, so that one number holds them all.
REPEATED, BLOCKED, WITH_PHOTOS = 1, 2, 4


def _matter(report: Report) -> Matter:
    """Return what of a report is compared with rules and other concerns."""
    return Matter(
        text=report.text,
        theme_id=report.theme.pk if report.theme else None,
        spot=spot_of(report.latitude, report.longitude),
        place=report.place_text,
    )


def _bit(is_so: Exists, bit: int) -> Case:
    return Case(When(is_so, then=Value(bit)), default=Value(0), output_field=IntegerField())


def _what_is_known(
    quarter: Quarter, report: Report, intake: Intake, draft_key: UUID, now: datetime
) -> _Known:
    """Ask for everything in one statement; most reports cost no other before they are stored."""
    same = Concern.objects.filter(quarter=quarter, text=report.text)
    lately = same.filter(created_at__gte=now - timedelta(hours=REPEATED_HOURS))
    just_now = same.filter(
        created_at__gte=now - timedelta(minutes=TWICE_MINUTES), teller__email=report.email
    )
    names = sender_names(report.email, report.text)
    blocked = BlockedSender.objects.filter(quarter=quarter, name__in=names)
    may_be_twice = bool(report.email) and intake.channel not in BY_PROGRAM
    earlier = (
        Subquery(just_now.values("pk")[:1]) if may_be_twice else Value(None, BigIntegerField())
    )
    photos = DraftPhoto.objects.filter(draft=draft_key, draft__quarter=quarter)
    bits = (
        _bit(Exists(lately), REPEATED)
        + _bit(Exists(blocked), BLOCKED)
        + _bit(Exists(photos), WITH_PHOTOS)
    )
    facts = Quarter.objects.filter(pk=quarter.pk).annotate(**facts_row(earlier, bits))
    if intake.reactions is None:
        found = Look(facts=facts_of(facts))
    else:
        with_near = _asks_for_near(report, intake.reactions)
        found = look(quarter, _matter(report), now=now, with_near=with_near, facts=facts)
    earlier_id, flags = found.facts or (None, 0)
    return _Known(
        earlier_id,
        is_repeated=bool(flags & REPEATED),
        is_blocked=bool(flags & BLOCKED),
        has_photos=bool(flags & WITH_PHOTOS),
        look=found,
    )


def _asks_for_near(report: Report, reactions: Reactions) -> bool:
    return not reactions.is_new and not report.is_emergency


def _let_look_first(
    quarter: Quarter,
    report: Report,
    intake: Intake,
    known: _Known,
    form_key: UUID,
    now: datetime,
) -> None:
    """Raise LookFirst for what the person has not seen yet, and for a stop that was not overridden.

    A program is shown nothing: its report goes on to the quarantine. Danger is never stopped.
    """
    reactions = intake.reactions
    if reactions is None or Sign.TRAP in (intake.signs or ()):
        return
    shown = hints(
        quarter,
        _matter(report),
        known.look,
        now=now,
        with_near=_asks_for_near(report, reactions),
    )
    if report.is_emergency:
        shown = Hints(rules=shown.rules, is_danger=True)
        is_seen = reactions.has_seen_danger
    else:
        are_seen = {rule.pk for rule in shown.rules} <= reactions.seen_rules
        is_seen = are_seen and not shown.near and (reactions.overrides or not shown.is_stopped)
    if not is_seen:
        day = quarter.local_day(now)
        note_hits(rules=shown.rules, form_key=form_key, outcome=HitOutcome.LEFT, day=day)
        raise LookFirst(shown)


def _weighed(report: Report, intake: Intake, known: _Known) -> frozenset[Sign]:
    """Return the signs for which a report goes into the quarantine; none when they are few."""
    if intake.signs is None:
        return frozenset()
    signs = intake.signs | signs_in(report.text, short=(report.name, report.place_text))
    if known.is_repeated:
        signs |= {Sign.REPEATED}
    if known.is_blocked:
        signs |= {Sign.BLOCKED}
    return frozenset(signs) if is_suspicious(signs) else frozenset()


@transaction.atomic
def _store(
    quarter: Quarter,
    report: Report,
    intake: Intake,
    submission_key: UUID,
    now: datetime,
    *,
    signs: frozenset[Sign],
    known: _Known,
) -> Concern:
    day = quarter.local_day(now)
    # Where somebody is in danger the next working day is late enough; 110 and 112 were named before.
    first_look = add_days_at_work(
        quarter, day, 0 if report.is_emergency else quarter.first_look_days
    )
    passed = rules_with_addresses(known.look.rules)
    state = _first_state(intake, signs)
    dossier = open_dossier(
        quarter=quarter,
        kind=Kind.CONCERN,
        title=_title(report.text),
        audience=Audience.TELLER,
        language=report.language,
        assigned_to_id=intake.assigned_to_id,
        search_words=" ".join(
            (report.text, report.place_text, report.name, report.email, report.phone)
        ),
        is_held=state != ConcernState.NEW,
        now=now,
    )
    concern = Concern.objects.create(
        dossier=dossier,
        quarter=quarter,
        state=state,
        kind=report.kind,
        theme=report.theme,
        text=report.text,
        channel=intake.channel,
        told_on=intake.told_on,
        created_at=now,
        is_emergency=report.is_emergency,
        action=intake.action,
        scope_rule=passed[0] if passed else None,
        place_kind=report.place_kind,
        place_text=report.place_text,
        latitude=report.latitude,
        longitude=report.longitude,
        next_on=first_look,
        promised_on=add_days_at_work(quarter, day, quarter.answer_days),
        submission_key=submission_key,
    )
    teller = Teller.objects.create(
        concern=concern,
        name=report.name,
        email=report.email,
        phone=report.phone,
        address=report.address,
        way=report.way,
        may_pass_on=bool(report.consent_wording),
    )
    by_id = intake.entered_by.user_id if intake.entered_by else None
    record(
        dossier=dossier,
        deed="received",
        actor=Actor.OFFICE if by_id else Actor.TELLER,
        by_id=by_id,
        audience=Audience.PUBLIC,
        data={"channel": intake.channel, "told_on": intake.told_on.isoformat()},
        now=now,
    )
    first_follow_up(dossier=dossier, due_on=first_look, reason=FollowUpReason.FIRST_LOOK, now=now)
    if report.theme and report.theme.is_confidential:
        close_by_theme(concern=concern, viewer=intake.entered_by, now=now)
    _take_consent(concern, report, intake, by_id, now)
    if known.has_photos:
        attach_photos(concern=concern, draft_key=submission_key)
    _note_passed(passed, report, submission_key, day)
    if signs:
        _put_aside(concern, signs, now)
    else:
        ask_to_confirm(concern=concern, teller=teller, now=now)
    return concern


def _note_passed(passed: list[ScopeRule], report: Report, form_key: UUID, day: date) -> None:
    """Count how it went on past each rule. In danger nobody overrides anything: it is just sent."""
    for rule in passed:
        is_overridden = rule.is_stop and not report.is_emergency
        outcome = HitOutcome.OVERRIDDEN if is_overridden else HitOutcome.SENT_ANYWAY
        note_hits(rules=[rule], form_key=form_key, outcome=outcome, day=day)


def _first_state(intake: Intake, signs: frozenset[Sign]) -> ConcernState:
    if signs:
        return ConcernState.QUARANTINED
    return ConcernState.DRAFT if intake.is_draft else ConcernState.NEW


def _put_aside(concern: Concern, signs: frozenset[Sign], now: datetime) -> None:
    """Write down why; the address may belong to somebody else, so nobody is written to."""
    record(
        dossier=concern.dossier,
        deed="quarantined",
        actor=Actor.SYSTEM,
        data={"signs": [sign.value for sign in Sign if sign in signs]},
        now=now,
    )


def _title(text: str) -> str:
    first_line = text.strip().splitlines()[0]
    if len(first_line) <= 80:
        return first_line
    return first_line[:80].rsplit(" ", 1)[0] + " …"


def _take_consent(
    concern: Concern, report: Report, intake: Intake, by_id: int | None, now: datetime
) -> None:
    if report.consent_wording:
        record_consent(
            quarter=concern.quarter,
            subject=concern.teller.subject,
            purpose=ConsentPurpose.PASS_ON_CONTACT,
            step=ConsentStep.GIVEN,
            wording=report.consent_wording,
            language=report.language,
            channel=intake.channel,
            taken_by_id=by_id,
            now=now,
        )


def attach_photos(*, concern: Concern, draft_key: UUID, first: int = 0) -> int:
    """Let the photos of a draft belong to a concern; part of a deed. Returns how many they are.

    first: the position of the first one, behind those that are there.
    """
    photos = DraftPhoto.objects.filter(draft=draft_key, draft__quarter=concern.quarter)
    found = list(photos.select_related("file").order_by("pk"))
    for position, photo in enumerate(found, first):
        add_document(
            dossier=concern.dossier, file=photo.file, is_of_teller=True, position=position
        )
    Draft.objects.filter(pk=draft_key, quarter=concern.quarter).delete()
    return len(found)


@transaction.atomic
def keep_photos(
    *, quarter: Quarter, key: UUID, photos: Sequence[tuple[StoredFile, str]], now: datetime
) -> Draft:
    """Keep stored photos (file, name on the person's device) for 24 hours with their form.

    The same picture of the same name comes once more when a form is sent again because its answer
    was lost; it is kept once.
    Raises TooManyPhotos when the form would have more than five, and FormFromElsewhere; the new
    files are then not kept.
    """
    draft, _made = Draft.objects.get_or_create(
        key=key, defaults={"quarter": quarter, "created_at": now}
    )
    if draft.quarter_id != quarter.pk:
        raise FormFromElsewhere
    waiting = set(draft.photos.values_list("file__sha256", "label"))
    coming = {(file.sha256, label[:LABEL_LENGTH]): file for file, label in photos}
    new = {mark: file for mark, file in coming.items() if mark not in waiting}
    if len(waiting) + len(new) > MOST_PHOTOS:
        raise TooManyPhotos(field="photos")
    for (_sha256, label), file in new.items():
        DraftPhoto.objects.create(draft=draft, file=file, label=label)
    kept = {file.pk for file in new.values()}
    for file in (file for file, _label in photos if file.pk not in kept):
        remove_file(file=file)
    return draft


@transaction.atomic
def drop_photo(*, quarter: Quarter, key: UUID, file_id: UUID) -> None:
    """Take one photo out of a draft and delete it; nothing happens if it is not there."""
    for photo in DraftPhoto.objects.filter(draft=key, draft__quarter=quarter, file_id=file_id):
        file = photo.file
        photo.delete()
        remove_file(file=file)


@transaction.atomic
def drop_old_drafts(*, now: datetime) -> int:
    """Delete drafts older than 24 hours with their photos. Returns how many drafts went."""
    old = Draft.objects.filter(created_at__lt=now - timedelta(hours=DRAFT_HOURS))
    forget_form_keys(before=(now - timedelta(hours=DRAFT_HOURS)).date())
    count = 0
    for draft in old.prefetch_related("photos__file"):
        files = [photo.file for photo in draft.photos.all()]
        draft.delete()
        for file in files:
            remove_file(file=file)
        count += 1
    return count
