"""What the concerns hold of people: who told it, what they told, and photos of forms not sent."""

from collections.abc import Callable, Iterator
from datetime import datetime
from re import sub

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns import timeline
from quartiersladen.concerns.models import (
    BlockedSender,
    Concern,
    Meeting,
    Question,
    Referral,
    Teller,
    Voice,
)
from quartiersladen.concerns.queries.seen import concerns_inside
from quartiersladen.concerns.services import forgetting
from quartiersladen.concerns.services.filters import filters_naming, forget_filters_naming
from quartiersladen.concerns.services.voices import remove_voices
from quartiersladen.concerns.states import AnswerWay, MeetingState
from quartiersladen.dossiers.models import Dossier, Entry
from quartiersladen.dossiers.rules import rows_inside
from quartiersladen.dossiers.search import narrowed
from quartiersladen.dossiers.services.forgetting import clean_search_later
from quartiersladen.dossiers.states import Actor, Audience
from quartiersladen.kernel.text import fold
from quartiersladen.privacy.queries import has_agreed
from quartiersladen.privacy.registry import (
    Claims,
    Due,
    Found,
    FreeText,
    Holder,
    Identity,
    Line,
    Order,
    Person,
    Record,
    Rule,
    Section,
    Words,
    keys_of,
    record,
)
from quartiersladen.privacy.services import record_consent
from quartiersladen.privacy.states import ConsentPurpose, ConsentStep, Fate, RetentionKind
from quartiersladen.quarters.models import Quarter

Rows = Callable[..., Q]
TELLER = "concerns.teller"
VOICE = "concerns.voice"
MOST = 200  # rows that are looked through for one search
EXAMPLES = 50
CONTACT_DAYS, TEXT_DAYS = 180, 3 * 365
DIGITS = 5


def inside(viewer: Viewer) -> Q:
    """Return the filter for rows of concerns whose page the viewer may open."""
    return rows_inside(viewer, "dossier__")


def inside_by_concern(viewer: Viewer) -> Q:
    """Return the same filter for referrals and questions."""
    return rows_inside(viewer, "concern__dossier__")


def inside_by_meeting(viewer: Viewer) -> Q:
    """Return the same filter for invitations."""
    return rows_inside(viewer, "meeting__concern__dossier__")


def _concern_text(field: str, title: object) -> FreeText:
    return FreeText(
        model="concerns.Concern",
        field=field,
        title=str(title),
        quarter="quarter_id",
        matter="dossier_id",
        name="dossier__reference",
        visible=inside,
    )


def _referral_text(field: str, title: object) -> FreeText:
    return FreeText(
        model="concerns.Referral",
        field=field,
        title=str(title),
        quarter="concern__quarter_id",
        matter="concern_id",
        name="concern__dossier__reference",
        visible=inside_by_concern,
    )


def _question_text(field: str, title: object) -> FreeText:
    return FreeText(
        model="concerns.Question",
        field=field,
        title=str(title),
        quarter="concern__quarter_id",
        matter="concern_id",
        name="concern__dossier__reference",
        visible=inside_by_concern,
    )


def _rule_text(field: str, title: Words) -> FreeText:
    return FreeText(
        model="concerns.RoutingRule",
        field=field,
        title=title,
        quarter="quarter_id",
        name="name",
    )


def _meeting_text(field: str, title: object) -> FreeText:
    return FreeText(
        model="concerns.Meeting",
        field=field,
        title=str(title),
        quarter="concern__quarter_id",
        matter="concern_id",
        name="concern__dossier__reference",
        visible=inside_by_concern,
    )


def _invitation_text(field: str, title: object) -> FreeText:
    return FreeText(
        model="concerns.Invitation",
        field=field,
        title=str(title),
        quarter="meeting__concern__quarter_id",
        matter="meeting__concern_id",
        name="meeting__concern__dossier__reference",
        visible=inside_by_meeting,
    )


def _digits(text: str) -> str:
    return sub(r"\D", "", text)


