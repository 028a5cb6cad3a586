"""Two quarters with people, concerns in several states and every kind of link, ready to be attacked."""

from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from quartiersladen.accounts.rules import Viewer
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.api.testing import QUESTIONS, give_key, offer_theme, open_up
from quartiersladen.concerns.letters import confirmation, referral_link, status_link, voice_link
from quartiersladen.concerns.models import (
    Concern,
    DraftPhoto,
    Following,
    Invitation,
    RoutingRule,
    ScopeRule,
)
from quartiersladen.concerns.news import confirm_link, leave_link
from quartiersladen.concerns.services.actions import ActionFacts, start_action
from quartiersladen.concerns.services.following import Wish, ask_to_follow
from quartiersladen.concerns.services.intake import keep_photos
from quartiersladen.concerns.services.mails import take_mails
from quartiersladen.concerns.services.meetings import Invite, Plan, plan_meeting
from quartiersladen.concerns.services.quarantine import block_sender, call_spam
from quartiersladen.concerns.services.questions import ask_person
from quartiersladen.concerns.services.release import Release, release_concern
from quartiersladen.concerns.services.voices import add_voice
from quartiersladen.concerns.states import ActionKind, AnswerWay, Channel, PlacePrecision
from quartiersladen.concerns.testing import make_concern, make_referral, photo
from quartiersladen.correspondence.states import Way
from quartiersladen.correspondence.testing import arrive, make_mail
from quartiersladen.directory.testing import make_body
from quartiersladen.files.services import store_photo
from quartiersladen.kernel.links import make_token
from quartiersladen.kernel.spam import Sign
from quartiersladen.mediation.states import Side
from quartiersladen.mediation.testing import agree, make_mediation, make_party, make_talk
from quartiersladen.outbox.models import LinkSpec
from quartiersladen.quarters.models import Quarter, Theme
from quartiersladen.quarters.testing import make_quarter, make_theme

HOSTS = {"ost": "testserver", "west": "west.example.org"}


@dataclass
class House:
    """What stands in it.  things: values that an honest path holds, all in one heap."""

    quarters: list[Quarter]
    people: dict[str, Any]
    things: list[str] = field(default_factory=list)


def _token(link: LinkSpec) -> str:
    return make_token(
        link.purpose,
        subject_id=link.subject_id,
        generation=link.generation,
        expires_on=link.expires_on,
    )


def _upload(quarter: Quarter, key: Any) -> None:
    now = timezone.now()
    file = store_photo(quarter=quarter, upload=photo(), now=now)
    keep_photos(quarter=quarter, key=key, photos=[(file, "lampe.jpg")], now=now)


def _concerns(quarter: Quarter, lead: Viewer) -> list[Concern]:
    now = timezone.now()
    key = uuid4()
    _upload(quarter, key)
    told: dict[str, Any] = {
        "name": "Ayşe",
        "email": "ayse@example.org",
        "way": AnswerWay.MAIL,
        "now": now,
    }
    fresh = make_concern(quarter, "Die Laterne ist aus.", submission_key=key, **told)
    phoned = make_concern(quarter, channel=Channel.PHONE, entered_by=lead, now=now)
    public = make_concern(quarter, "Die Bank am Rabet ist kaputt.", now=now)
    release_concern(
        viewer=lead,
        concern=public,
        release=Release(
            title="Bank",
            text="Die Bank ist kaputt.",
            precision=PlacePrecision.NONE,
            document_ids=frozenset(),
            is_checked=True,
        ),
        version=public.dossier.version,
        now=now,
    )
    held = [
        make_concern(quarter, f"Werbung {n}", signs=frozenset({Sign.TRAP}), now=now)
        for n in range(2)
    ]
    call_spam(viewer=lead, concern=held[1], block=False, now=now)
    return [fresh, phoned, public, *held]


def _meeting(concern: Concern, lead: Viewer) -> Invitation:
    now = timezone.now()
    concern.dossier.refresh_from_db()
    meeting = plan_meeting(
        viewer=lead,
        concern=concern,
        plan=Plan(concern.quarter.local_day(now), time(0), "Laden", "Wer macht was?"),
        invites=[Invite(concern.quarter.bodies.get(), Way.MAIL)],
        submission_key=uuid4(),
        version=concern.dossier.version,
        now=now,
    )
    return meeting.invitations.get()


