"""Where in the demo's year each page can be seen, and the little that the demo has not."""

from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone

from quartiersladen.accounts.demo import password as password
from quartiersladen.accounts.models import Membership, User
from quartiersladen.accounts.states import Role
from quartiersladen.api.models import Attribute
from quartiersladen.backups.models import Backup
from quartiersladen.backups.states import BackupState
from quartiersladen.concerns.letters import confirmation, referral_link, status_link, voice_link
from quartiersladen.concerns.models import Action, Concern, Following, Referral, Voice
from quartiersladen.concerns.news import confirm_link, leave_link
from quartiersladen.concerns.services.voices import add_voice
from quartiersladen.correspondence.models import InboundMail
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.dossiers.models import Document, Dossier, Named
from quartiersladen.kernel.links import make_token
from quartiersladen.outbox import outages
from quartiersladen.outbox.models import LinkSpec, Mail
from quartiersladen.outbox.states import MailState
from quartiersladen.quarters.models import Quarter, Theme


def quarter() -> Quarter:
    """Return the quarter at "/"."""
    return Quarter.objects.get(is_default=True)


def somebody(role: Role) -> User:
    """Return who has this role there."""
    return User.objects.get(memberships__quarter=quarter(), memberships__role=role)


def add_an_app() -> None:
    """Give the moderator an app."""
    user = somebody(Role.MODERATOR)
    TOTP.activate(user, generate_totp_secret())


def add_troubled_mail() -> None:
    """Let one mail fail."""
    mail = Mail.objects.filter(quarter=quarter()).order_by("pk").first()
    Mail.objects.filter(pk=mail.pk).update(
        state=MailState.FAILED, tries=5, last_error="550 5.1.1 mailbox unavailable"
    )


def worry_about_backups() -> None:
    """Let the last backup be long ago and the newest one fail."""
    now = timezone.now()
    Backup.objects.update(started_at=now - timedelta(days=12))
    Backup.objects.create(
        state=BackupState.FAILED, started_at=now, error="house.tar could not be written."
    )


def lose_a_confidential_matter() -> None:
    """Let nobody be named any more in one of the two confidential matters."""
    Named.objects.filter(dossier=confidential(lost=True).dossier).delete()


def confidential(*, lost: bool = False) -> Concern:
    """Return a confidential concern that the lead sees; lost: the one that nobody sees any more."""
    rows = concerns(dossier__audience="confidential").order_by("created_at")
    found = rows.last() if lost else rows.first()
    assert found is not None
    return found


def add_an_outage() -> None:
    """Let the mail server of the quarter be away since this morning."""
    url, now = "smtp://mail.example.org", timezone.now()
    Quarter.objects.filter(is_default=True).update(smtp_url=url)
    outages.begin(url, words="TimeoutError: timed out", now=now)


def first(model: Any, **wanted: Any) -> Any:
    """Return the oldest row of the quarter that fits."""
    return model.objects.filter(quarter=quarter(), **wanted).order_by("pk").first()


def full_year() -> int:
    """Return the present year once its first half is public, else the one before."""
    today = timezone.now()
    return today.year if today.month > 6 else today.year - 1


def change_meanwhile(reference: str) -> None:
    """Let a colleague do something with a concern."""
    Dossier.objects.filter(quarter=quarter(), reference=reference).update(version=F("version") + 1)


def concerns(**wanted: Any) -> QuerySet[Concern]:
    """Return the concerns of the quarter that fit."""
    return Concern.objects.filter(quarter=quarter(), **wanted)


def inbox_page(mail_class: str) -> str:
    """Return the page of the newest mail of a class."""
    mail = InboundMail.objects.filter(quarter=quarter(), mail_class=mail_class).latest("pk")
    return reverse("desk:inbox_mail", args=[mail.pk])


def released() -> Concern:
    """Return a concern that everybody may read, with a photo and a place."""
    shown = Document.objects.filter(is_released=True).values("dossier")
    return concerns(
        is_released=True, dossier__in=shown, state="answered", public_latitude__isnull=False
    ).latest("created_at")


def told_in(language: str) -> Concern:
    """Return a concern that was told in this language on the German page."""
    return concerns(text_language=language, dossier__language="de").latest("created_at")


def asked() -> Concern:
    """Return a concern whose person was asked by mail and has not answered."""
    waiting = concerns(state="question", questions__state="open", questions__way="mail")
    return waiting.latest("created_at")


def answered_back() -> Concern:
    """Return a concern whose person has answered a question."""
    return concerns(questions__state="answered").latest("created_at")


def action_page(kind: str) -> str:
    """Return the address of an action of this kind."""
    name = "walk" if kind == "walk" else "batch"
    return reverse(f"concerns:{name}", args=[first(Action, kind=kind).pk])


def blacken_page() -> str:
    """Return the address at which a photo is blackened."""
    photo = Document.objects.filter(dossier__quarter=quarter()).latest("pk")
    return reverse("concerns:blacken", args=[photo.dossier.reference, photo.pk])