def _tellers(viewer: Viewer, words: str) -> Iterator[Concern]:
    """Yield concerns whose teller has these words in name, address or number."""
    rows = concerns_inside(viewer).select_related("dossier", "teller").order_by("-created_at")
    number = _digits(words)
    if len(number) >= DIGITS and not any(sign.isalpha() for sign in words):
        core = number.removeprefix("0049").removeprefix("49").removeprefix("0")
        yield from rows.filter(teller__phone__regex=r"\D*".join(core))[:MOST]
        return
    wanted = fold(words).split()
    for concern in narrowed(rows, words, dossier="dossier__")[:MOST]:
        teller = concern.teller
        known = fold(f"{teller.name} {teller.email} {teller.address}")
        if all(word in known for word in wanted):
            yield concern


class Concerns(Holder):
    """Tellers with their concerns."""

    claims = Claims(
        personal={
            "concerns.teller.name": "the teller; until the contact rule",
            "concerns.teller.email": "the teller; unconfirmed 72 hours, then the contact rule",
            "concerns.teller.phone": "the teller; until the contact rule",
            "concerns.teller.address": "the teller; until the contact rule",
            "concerns.concern.text": "what was told may name people; until the text rule",
            "concerns.concern.place_text": "may be where the teller lives; until the text rule",
            "concerns.concern.latitude": "may be where the teller lives; coarse after the text rule",
            "concerns.concern.longitude": "may be where the teller lives; coarse after the text rule",
            "concerns.concern.answer": "the answer may address the teller; until the text rule",
            "concerns.concern.reason": "part of the answer; until the text rule",
            "concerns.concern.public_title": "looked through before release; until the text rule",
            "concerns.concern.public_text": "looked through before release; until the text rule",
            "concerns.concern.public_words": "folded words of the public copy; goes with it",
            "concerns.referral.person": "a contact person at a body, see directory",
            "concerns.referral.cover_note": "own words to a body; until the text rule",
            "concerns.referral.reply": "words of a body; until the text rule",
            "concerns.question.text": "may name people; until the text rule",
            "concerns.question.answer": "words of the teller; until the text rule",
            "concerns.question.by": "who asked; as long as the account",
            "concerns.meeting.place": "may be where somebody lives; until the text rule",
            "concerns.meeting.purpose": "may name people; until the text rule",
            "concerns.meeting.others": "who else takes part; until the text rule",
            "concerns.meeting.agreed": "may name people; until the text rule",
            "concerns.meeting.for_person": "words to the teller; until the text rule",
            "concerns.meeting.for_public": "words to everybody; until the text rule",
            "concerns.meeting.by": "who planned it; as long as the account",
            "concerns.invitation.person": "a contact person at a body, see directory",
            "concerns.invitation.words": "words of a body; until the text rule",
            "concerns.invitation.promise": "words of a body; until the text rule",
            "concerns.action.by": "who began an action; as long as the account",
            "concerns.routingrule.name": "own words, may name people; blackened",
            "concerns.routingrule.note": "own words, may name people; blackened",
            "concerns.routingrule.person": "a contact person at a body, see directory",
            "concerns.draftphoto.label": "name of a file on the device of the teller; 24 hours",
            "concerns.talk.by": "who counted a talk; as long as the account",
            "concerns.savedfilter.name": "words of a colleague, may name people; goes when one is erased",
            "concerns.savedfilter.folded": "the same, folded",
            "concerns.savedfilter.query": "words that are looked for; goes when a person is erased",
            "concerns.savedfilter.user": "a colleague; as long as the account",
            "concerns.blockedsender.name": "may be an address; until the office or erasure frees it",
            "concerns.blockedsender.by": "who blocked it; as long as the account",
            "concerns.voice.email": "who said me too; unconfirmed 72 hours, then the contact rule",
            "concerns.voice.cookie_hash": "a browser that said me too; until the contact rule",
            "concerns.joining.by": "who joined two concerns; as long as the account",
        },
        other={
            "concerns.concern.public_latitude": "released, exact or on a grid of 200 m",
            "concerns.concern.public_longitude": "released, exact or on a grid of 200 m",
            "concerns.concern.text_language": "a language, not a person",
            "concerns.action.name": "what an action is called, names nobody",
            "concerns.action.place": "where an action was, a public place",
            "concerns.rightaddress.name": "what an address is for",
            "concerns.rightaddress.text": "offices and advice centres, published",
            "concerns.scoperule.title": "what the office does not do",
            "concerns.scoperule.words": "beginnings of words by which a rule is found",
            "concerns.scoperule.text": "why it is not ours, published",
            "concerns.routingrule.words": "beginnings of words by which a rule is found",
            "concerns.voice.language": "a language, not a person",
            "concerns.joining.moved": "keys of referrals",
            "concerns.joining.revoked": "keys of referrals",
        },
    )
    free_texts = (
        _concern_text("text", gettext_lazy("What was told")),
        _concern_text("place_text", gettext_lazy("Place")),
        _concern_text("answer", gettext_lazy("Answer")),
        _concern_text("reason", gettext_lazy("Reason")),
        _concern_text("public_title", gettext_lazy("Public title")),
        _concern_text("public_text", gettext_lazy("Public text")),
        FreeText(
            model="concerns.Concern",
            field="public_words",
            title=gettext_lazy("Public search"),
            quarter="quarter_id",
            matter="dossier_id",
            visible=inside,
            is_index=True,
        ),
        _referral_text("cover_note", gettext_lazy("Our words to the body")),
        _referral_text("reply", gettext_lazy("Reply of a body")),
        _question_text("text", gettext_lazy("Question to the person")),
        _question_text("answer", gettext_lazy("Answer of the person")),
        _rule_text("name", gettext_lazy("Rule for passing on")),
        _rule_text("note", gettext_lazy("Note of a rule for passing on")),
        _meeting_text("place", gettext_lazy("Place of a meeting")),
        _meeting_text("purpose", gettext_lazy("What a meeting is about")),
        _meeting_text("others", gettext_lazy("Who else takes part in a meeting")),
        _meeting_text("agreed", gettext_lazy("What was agreed at a meeting")),
        _meeting_text("for_person", gettext_lazy("Words about a meeting to the person")),
        _meeting_text("for_public", gettext_lazy("Words about a meeting to everybody")),
        _invitation_text("words", gettext_lazy("What a body said about a meeting")),
        _invitation_text("promise", gettext_lazy("What a body promised at a meeting")),
    )

    def find(self, viewer: Viewer, words: str) -> list[Found]:
        """Return tellers."""
        return [
            Found(
                key=f"{TELLER}:{concern.pk}",
                name=concern.teller.name or concern.teller.email or concern.teller.phone,
                detail=" · ".join(
                    part
                    for part in (
                        concern.teller.email,
                        concern.teller.phone,
                        f"{concern.dossier.reference} {concern.dossier.list_title}",
                    )
                    if part
                ),
                where=_("Told us something"),
            )
            for concern in _tellers(viewer, words)
        ] + [_voice_found(voice) for voice in _voices(viewer, words)]

    def recognise(self, viewer: Viewer, rows: frozenset[str]) -> Identity:
        """Return what the chosen tellers say of the person."""
        found = concerns_inside(viewer).filter(pk__in=keys_of(TELLER, rows))
        identity = Identity()
        for concern in found.select_related("teller"):
            identity |= forgetting.identity_of(teller=concern.teller)
            identity |= Identity(rows=frozenset({concern.teller.subject}))
        voices = Voice.objects.filter(
            pk__in=keys_of(VOICE, rows), concern__in=concerns_inside(viewer)
        )
        for voice in voices.exclude(email=""):
            identity |= Identity(
                emails=frozenset({voice.email}), rows=frozenset({f"{VOICE}:{voice.pk}"})
            )
        return identity

    def sections(self, viewer: Viewer, person: Person) -> list[Section]:
        """Return contact data, what was told, what happened, and to whom data went."""
        rows = concerns_inside(viewer).filter(pk__in=person.identity.matters)
        concerns = list(
            rows.select_related(
                "dossier", "dossier__quarter", "quarter", "theme", "teller"
            ).order_by("created_at")
        )
        lines = Entry.objects.filter(
            dossier__in=[c.pk for c in concerns], audience__in=[Audience.PUBLIC, Audience.TELLER]
        )
        steps: dict[int, list[Entry]] = {}
        for line in lines.order_by("at", "pk"):
            steps.setdefault(line.dossier_id, []).append(line)
        own = Q(concern__in=concerns, moved_from=None) | Q(moved_from__in=concerns)
        sent = Referral.objects.filter(own, with_contact=True)
        referrals: dict[int, list[Referral]] = {}
        for referral in sent.select_related("body").order_by("sent_at", "pk"):
            told_with = referral.moved_from_id or referral.concern_id
            referrals.setdefault(told_with, []).append(referral)
        voices = _voices_of(person).filter(concern__in=concerns_inside(viewer))
        asked: dict[int, list[Question]] = {}
        for question in Question.objects.filter(concern__in=concerns).order_by("asked_at", "pk"):
            asked.setdefault(question.concern_id, []).append(question)
        met = Meeting.objects.filter(concern__in=concerns, state=MeetingState.HELD)
        told: dict[int, list[Meeting]] = {}
        for meeting in met.exclude(for_person="").order_by("on", "pk"):
            told.setdefault(meeting.concern_id, []).append(meeting)
        return [
            Section("contact", _("Contact data"), [_contact(c) for c in concerns]),
            Section("told", _("What the person told us"), [_told(c) for c in concerns]),
            Section(
                "steps",
                _("What has happened"),
                [_steps(c, steps.get(c.pk, [])) for c in concerns],
            ),
            Section(
                "questions",
                _("What we asked and what the person answered"),
                [
                    _asked(concern, question)
                    for concern in concerns
                    for question in asked.get(concern.pk, [])
                ],
            ),
            Section(
                "meetings",
                _("What we told the person of meetings with bodies"),
                [
                    _met(concern, meeting)
                    for concern in concerns
                    for meeting in told.get(concern.pk, [])
                ],
            ),
            Section(
                "passed_on",
                _("To whom contact data went"),
                [
                    _passed_on(concern, referral)
                    for concern in concerns
                    for referral in referrals.get(concern.pk, [])
                ],
            ),
            Section("voices", _("Where the person said “me too”"), [_voice(v) for v in voices]),
        ]

    def plan(self, person: Person) -> list[Line]:
        """Contact data goes; case and counts stay."""
        tellers = Teller.objects.filter(pk__in=person.keys_of(TELLER))
        known = [teller for teller in tellers if teller.has_contact]
        named = filters_naming(quarter=person.quarter, identity=person.identity)
        filters = Line(
            _("Saved filters with the name, address or number"),
            len(named),
            Fate.GOES,
            _("They are only our own words."),
        )
        return [
            *([filters] if named else []),
            Line(
                _("Name, e-mail, phone and address, also in the search"),
                len(known),
                Fate.GOES,
                _("Nobody needs them any more once the person wants them gone."),
            ),
            Line(
                _("The concerns: text, theme, place, dates, state"),
                len(tellers),
                Fate.STAYS,
                _("The matter is of the quarter, not of the person; figures need it."),
            ),
            Line(
                _("“Me too” with this e-mail address"),
                _voices_of(person).count(),
                Fate.GOES,
                _("The voice was given with the address and goes with it."),
            ),
            Line(
                _("Questions to the person and what they answered"),
                Question.objects.filter(concern__in=person.identity.matters).count(),
                Fate.GOES,
                _("They are about the person. That something was asked, and when, stays."),
            ),
            Line(
                _("Blocked sender"),
                _blocked(person).count(),
                Fate.GOES,
                _(
                    "The list holds the address. Later reports from it are weighed like all others."
                ),
            ),
        ]

    def erase(self, person: Person, order: Order, now: datetime) -> None:  # noqa: ARG002 -- the same for all
        """Delete contact data, words with the person and saved filters; end consents; unblock."""
        _blocked(person).delete()
        remove_voices(rows=Q(pk__in=_voices_of(person).values("pk")))
        forget_filters_naming(quarter=person.quarter, identity=person.identity)
        for dossier in Dossier.objects.filter(pk__in=person.identity.matters).order_by("pk"):
            forgetting.forget_questions(dossier=dossier)
        rows = Concern.objects.filter(pk__in=person.keys_of(TELLER), quarter=person.quarter)
        for concern in rows.select_related("dossier", "quarter", "teller").order_by("pk"):
            _end_consent(concern, now)
            if concern.teller.has_contact:
                forgetting.forget_contact(
                    teller=concern.teller,
                    actor=Actor.OFFICE,
                    by_id=None,
                    deed="contact_erased",
                    now=now,
                )

    rules = (
        Rule(
            kind=RetentionKind.CONTACT,
            days=CONTACT_DAYS,
            since=gettext_lazy("after the concern was closed"),
            due=lambda *asked: _due(forgetting.contact_to_let_go, *asked),
            let_go=lambda *asked: _let_go(forgetting.let_contact_go, *asked),
        ),
        Rule(
            kind=RetentionKind.TEXT,
            days=TEXT_DAYS,
            since=gettext_lazy("after the concern was closed"),
            due=lambda *asked: _due(forgetting.text_to_let_go, *asked),
            let_go=lambda *asked: _let_go(forgetting.let_text_go, *asked),
        ),
    )