def _furnish(house: House, quarter: Quarter, lead: Viewer) -> None:
    now = timezone.now()
    theme = make_theme(quarter)
    concerns = _concerns(quarter, lead)
    referral = make_referral(
        lead,
        make_concern(quarter, "Das Schild fehlt.", now=now),
        make_body(quarter),
        ask_on=(now + timedelta(days=9)).date(),
        now=now,
    )
    voice = add_voice(
        concern=concerns[2], cookie="x", email="v@example.org", language="de", now=now
    )
    assert voice is not None
    rule = ScopeRule.objects.create(
        quarter=quarter, title={"de": "Laterne"}, words=["Laterne"], mode="stop"
    )
    routing = RoutingRule.objects.create(
        quarter=quarter,
        name="Schild",
        words=["Schild"],
        body=referral.body,
        submission_key=uuid4(),
    )
    block_sender(viewer=lead, quarter=quarter, name="spam.example.org", now=now)
    asked = make_concern(quarter, "Wo das Schild fehlt, weiß ich.", now=now)
    ask_person(viewer=lead, concern=asked, text="Wo?", version=asked.dossier.version, now=now)
    actions = [
        start_action(
            viewer=lead,
            quarter=quarter,
            facts=ActionFacts(kind=kind, name="Aktion", on=quarter.local_day(now)),
            submission_key=uuid4(),
            now=now,
        )
        for kind in (ActionKind.POSTCARDS, ActionKind.WALK)
    ]
    concerns.append(asked)
    invitation = _meeting(asked, lead)
    ask_to_follow(
        quarter=quarter,
        wish=Wish(theme=theme),
        email="nour@example.org",
        language="de",
        wording="Ja, bitte.",
        now=now,
    )
    follows = Following.objects.get(quarter=quarter)
    until = (now + timedelta(days=14)).date()
    raw = make_mail(files=[("brief.pdf", "application/pdf", b"%PDF")])
    mails = [arrive(quarter, raw=one, now=now) for one in (raw, make_mail(Precedence="list"))]
    take_mails(now=now)
    key = _open_for_partners(quarter, theme, lead)
    quarrel = make_concern(quarter, "Im Hof ist es laut.", now=now)
    mediation = make_mediation(lead, quarrel, now=now)
    parties = [
        make_party(lead, mediation, name, side, now=now)
        for name, side in (("Sommer", Side.A), ("Winter", Side.B))
    ]
    talk = make_talk(lead, mediation, *parties, now=now)
    agree(lead, mediation, *parties, now=now)
    concerns.append(quarrel)
    waiting = uuid4()
    _upload(quarter, waiting)
    draft = DraftPhoto.objects.get(draft=waiting)
    document = concerns[0].dossier.documents.get()
    fresh = concerns[0]
    letter = confirmation(fresh, fresh.teller, confirm_by=(now + timedelta(days=3)).date())
    house.things += [
        *(concern.dossier.reference for concern in concerns),
        *(_token(status_link(concern, concern.teller)) for concern in concerns),
        _token(letter.links["confirm"]),
        _token(referral_link(referral)),
        _token(confirm_link(follows, confirm_by=until)),
        _token(leave_link(follows)),
        _token(voice_link(voice)),
        *map(str, (waiting, draft.file_id, document.file_id)),
        *map(str, (referral.pk, theme.pk, rule.pk, routing.pk, lead.user_id, 1, 2, 3)),
        *(str(action.pk) for action in actions),
        *map(str, (invitation.meeting_id, invitation.pk)),
        *(str(mail.pk) for mail in mails),
        *(str(one.pk) for one in (*parties, talk)),
        theme.slug,
        key,
        "lampe.jpg",
    ]


def _open_for_partners(quarter: Quarter, theme: Theme, lead: Viewer) -> str:
    open_up(lead, quarter)
    offer_theme(lead, theme, questions=QUESTIONS)
    return give_key(lead, quarter)


def build() -> House:
    """Build both quarters: one at "/" of its host, the other below /q/west/ and at its own host."""
    quarters = [make_quarter(slug, host=host) for slug, host in HOSTS.items()]
    people = {role.value: make_member(quarters[0], role, role.value) for role in Role}
    lead = make_member(quarters[1], Role.LEAD, "west")
    house = House(quarters, people | {"lead of west": lead})
    _furnish(house, quarters[0], viewer_of(people["lead"], quarters[0]))
    _furnish(house, quarters[1], viewer_of(lead, quarters[1]))
    return house
