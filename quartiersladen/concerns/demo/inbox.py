"""What came by mail to the demo's office: two new matters, an answer, and what is only listed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from random import Random

from quartiersladen.concerns.demo.people import Office
from quartiersladen.concerns.demo.pictures import picture
from quartiersladen.concerns.models import Referral
from quartiersladen.concerns.services.mails import take_mails
from quartiersladen.concerns.states import WAITING
from quartiersladen.correspondence.services.arriving import Arrival, store_mail
from quartiersladen.outbox.models import Mail

LAMP = """Guten Tag,

vor dem Haus Lindenstraße 7 ist seit Montag die Laterne dunkel. Ein Foto habe ich angehängt.

Mit freundlichen Grüßen
Samuel Okafor"""
BENCH = "مرحبا، المقعد في الحديقة مكسور منذ أسبوع. هل يمكنكم إصلاحه من فضلكم؟ شكرا جزيلا."
REPLY = """Sehr geehrte Damen und Herren,

wir haben uns die Stelle angesehen. Die Reparatur ist für nächsten Freitag vorgesehen.

Am Montag schrieb das Quartiersbüro:
> Bitte antworten Sie auf dieser Seite."""
AWAY = "Ich bin bis Montag nicht im Haus. In dringenden Fällen wenden Sie sich an die Zentrale."
NEWS = "Neues aus der Nachbarschaft: Sommerfest, Flohmarkt, offene Werkstatt."


def fill_the_inbox(office: Office, now: datetime, random: Random) -> None:
    """Let mails come in this morning; two are drafts, one answers what a body was asked."""
    made = _Letters(now)
    upload = picture("licht", random)
    photo = upload.read() if upload else b""
    raws = [
        made.mail("Samuel Okafor <okafor@example.org>", "Laterne dunkel", LAMP, photo=photo),
        made.mail("Layla Haddad <haddad@example.org>", "المقعد مكسور", BENCH),
        made.mail(
            "rundbrief@example.org",
            "Rundbrief",
            NEWS,
            headers={"List-Id": "<rundbrief.example.org>"},
        ),
    ]
    asked = Referral.objects.filter(
        concern__quarter=office.quarter, state__in=WAITING, way="mail"
    ).latest("pk")
    sent = Mail.objects.filter(
        message__dossier=asked.concern_id, message__body=asked.body_id
    ).latest("pk")
    thread = {"In-Reply-To": sent.message_id}
    raws += [
        made.mail(f"{asked.body.name} <{sent.to_address}>", "AW: Anliegen", REPLY, headers=thread),
        made.mail(
            sent.to_address,
            "Abwesenheitsnotiz",
            AWAY,
            headers=thread | {"Auto-Submitted": "auto-replied"},
        ),
    ]
    for raw in raws:
        arrival = Arrival(at=now - timedelta(hours=2), size_bytes=len(raw))
        store_mail(quarters=[office.quarter], raw=raw, arrival=arrival, now=now)
    take_mails(now=now)


class _Letters:
    """Writes mails as strangers do."""

    def __init__(self, now: datetime) -> None:
        self._now, self._count = now, 0

    def mail(
        self,
        sender: str,
        subject: str,
        text: str,
        *,
        photo: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        self._count += 1
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"] = sender, "post@example.org"
        message["Subject"] = subject
        message["Message-ID"] = f"<demo-{self._now:%Y%m%d}-{self._count}@example.org>"
        for name, value in (headers or {}).items():
            message[name] = value
        message.set_content(text)
        if photo:
            message.add_attachment(photo, maintype="image", subtype="jpeg", filename="Laterne.jpg")
        return bytes(message)