def _voices(viewer: Viewer, words: str) -> QuerySet[Voice]:
    """Return the voices whose address has these words in it."""
    rows = Voice.objects.filter(concern__in=concerns_inside(viewer)).exclude(email="")
    for word in words.split():
        rows = rows.filter(email__icontains=word)
    return rows.select_related("concern__dossier").order_by("-created_at", "-pk")[:MOST]


def _voice_found(voice: Voice) -> Found:
    dossier = voice.concern.dossier
    return Found(
        key=f"{VOICE}:{voice.pk}",
        name=voice.email,
        detail=f"{dossier.reference} {dossier.list_title}",
        where=_("Said “me too”"),
    )


def _voices_of(person: Person) -> QuerySet[Voice]:
    to = Q(pk__in=person.keys_of(VOICE))
    for email in person.identity.emails:
        to |= Q(email__iexact=email)
    rows = Voice.objects.filter(to, concern__quarter=person.quarter)
    return rows.select_related("concern__dossier", "concern__quarter").order_by("created_at", "pk")


def _voice(voice: Voice) -> Record:
    concern = voice.concern
    confirmed = voice.email_confirmed_at
    return record(
        concern.dossier.reference,
        ("email", _("E-mail"), voice.email),
        ("on", _("On"), _day(voice.created_at, concern.quarter)),
        (
            "confirmed",
            _("E-mail confirmed on"),
            _day(confirmed, concern.quarter) if confirmed else "",
        ),
    )


