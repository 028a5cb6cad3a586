"""Two quarters with a life each, and a canary in every text field of every row.

A canary is a word of its own (kanari00042) that stands in one field of one row. It is short, folded
and fit for an e-mail address, so that it survives every way out: escaped, searched, sent.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.utils import timezone
from PIL import Image

from quartiersladen.accounts.models import Membership, User
from quartiersladen.accounts.rules import Viewer, link_viewer
from quartiersladen.accounts.states import LinkPurpose, Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.api.services.creations import Wish, tell_by_program
from quartiersladen.api.services.keys import revoke_key
from quartiersladen.api.testing import QUESTIONS, give_key, offer_theme, open_up
from quartiersladen.backups.models import Backup
from quartiersladen.backups.states import BackupState
from quartiersladen.concerns.models import (
    Concern,
    Following,
    Question,
    Referral,
    RightAddress,
    RoutingRule,
    ScopeHit,
    ScopeRule,
)
from quartiersladen.concerns.services import (
    actions,
    filters,
    following,
    intake,
    joining,
    life,
    mails,
    meetings,
    quarantine,
    questions,
    referrals,
    release,
    talks,
    tellers,
    topics,
    voices,
)
from quartiersladen.concerns.states import (
    ActionKind,
    AnswerWay,
    Attendance,
    Channel,
    ConcernKind,
    PlaceKind,
    PlacePrecision,
    Result,
    TalkPlace,
    Witness,
)
from quartiersladen.correspondence.models import InboundMail, Mailbox
from quartiersladen.correspondence.states import Occasion, Way
from quartiersladen.correspondence.testing import arrive, make_mail, make_snippet
from quartiersladen.desk import services as settings_of_quarter
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.directory.testing import make_body
from quartiersladen.dossiers.models import Document, Dossier, Named, ReferenceSequence
from quartiersladen.dossiers.services.journal import note, record
from quartiersladen.dossiers.services.looking_after import assign
from quartiersladen.dossiers.services.tags import change_tags
from quartiersladen.dossiers.states import Actor, Audience
from quartiersladen.files.services import store_photo
from quartiersladen.kernel.links import make_token
from quartiersladen.kernel.spam import Sign
from quartiersladen.mediation.services.agreement import take_look
from quartiersladen.mediation.services.life import Ending, end_mediation
from quartiersladen.mediation.states import Holding, MediationState, Side
from quartiersladen.mediation.testing import agree, make_mediation, make_party, make_talk
from quartiersladen.outbox.models import Mail, Outage
from quartiersladen.outbox.outages import server_key
from quartiersladen.outbox.services import queue_mail
from quartiersladen.privacy import retention
from quartiersladen.privacy.append_only import erasure_permit
from quartiersladen.privacy.models import Consent
from quartiersladen.privacy.states import RetentionKind
from quartiersladen.quarters.models import District, Premises, ProgrammeFooter, Quarter, Theme
from quartiersladen.quarters.testing import make_quarter, make_theme
from quartiersladen.website.models import SitePage
from quartiersladen.website.states import PageKey

CANARY = re.compile(rb"kanari\d{5}", re.IGNORECASE)
OWN = "quartiersladen."
TEXTS = (models.CharField, models.TextField, models.JSONField)
#: Facts that a journal line names in its sentence.
ENTRY_FACTS = ("body", "reason", "to", "theme", "partner")
#: Around everything that happens in this world.
AREA = {
    "type": "Polygon",
    "coordinates": [[[12, 51], [13, 51], [13, 52], [12, 52], [12, 51]]],
}
TELLER = "concerns.teller:"
B_STARTS_AT = 500  # the quarters' running numbers differ, except that both have a first one


@dataclass(frozen=True)
class Canary:
    """What was planted where. dossier: its key, None for what belongs to the quarter."""

    word: str
    field: str
    quarter: int | None
    model: str
    pk: Any
    dossier: int | None = None


@dataclass
class Town:
    """One quarter with its people and cases, by name."""

    quarter: Quarter
    people: dict[str, User]
    cases: dict[str, Concern] = field(default_factory=dict)
    sent: dict[str, Referral] = field(default_factory=dict)
    draft: Any = None
    follows: dict[str, Following] = field(default_factory=dict)

    def viewer(self, name: str) -> Viewer:
        """Return somebody of this quarter as a viewer."""
        return viewer_of(self.people[name], self.quarter, self.quarter.local_day(timezone.now()))


@dataclass
class World:
    """Both quarters and everything that was planted."""

    here: Town
    there: Town
    planted: dict[str, Canary] = field(default_factory=dict)

    def of(self, field_name: str, town: Town | None = None) -> list[Canary]:
        """Return the canaries of a field, for example "concerns.Teller.name"."""
        quarter = (town or self.here).quarter.pk
        rows = self.planted.values()
        return [c for c in rows if c.field == field_name and c.quarter == quarter]


# --- The life of a quarter -----------------------------------------------------------------------
def build_world() -> World:
    """Store both quarters, let their year happen, and plant."""
    now = timezone.now() - timedelta(hours=2)
    here = _town("hier", now)
    there = _town("dort", now)
    _of_the_house(now)
    world = World(here, there)
    Planter(world).plant()
    return world


def _of_the_house(now: datetime) -> None:
    """Store what belongs to no quarter."""
    Backup.objects.create(state=BackupState.FAILED, started_at=now, error="Kein Platz")
    Mailbox.objects.create(key="noch keines", last_error="Nein")
    Outage.objects.create(server_key="noch keiner", since=now, next_try_at=now, last_error="Nein")


def _town(slug: str, now: datetime) -> Town:
    quarter = make_quarter(slug, name=f"Quartier {slug}")
    town = Town(quarter, _people(quarter))
    theme = make_theme(quarter, "licht")
    make_theme(quarter, "alt", is_active=False)
    _furnish(quarter, now)
    bodies = [make_body(quarter, name) for name in ("Lichtwerk", "Kehrfix")]
    for body, words in zip(bodies, (["licht"], []), strict=True):
        body.themes.add(theme)
        person = ContactPerson.objects.create(
            body=body, name="Gesine", email=f"g@{slug}.example.org", from_on="2020-01-01"
        )
        rule = RoutingRule.objects.create(
            quarter=quarter,
            name="Licht",
            words=words,
            note="Anrufen",
            body=body,
            person=person,
            submission_key=uuid4(),
        )
        rule.themes.add(theme)
    CaseMaker(town, theme, bodies, now).make_all()
    _settings(town, now)
    _follow(town, theme, now)
    return town


def _follow(town: Town, theme: Theme, now: datetime) -> None:
    """Let somebody follow a theme in a district, and somebody ask who never confirms."""
    quarter = town.quarter
    wishes = {
        "confirmed": following.Wish(theme=theme, district=quarter.districts.get()),
        "asked": following.Wish(concern=town.cases["released"]),
    }
    for name, wish in wishes.items():
        email = f"{name}@folgt.{quarter.slug}.example.org"
        following.ask_to_follow(
            quarter=quarter, wish=wish, email=email, language="de", wording="Ja, bitte.", now=now
        )
        town.follows[name] = Following.objects.select_related("quarter").get(email=email)
    following.confirm_following(
        viewer=link_viewer(quarter.pk, LinkPurpose.FOLLOW_CONFIRM, town.follows["confirmed"].pk),
        following=town.follows["confirmed"],
        now=now,
    )


ROLES = {
    "lead": Role.LEAD,
    "moderator": Role.MODERATOR,
    "helper": Role.HELPER,
    "intern": Role.HELPER,
    "client": Role.CLIENT,
    "administrator": Role.ADMINISTRATOR,
    "former": Role.LEAD,
}


def _people(quarter: Quarter) -> dict[str, User]:
    people = {
        name: make_member(quarter, role, f"{name}-{quarter.slug}") for name, role in ROLES.items()
    }
    ended = timezone.now().date() - timedelta(days=2)
    Membership.objects.filter(user=people["former"]).update(to_on=ended)
    shown = Membership.objects.filter(user__in=[people["lead"], people["former"]])
    shown.update(is_shown=True)
    return people


def _furnish(quarter: Quarter, now: datetime) -> None:
    District.objects.create(quarter=quarter, name="Ortsteil", outline=AREA)
    Premises.objects.create(
        quarter=quarter,
        name="Laden",
        street="Musterweg 1",
        postcode="04315",
        city="Leipzig",
        phone="030 23125 014",
        opening={str(day): [["09:00", "17:00"]] for day in range(7)},
        note={"de": "Klingel"},
    )
    ProgrammeFooter.objects.create(quarter=quarter, text="Gefördert", from_on="2020-01-01")
    address = RightAddress.objects.create(
        quarter=quarter, name={"de": "Wohnung"}, text={"de": "Wohnungsamt"}
    )
    rule = ScopeRule.objects.create(
        quarter=quarter,
        title={"de": "Wohnung"},
        words=["wohnung"],
        text={"de": "Nicht wir"},
        right_address=address,
    )
    ScopeHit.objects.create(rule=rule, on=now.date(), form_key=uuid4())
    for key in PageKey:
        SitePage.objects.create(
            quarter=quarter,
            key=key,
            body={"de": "Text", "en": "Text", "ar": "Text"},
            is_published=key != PageKey.PRIVACY,
            updated_at=now,
        )


def _settings(town: Town, now: datetime) -> None:
    lead = town.viewer("lead")
    talks.tally_talk(
        viewer=lead,
        quarter=town.quarter,
        place=TalkPlace.STREET,
        theme=None,
        on=town.quarter.local_day(timezone.now()),
        now=now,
    )
    settings_of_quarter.save_quarter(
        viewer=lead, quarter=town.quarter, changes={}, version=town.quarter.version, now=now
    )
    for theme in (None, town.quarter.themes.get(slug="licht")):
        for occasion in (Occasion.ANSWERED, Occasion.FORWARDED):
            make_snippet(lead, town.quarter, occasion=occasion, theme=theme, now=now)
    retention.set_days(
        viewer=lead,
        quarter=town.quarter,
        kind=RetentionKind.CONTACT,
        days=30,
        version=0,
        now=now,
    )
    for is_shared in (True, False):
        filters.save_filter(
            viewer=lead,
            quarter=town.quarter,
            name="Offen",
            query="zustand=offen",
            is_shared=is_shared,
            now=now,
        )
    Mail.objects.filter(quarter=town.quarter).update(tries=1)  # so that the books show an error
    queue_mail(
        quarter=town.quarter,
        kind="account",
        to="konto@example.org",
        subject="Passwort",
        text="Weg zum Passwort",
        is_account=True,
        now=now,
    )


class CaseMaker:
    """Lets the same things happen in a quarter as in a year."""

    def __init__(
        self, town: Town, theme: Theme, bodies: list[ResponsibleBody], now: datetime
    ) -> None:
        self.town, self.theme, self.bodies, self.now = town, theme, bodies, now
        self.lead = town.viewer("lead")

    def make_all(self) -> None:
        """Make one case of each kind; the names say what is special."""
        self.report("fresh")
        if self.town.quarter.slug == "dort":
            ReferenceSequence.objects.filter(quarter=self.town.quarter).update(last=B_STARTS_AT)
        self.passed(self.report("passed", consent=True), with_contact=False)
        self.passed(self.report("by hand", consent=True), with_contact=True)
        self.close(self.show(self.passed(self.report("released"))))
        self.withdraw(self.show(self.report("withdrawn")))
        self.conceal(self.show(self.report("concealed")))
        self.assign(self.tag(self.report("helped")))
        self.assign(self.show(self.report("helped, released")))
        self.keep_secret(self.passed(self.report("secret", consent=True), with_contact=True))
        self.keep_secret(self.show(self.report("secret, once released")))
        self.tag(self.report("secret by its theme", theme=self.violence()))
        self.mediate(self.report("quarrel"))
        self.told(self.report("talked", way=AnswerWay.PHONE))
        self.asked(self.show(self.report("asked back")))
        self.asked_and_answered(self.report("asked, answered", way=AnswerWay.PHONE))
        self.entered()
        self.called_a_topic(self.report("topic"))
        self.meet(self.show(self.passed(self.report("met"))))
        self.assign(self.meet(self.report("met, helped"), ends=""))
        self.keep_secret(self.meet(self.report("secret, met"), ends="called off"))
        self.report("quarantined", is_held=True, consent=True)
        self.assign(self.report("quarantined, helped", is_held=True))
        self.call_spam(self.report("spam", is_held=True))
        self.open_for_partners()
        self.begin_a_form()
        self.let_mails_come_in()

    def let_mails_come_in(self) -> None:
        """A draft, an answer of a person, one of a body, and what is only listed."""
        quarter = self.town.quarter
        about = [
            Mail.objects.filter(message__dossier=self.town.cases[name].pk).latest("pk")
            for name in ("passed", "secret", "helped, released", "released")
            if Mail.objects.filter(message__dossier=self.town.cases[name].pk).exists()
        ]
        to_body = Mail.objects.filter(message__dossier=self.town.cases["by hand"].pk, kind="body")
        raws = [
            make_mail("Neu", photos=[]),
            make_mail("Liste", List_Id="<liste.example.org>"),
            *(make_mail("Ja", In_Reply_To=mail.message_id) for mail in [*about, to_body.get()]),
        ]
        quoting = "Ja\n\nOn Monday, Mira wrote:\n> Ja?"
        raws += [make_mail(quoting, files=[("brief.pdf", "application/pdf", b"%PDF")])]
        for raw in raws:
            arrive(quarter, raw=raw, now=self.now)
        mails.take_mails(now=self.now)
        listed = InboundMail.objects.filter(quarter=quarter).latest("pk")
        mails.put_aside(viewer=self.lead, mail=listed, reason="Nichts", now=self.now)
        self.join(self.show(self.report("leading")), self.passed(self.report("joined")))
        self.join(
            self.keep_secret(self.report("secret, leading")),
            self.keep_secret(self.report("secret, joined")),
        )
        self.say_me_too(self.show(self.report("common")))

    def join(self, leader: Concern, concern: Concern) -> None:
        for one in (leader, concern):
            one.dossier.refresh_from_db()
        joining.join(
            viewer=self.town.viewer("moderator"),
            leader=leader,
            concerns=[concern],
            keep=frozenset(concern.referrals.values_list("pk", flat=True)),
            version=leader.dossier.version,
            now=self.now,
        )

    def say_me_too(self, concern: Concern) -> None:
        said = [
            voices.add_voice(
                concern=concern,
                cookie=f"{number}",
                email=f"v{number}@{self.town.quarter.slug}.example.org",
                language="de",
                now=self.now,
            )
            for number in range(2)
        ]
        voice = said[1]
        assert voice is not None
        voices.confirm_voice(
            viewer=link_viewer(self.town.quarter.pk, LinkPurpose.VOICE, voice.pk),
            voice=voice,
            now=self.now,
        )

    def report(
        self,
        name: str,
        *,
        way: AnswerWay = AnswerWay.MAIL,
        consent: bool = False,
        is_held: bool = False,
        theme: Theme | None = None,
    ) -> Concern:
        quarter, key = self.town.quarter, uuid4()
        for number in range(2 if name == "released" else 1):
            self._photo(key, f"{name}{number}")
        number = len(self.town.cases)
        concern = intake.report_concern(
            quarter=quarter,
            report=intake.Report(
                text=f"Die Laterne {name} ist aus.",
                kind=ConcernKind.PROBLEM,
                theme=theme or self.theme,
                language="de",
                place_kind=PlaceKind.POINT,
                place_text="Musterweg 7",
                latitude=51.34 + number / 1000,
                longitude=12.4,
                way=way,
                name="Nour",
                email=f"n{number}@{quarter.slug}.example.org",
                phone="030 23125 300",
                address="Musterweg 9",
                consent_wording="Ja, weitergeben." if consent else "",
            ),
            intake=intake.Intake(
                channel=Channel.WEB,
                told_on=quarter.local_day(self.now),
                signs=frozenset({Sign.TRAP} if is_held else ()),
            ),
            submission_key=key,
            now=self.now,
        )
        if name != "fresh" and not is_held:
            tellers.confirm_address(
                viewer=link_viewer(quarter.pk, LinkPurpose.TELLER_EMAIL, concern.pk),
                concern=concern,
                now=self.now,
            )
        note(viewer=self.lead, dossier=concern.dossier, text="Notiz", now=self.now)
        for audience in (Audience.PUBLIC, Audience.TELLER, Audience.OFFICE, Audience.CONFIDENTIAL):
            record(
                dossier=concern.dossier,
                deed="closed" if audience != Audience.CONFIDENTIAL else "note",
                actor=Actor.OFFICE,
                by_id=self.lead.user_id,
                text=f"Zeile {audience}",
                audience=audience,
                data={"result": Result.FIXED, "witness": "", "reason": "Grund"},
                now=self.now,
            )
        self.town.cases[name] = concern
        return concern

    def _photo(self, key: Any, name: str) -> None:
        stored = store_photo(
            quarter=self.town.quarter, upload=photo_with_exif(f"{name}.jpg"), now=self.now
        )
        intake.keep_photos(
            quarter=self.town.quarter, key=key, photos=[(stored, f"{name}.jpg")], now=self.now
        )

    def begin_a_form(self) -> None:
        self.town.draft = uuid4()
        self._photo(self.town.draft, "entwurf")

    def passed(self, concern: Concern, *, with_contact: bool = False) -> Concern:
        person = self.bodies[0].people.first() if with_contact else None
        ask_on = self.town.quarter.local_day(timezone.now())
        [referral] = referrals.pass_on(
            viewer=self.lead,
            concern=concern,
            items=[
                referrals.PassOn(
                    body=self.bodies[0],
                    way=Way.MAIL,
                    person=person,
                    cover_note="Bitte",
                    with_contact=with_contact,
                )
            ],
            ask_on=ask_on,
            version=concern.dossier.version,
            now=self.now,
        )
        self.town.sent[_name_of(self.town, concern)] = referral
        return concern

    def show(self, concern: Concern) -> Concern:
        first = Document.objects.filter(dossier=concern.dossier).order_by("position")[0]
        release.release_concern(
            viewer=self.lead,
            concern=concern,
            release=release.Release(
                title="Laterne",
                text="Eine Laterne ist aus.",
                precision=PlacePrecision.STREET,
                document_ids=frozenset({first.pk}),
                is_checked=True,
            ),
            version=concern.dossier.version,
            now=self.now,
        )
        return concern

    def close(self, concern: Concern) -> None:
        referrals.answer_referral(
            viewer=link_viewer(
                self.town.quarter.pk,
                LinkPurpose.REFERRAL,
                self.town.sent[_name_of(self.town, concern)].pk,
            ),
            referral=self.town.sent[_name_of(self.town, concern)],
            text="Repariert",
            now=self.now,
        )
        concern.refresh_from_db()
        concern.dossier.refresh_from_db()
        life.close_concern(
            viewer=self.lead,
            concern=concern,
            ending=life.Ending(
                result=Result.FIXED, answer="Leuchtet.", reason="Birne", witness=Witness.OFFICE
            ),
            version=concern.dossier.version,
            now=self.now,
        )

    def withdraw(self, concern: Concern) -> None:
        life.withdraw_concern(
            viewer=link_viewer(self.town.quarter.pk, LinkPurpose.TELLER_STATUS, concern.pk),
            concern=concern,
            version=None,
            now=self.now,
        )

    def conceal(self, concern: Concern) -> None:
        release.conceal_concern(
            viewer=self.lead, concern=concern, version=concern.dossier.version, now=self.now
        )

    def assign(self, concern: Concern) -> None:
        assign(
            viewer=self.lead,
            dossier=concern.dossier,
            colleague=self.town.people["helper"],
            version=concern.dossier.version,
            now=self.now,
        )

    def tag(self, concern: Concern) -> Concern:
        change_tags(
            viewer=self.lead,
            dossier=concern.dossier,
            add=["Sommer"],
            version=concern.dossier.version,
            now=self.now,
        )
        return concern

    def violence(self) -> Theme:
        """A theme of which everything is confidential from the first moment on."""
        return make_theme(self.town.quarter, "gewalt", is_confidential=True)

    def call_spam(self, concern: Concern) -> None:
        quarantine.call_spam(viewer=self.lead, concern=concern, block=True, now=self.now)

    def open_for_partners(self) -> None:
        quarter = self.town.quarter
        open_up(self.lead, quarter, now=self.now)
        offer_theme(self.lead, self.theme, questions=QUESTIONS, now=self.now)
        for partner in ("Stadt", "Alt"):
            give_key(self.lead, quarter, partner, now=self.now)
        key = quarter.api_keys.get(partner="Stadt")
        self.town.cases["by program"] = tell_by_program(
            key=key,
            wish=Wish(
                theme=self.theme,
                channel=Channel.OPEN311,
                text="Die Laterne blinkt.",
                point=(51.34, 12.4),
                name="Nour",
                email=f"program@{quarter.slug}.example.org",
                phone="030 23125 300",
                answers={"kind": ["out"], "more": ["Bei mir im Hof"]},
            ),
            digest="0" * 64,
            now=self.now,
        )
        revoke_key(viewer=self.lead, key=quarter.api_keys.get(partner="Alt"), now=self.now)

    def told(self, concern: Concern) -> None:
        tellers.told_orally(
            viewer=self.lead,
            concern=concern,
            told_on=self.town.quarter.local_day(self.now),
            text="Am Telefon",
            version=concern.dossier.version,
            now=self.now,
        )

    def asked(self, concern: Concern) -> Question:
        return questions.ask_person(
            viewer=self.lead,
            concern=concern,
            text="Wo genau?",
            version=concern.dossier.version,
            now=self.now,
        )

    def asked_and_answered(self, concern: Concern) -> None:
        questions.answer_question(
            viewer=link_viewer(self.town.quarter.pk, LinkPurpose.TELLER_STATUS, concern.pk),
            question=self.asked(concern),
            text="Vor Nummer 7",
            way=Way.LINK,
            now=self.now,
        )

    def entered(self) -> None:
        for kind in (ActionKind.POSTCARDS, ActionKind.WALK):
            action = actions.start_action(
                viewer=self.lead,
                quarter=self.town.quarter,
                facts=actions.ActionFacts(
                    kind=kind,
                    name="Aktion",
                    on=self.town.quarter.local_day(self.now),
                    place="Platz",
                    theme=self.theme,
                ),
                submission_key=uuid4(),
                now=self.now,
            )
            self.town.cases[f"line of {kind}"] = actions.enter_line(
                viewer=self.lead,
                action=action,
                report=intake.Report(
                    text=f"Zeile {kind}",
                    kind=ConcernKind.IDEA,
                    theme=self.theme,
                    language="de",
                    place_kind=PlaceKind.NONE,
                ),
                key=uuid4(),
                now=self.now,
            ).concern

    def called_a_topic(self, concern: Concern) -> None:
        topics.mark_topic(
            viewer=self.lead,
            concern=concern,
            months=6,
            next_on=None,
            version=concern.dossier.version,
            now=self.now,
        )

    def meet(self, concern: Concern, *, ends: str = "held") -> Concern:
        today, dossier = self.town.quarter.local_day(self.now), concern.dossier
        meeting = meetings.plan_meeting(
            viewer=self.lead,
            concern=concern,
            plan=meetings.Plan(today, time(0), "Laden", "Wer macht was?", "Kita-Leitung"),
            invites=[
                meetings.Invite(self.bodies[0], Way.MAIL, self.bodies[0].people.first()),
                meetings.Invite(self.bodies[1], Way.PHONE),
            ],
            submission_key=uuid4(),
            version=dossier.version,
            now=self.now,
        )
        said, called = meeting.invitations.order_by("pk")
        said.meeting = called.meeting = meeting
        meetings.note_attendance(
            viewer=self.lead,
            invitation=called,
            attendance=Attendance.COMES,
            words="Kommt",
            version=dossier.version,
            now=self.now,
        )
        if ends == "held":
            meetings.hold_meeting(
                viewer=self.lead,
                meeting=meeting,
                outcome=meetings.Outcome(
                    there=frozenset({said.pk}),
                    agreed="Streit",
                    for_person="Für Sie",
                    for_public="Für alle",
                    promises={said.pk: meetings.Promise("Räumt auf", today)},
                ),
                version=dossier.version,
                now=self.now,
            )
        elif ends:
            meetings.cancel_meeting(
                viewer=self.lead,
                meeting=meeting,
                why="Sturm",
                next_on=today,
                version=dossier.version,
                now=self.now,
            )
        return concern

    def keep_secret(self, concern: Concern) -> Concern:
        Dossier.objects.filter(pk=concern.pk).update(audience=Audience.CONFIDENTIAL)
        Named.objects.create(dossier=concern.dossier, user=self.town.people["moderator"])
        return concern

    def mediate(self, concern: Concern) -> None:
        """Let two sides talk, agree, say whether it holds, and be passed on."""
        moderator = self.town.viewer("moderator")
        mediation = make_mediation(moderator, concern, now=self.now)
        sides = [
            make_party(moderator, mediation, name, side, now=self.now)
            for name, side in (("Sommer", Side.A), ("Winter", Side.B))
        ]
        make_talk(moderator, mediation, *sides, notes="Ruhe", now=self.now)
        agree(moderator, mediation, *sides, now=self.now)
        take_look(
            viewer=moderator,
            mediation=mediation,
            holding=Holding.PARTLY,
            note="Meistens",
            wanted=None,
            version=concern.dossier.version,
            now=self.now,
        )
        end_mediation(
            viewer=moderator,
            mediation=mediation,
            ending=Ending(MediationState.PASSED_ON, "Ende", service="Schlichtung"),
            version=concern.dossier.version,
            now=self.now,
        )


def _name_of(town: Town, concern: Concern) -> str:
    return next(name for name, case in town.cases.items() if case.pk == concern.pk)


def photo_with_exif(name: str) -> SimpleUploadedFile:
    """Return a photo whose EXIF, comment and name hold a canary that nobody may ever see."""
    out, exif = BytesIO(), Image.Exif()
    exif[0x010E] = exif[0x013B] = exif[0x8298] = "kanari99999"  # description, artist, copyright
    picture = Image.new("RGB", (40, 30), "teal")
    picture.save(out, "JPEG", exif=exif, comment=b"kanari99999")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


# --- Planting ------------------------------------------------------------------------------------
def own_models() -> list[type[models.Model]]:
    """Return every model of the house."""
    return [m for m in apps.get_models(include_auto_created=True) if m.__module__.startswith(OWN)]


def text_fields(model: type[models.Model]) -> "Iterator[models.Field[Any, Any]]":
    """Return the fields in which words can stand; choices are closed lists."""
    for one in model._meta.get_fields():
        if isinstance(one, TEXTS) and not one.choices and not isinstance(one, models.SlugField):
            yield one


def label(model: type[models.Model], name: str) -> str:
    """Return how `circles` names a field, for example "concerns.Teller.name"."""
    return f"{model.__module__.split('.')[1]}.{model.__name__}.{name}"


#: From a row to its quarter and to its dossier; what is not found by name stands here.
PATHS_TO_DOSSIER = (
    "dossier",
    "concern.dossier",
    "message.dossier",
    "document.dossier",
    "meeting.concern.dossier",
    "mediation.concern.dossier",
)
PATHS_TO_QUARTER = (
    "quarter",
    "body.quarter",
    "concern.quarter",
    "dossier.quarter",
    "draft.quarter",
    "theme.quarter",
    "open_theme.theme.quarter",
    "mediation.concern.quarter",
)


def follow(row: Any, path: str) -> Any:
    """Return what lies at the end of a path of attributes, None if it ends before."""
    for name in path.split("."):
        row = getattr(row, name, None)
        if row is None:
            return None
    return row


class Planter:
    """Writes a canary into each text field of each row."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.count = 0
        self.quarter_of_user = {
            user.pk: town.quarter.pk
            for town in (world.here, world.there)
            for user in town.people.values()
        }

    def plant(self) -> None:
        """Plant everywhere; the search text comes last, for it holds the words of the others."""
        from tests.canary.circles import STRUCTURE  # noqa: PLC0415 -- it imports this module

        with erasure_permit():
            for model in own_models():
                fields = [f for f in text_fields(model) if label(model, f.name) not in STRUCTURE]
                for row in model._base_manager.all():
                    changes = {f.attname: self._value(row, f) for f in fields}
                    if changes:
                        model._base_manager.filter(pk=row.pk).update(**changes)
        # The server of one quarter takes no mails; its address has just become another one.
        server = Quarter.objects.get(pk=self.world.here.quarter.pk).smtp_url
        Outage.objects.update(server_key=server_key(server))
        box = Quarter.objects.get(pk=self.world.here.quarter.pk).imap_url
        Mailbox.objects.update(key=server_key(box))
        for dossier in Dossier.objects.all():
            words = [c.word for c in self.world.planted.values() if c.dossier == dossier.pk]
            Dossier.objects.filter(pk=dossier.pk).update(
                search_text=" ".join([dossier.reference, *words])
            )

    def _value(self, row: models.Model, one: "models.Field[Any, Any]") -> Any:
        word = self._new(row, one.name)
        if isinstance(one, models.EmailField):
            return f"{word}@example.org"
        if not isinstance(one, models.JSONField):
            return word
        before = getattr(row, one.name)
        if row._meta.object_name == "Attribute":
            return [[key, word] for key, _name in before]
        if isinstance(before, list):
            files = [item | {"name": f"{word}.pdf"} for item in before if isinstance(item, dict)]
            return files or [word for _item in before]
        if row._meta.object_name == "Entry":
            return before | {name: word for name in ENTRY_FACTS if name in before}
        if row._meta.object_name == "SitePage" and one.name == "facts":
            from quartiersladen.website.states import FACTS  # noqa: PLC0415 -- only here

            return dict.fromkeys(FACTS[PageKey(row.key)], word)  # type: ignore[attr-defined]  # a SitePage
        return dict.fromkeys([*before, "de"], word)

    def _new(self, row: models.Model, name: str) -> str:
        self.count += 1
        word = f"kanari{self.count:05d}"
        dossier = row if isinstance(row, Dossier) else self._dossier(row)
        self.world.planted[word] = Canary(
            word,
            label(type(row), name),
            self._quarter(row),
            type(row).__name__,
            row.pk,
            dossier.pk if dossier else None,
        )
        return word

    def _dossier(self, row: models.Model) -> Dossier | None:
        if isinstance(row, Mail) and not hasattr(row, "message") and "status" in row.links:
            return Dossier.objects.get(pk=row.links["status"]["subject_id"])
        if isinstance(row, Consent):
            is_of_teller = row.subject.startswith(TELLER)
            key = row.subject.removeprefix(TELLER)
            return Dossier.objects.get(pk=key) if is_of_teller else None
        if isinstance(row, Following):
            return None
        found = (follow_or_none(row, path) for path in PATHS_TO_DOSSIER)
        return next((dossier for dossier in found if dossier is not None), None)

    def _quarter(self, row: models.Model) -> int | None:
        if isinstance(row, Quarter):
            return row.pk
        if isinstance(row, User):
            return self.quarter_of_user[row.pk]
        found = (follow_or_none(row, path) for path in PATHS_TO_QUARTER)
        return next((quarter.pk for quarter in found if quarter is not None), None)