def case(*states: str, **wanted: Any) -> Concern:
    """Return an open concern that a body has, the referral in one of these states."""
    found = Referral.objects.filter(
        concern__quarter=quarter(), concern__closed_at__isnull=True, state__in=states, **wanted
    )
    return found.latest("pk").concern


def _path(link: LinkSpec) -> str:
    token = make_token(
        link.purpose,
        subject_id=link.subject_id,
        generation=link.generation,
        expires_on=link.expires_on,
    )
    return link.path.format(token=token)


def status_page(concern: Concern) -> str:
    """Return the address of the teller's page."""
    return _path(status_link(concern, concern.teller))


def confirm_page(*, confirmed: bool) -> str:
    """Return the address behind "is this your address?"."""
    concern = concerns(
        teller__way="mail",
        teller__email_confirmed_at__isnull=not confirmed,
        dossier__held_at=None,
    ).latest("created_at")
    until = timezone.now().date() + timedelta(days=3)
    letter = confirmation(concern, concern.teller, confirm_by=until)
    return _path(letter.links["confirm"])


def follow_page(*, confirmed: bool) -> str:
    """Return the address behind "do you want to follow this?"."""
    following = first(Following, confirmed_at__isnull=not confirmed)
    return _path(confirm_link(following, confirm_by=timezone.now().date() + timedelta(days=3)))


def leave_page() -> str:
    """Return the address behind "do you want no more of these mails?"."""
    return _path(leave_link(first(Following)))


def leading() -> Concern:
    """Return the concern that leads a joint case."""
    return concerns(joined__isnull=False).latest("created_at")


def with_another_body() -> Concern:
    """Return an open concern that a body has which does not have the leading one."""
    taken = Referral.objects.filter(concern=leading()).values("body")
    found = Referral.objects.filter(
        concern__quarter=quarter(), concern__closed_at__isnull=True, state="sent"
    )
    return found.exclude(body__in=taken).latest("pk").concern


def voice_page(*, confirmed: bool) -> str:
    """Return the address behind the link in a mail to somebody who said "me too"."""
    concern = leading()
    if not confirmed:
        add_voice(
            concern=concern,
            cookie="nobody",
            email="unbestaetigt@example.org",
            language="de",
            now=timezone.now(),
        )
    found = Voice.objects.filter(
        concern=concern, email_confirmed_at__isnull=not confirmed
    ).exclude(email="")
    return _path(voice_link(found.latest("pk")))


def body_page(state: str) -> str:
    """Return the address of the page for the body that has a case in this state."""
    referral = Referral.objects.filter(
        concern__quarter=quarter(), state=state, link_expires_on__gt=timezone.now().date()
    ).latest("pk")
    return _path(referral_link(referral))


def agreed() -> Concern:
    """Return a concern whose person has a name and let contact data go to a body."""
    shown = Referral.objects.filter(with_contact=True).values("concern")
    found = concerns(teller__may_pass_on=True, dossier__in=shown).exclude(teller__name="")
    return found.latest("created_at")


def person_page(name: str) -> str:
    """Return the address of a page about the person of that concern."""
    return reverse(f"privacy:{name}") + f"?wer=concerns.teller:{agreed().pk}"


def membership() -> Membership:
    """Return a role that the lead may end."""
    return Membership.objects.get(quarter=quarter(), role=Role.HELPER)


def desk(name: str, concern: Concern, query: str = "") -> str:
    """Return the address of a page about one concern."""
    return reverse(f"concerns:{name}", args=[concern.dossier.reference]) + query


def pass_on_page() -> str:
    """Return the address at which the first two bodies are chosen."""
    bodies = ResponsibleBody.objects.filter(quarter=quarter()).order_by("pk")[:2]
    query = "&".join(f"stelle={body.pk}" for body in bodies)
    return desk("forward", concerns(state="checked").latest("created_at"), f"?{query}")


def with_mail() -> Concern:
    """Return a concern whose person gets the answer by mail."""
    return case("sent", "accepted", concern__teller__email_confirmed_at__isnull=False)


def letter_page() -> str:
    """Return the address of a letter that has to be written."""
    return desk("letter", concerns(teller__way="post", state="answered").latest("closed_at"))


def hand_out_page() -> str:
    """Return the address of a letter to somebody without a postal address."""
    answered = concerns(teller__address="", state="answered")
    return desk("letter", answered.latest("closed_at"))


def contact_person() -> list[int]:
    """Return the keys of a body and of somebody who works there."""
    person = ContactPerson.objects.filter(body__quarter=quarter()).order_by("pk").first()
    return [person.body_id, person.pk]


def key_page(deed: str) -> str:
    """Return the address of a page about the moderator's security key."""
    key = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    return reverse(f"mfa_{deed}_webauthn", args=[key.pk])


def open_theme() -> Theme:
    """Return a theme that is offered to partners."""
    return Theme.objects.get(quarter=quarter(), slug="licht")


def open_question() -> tuple[int, int]:
    """Return the keys of its theme and of a question with answers to choose from."""
    question = Attribute.objects.get(open_theme__theme__quarter=quarter(), code="zustand")
    return question.open_theme_id, question.pk