def _blocked(person: Person) -> QuerySet[BlockedSender]:
    names = [email.lower() for email in person.identity.emails]
    return BlockedSender.objects.filter(quarter=person.quarter, name__in=names)


def _due(rows: Rows, quarter: Quarter, before: datetime, viewer: Viewer | None) -> Due:
    found = Dossier.objects.filter(rows(quarter=quarter, before=before))
    if viewer is None:
        return Due(found.count())
    numbers = found.filter(rows_inside(viewer)).order_by("reference").values_list("reference")
    return Due(found.count(), [number for (number,) in numbers[:EXAMPLES]])


def _let_go(
    deed: Callable[..., int], quarter: Quarter, before: datetime, now: datetime, limit: int
) -> int:
    gone = deed(quarter=quarter, before=before, limit=limit, now=now)
    if gone:
        clean_search_later()
    return gone


def _end_consent(concern: Concern, now: datetime) -> None:
    if has_agreed(concern.teller.subject, ConsentPurpose.PASS_ON_CONTACT):
        record_consent(
            quarter=concern.quarter,
            subject=concern.teller.subject,
            purpose=ConsentPurpose.PASS_ON_CONTACT,
            step=ConsentStep.WITHDRAWN,
            wording=_("The person asked for their data to be deleted."),
            language="de",
            channel="office",
            taken_by_id=None,
            now=now,
        )