def follow_or_none(row: Any, path: str) -> Any:
    """Return what lies at the end of a path; None also when a reverse one-to-one is empty."""
    try:
        return follow(row, path)
    except models.ObjectDoesNotExist:
        return None


# --- The keys to private doors -------------------------------------------------------------------
def status_token(concern: Concern) -> str:
    """Return the teller's link of a concern."""
    return make_token(
        LinkPurpose.TELLER_STATUS, subject_id=concern.pk, generation=1, expires_on=None
    )


def confirm_token(concern: Concern) -> str:
    """Return the link in the first mail."""
    return make_token(
        LinkPurpose.TELLER_EMAIL, subject_id=concern.pk, generation=1, expires_on=None
    )


def follow_tokens(follows: Following) -> tuple[str, str]:
    """Return the links with which somebody begins and ends to follow."""
    confirm, leave = (
        make_token(purpose, subject_id=follows.pk, generation=1, expires_on=None)
        for purpose in (LinkPurpose.FOLLOW_CONFIRM, LinkPurpose.FOLLOW_LEAVE)
    )
    return confirm, leave


def referral_token(referral: Referral) -> str:
    """Return the link of a responsible body."""
    return make_token(LinkPurpose.REFERRAL, subject_id=referral.pk, generation=1, expires_on=None)