def _day(moment: datetime, quarter: Quarter) -> str:
    return date_format(quarter.local_day(moment), "SHORT_DATE_FORMAT")


def _contact(concern: Concern) -> Record:
    teller = concern.teller
    facts = (
        ("name", _("Name"), teller.name),
        ("email", _("E-mail"), teller.email),
        ("phone", _("Phone"), teller.phone),
        ("address", _("Address"), teller.address),
    )
    if not teller.has_contact:
        return Record(concern.dossier.reference, [])
    confirmed = teller.email_confirmed_at
    return record(
        concern.dossier.reference,
        *facts,
        (
            "email_confirmed_on",
            _("E-mail confirmed on"),
            _day(confirmed, concern.quarter) if confirmed else "",
        ),
        ("answer_by", _("Answer"), AnswerWay(teller.way).label),
        (
            "may_pass_on",
            _("Contact data may be passed on"),
            _("yes") if teller.may_pass_on else _("no"),
        ),
        (
            "told_orally_on",
            _("Told orally"),
            date_format(teller.told_orally_on, "SHORT_DATE_FORMAT")
            if teller.told_orally_on
            else "",
        ),
    )


def _told(concern: Concern) -> Record:
    point = f"{concern.latitude}, {concern.longitude}" if concern.latitude is not None else ""
    return record(
        concern.dossier.reference,
        ("told_on", _("Told on"), date_format(concern.told_on, "SHORT_DATE_FORMAT")),
        ("channel", _("How"), concern.get_channel_display()),
        ("language", _("Language"), concern.dossier.language),
        ("theme", _("Theme"), concern.theme or ""),
        ("text", _("Text"), concern.text),
        ("place", _("Place"), concern.place_text),
        ("point", _("Point on the map"), point),
        ("state", _("State"), concern.get_state_display()),
        ("public_title", _("Public title"), concern.public_title if concern.is_released else ""),
        ("public_text", _("Public text"), concern.public_text if concern.is_released else ""),
        ("answer", _("Answer"), "\n\n".join(p for p in (concern.answer, concern.reason) if p)),
    )


def _steps(concern: Concern, lines: list[Entry]) -> Record:
    steps = timeline.told_steps(concern, lines, to_person=True)
    return record(
        concern.dossier.reference,
        *(
            (f"step_{number}", date_format(step.on, "SHORT_DATE_FORMAT"), step.sentence)
            for number, step in enumerate(steps, 1)
        ),
    )


def _asked(concern: Concern, question: Question) -> Record:
    answered = question.answered_at
    return record(
        concern.dossier.reference,
        ("asked_on", _("Asked on"), _day(question.asked_at, concern.quarter)),
        ("question", _("Question"), question.text),
        ("answered_on", _("Answered on"), _day(answered, concern.quarter) if answered else ""),
        ("answer", _("Answer"), question.answer),
    )


def _met(concern: Concern, meeting: Meeting) -> Record:
    return record(
        concern.dossier.reference,
        ("on", _("On"), date_format(meeting.on, "SHORT_DATE_FORMAT")),
        ("words", _("Words for the person"), meeting.for_person),
    )


def _passed_on(concern: Concern, referral: Referral) -> Record:
    return record(
        f"{concern.dossier.reference}: {referral.body.name}",
        ("body", _("Body"), referral.body.name),
        ("on", _("Passed on on"), _day(referral.sent_at, concern.quarter)),
        ("way", _("How"), referral.get_way_display()),
    )


HOLDER = Concerns()
