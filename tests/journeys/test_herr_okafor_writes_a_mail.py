"""A mail with a photo, a real mailbox: draft, taken in, passed on, answered by mail, answered."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from quartiersladen.concerns.models import Concern, Referral
from quartiersladen.concerns.tasks import take_mails
from quartiersladen.correspondence.models import InboundMail
from quartiersladen.correspondence.tasks import read_mailboxes
from quartiersladen.outbox.models import Mail
from tests.support.accessibility import assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)
OKAFOR = "okafor@example.org"


def photo() -> bytes:
    out, exif = BytesIO(), Image.Exif()
    exif[0x013B] = "Samuel Okafor"  # the artist
    Image.new("RGB", (80, 60), "teal").save(out, "JPEG", exif=exif)
    return out.getvalue()


def letter(sender: str, to: str, subject: str, text: str, **headers: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-ID"] = f"<{abs(hash(text))}@example.org>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def newest_to(smtp_sink, address: str) -> EmailMessage:
    found: list[EmailMessage] = [one for one in smtp_sink.messages if one["To"] == address]
    return found[-1]


def test_herr_okafor_writes_a_mail(  # noqa: PLR0915 -- one story from beginning to end
    house, mailbox, mira_at_desk, open_page, smtp_sink, work_off_jobs
):
    desk = mira_at_desk
    house.quarter.mail_domain = "post.ost.example.org"
    house.quarter.save()

    def come_in(*mails: EmailMessage) -> None:
        mailbox.deliver(*(bytes(mail) for mail in mails))
        read_mailboxes()
        take_mails()

    # 1 He writes; a programme writes as well. Nobody is answered yet.
    first = letter(f"Samuel Okafor <{OKAFOR}>", "buero@ost.example.org", "Laterne", "Sie ist aus.")
    first.add_attachment(photo(), maintype="image", subtype="jpeg", filename="IMG_1.jpg")
    away = letter(
        OKAFOR, "buero@ost.example.org", "Bin weg", "Urlaub", Auto_Submitted="auto-replied"
    )
    come_in(first, away)
    work_off_jobs()
    assert smtp_sink.messages == []
    assert Concern.objects.get().state == "draft"

    # 2 The desk sees the draft, and takes it in: the receipt goes out.
    desk.goto("/buero/")
    desk.click("section[aria-labelledby=came-in] a")
    expect(desk.locator("tbody tr")).to_have_count(1)
    desk.click("tbody a")
    expect(desk.locator("[name=deed][value=take_in]")).to_be_visible()
    assert_accessible(desk)
    desk.click("[name=deed][value=take_in]")
    desk.wait_for_url("**/buero/anliegen/*/")
    expect(desk.locator(".q-photos img")).to_have_count(1)
    number = Concern.objects.get().dossier.reference
    work_off_jobs()
    receipt = newest_to(smtp_sink, OKAFOR)
    assert number in receipt["Subject"]
    text = receipt.get_body(("plain",)).get_content()
    [confirm] = re.findall(r"https?://[^/\s]+(/b/\S+/)", text)
    phone = open_page(width=360, javascript=False)
    phone.goto(confirm)
    phone.locator("main form button").click()
    expect(phone.locator("main form")).to_have_count(0)

    # 3 The office passes it on.
    today = house.quarter.local_day(timezone.now()).isoformat()
    desk.goto(f"/buero/anliegen/{number}/weitergeben/?stelle={house.body.pk}")
    desk.fill("[name=ask_on]", today)
    desk.click("[name=schritt][value=ansehen]")
    desk.click("[name=schritt][value=senden]")
    desk.wait_for_url(f"**/buero/anliegen/{number}/")
    work_off_jobs()
    case = newest_to(smtp_sink, house.body.email)
    assert re.fullmatch(r"reply\+\d+\.[0-9a-f]{16}@post\.ost\.example\.org", case["Reply-To"])

    # 4 The body answers by mail, with a programme that drops the thread.
    come_in(
        letter(
            house.body.email,
            case["Reply-To"],
            "Laterne",
            "Sie leuchtet wieder.\n\nAm Montag schrieb Quartiersbüro:\n> Bitte antworten Sie",
        )
    )
    assert Referral.objects.get().state == "sent"
    desk.goto(f"/buero/anliegen/{number}/")
    desk.click("text=Lesen und entscheiden")
    expect(desk.locator("[name=deed][value=accept]")).to_be_visible()
    quoted = expect(desk.locator("details"))
    quoted.to_have_text("Was sie aus früheren Mails zitiert", use_inner_text=True)
    desk.click("[name=deed][value=accept]")
    desk.wait_for_url(f"**/buero/anliegen/{number}/")
    stored = Referral.objects.get()
    assert (stored.state, stored.reply) == ("answered", "Sie leuchtet wieder.")

    # 5 He is answered, and thanks; that waits to be read.
    desk.goto(f"/buero/anliegen/{number}/?tat=close")
    desk.select_option("#close [name=result]", "fixed")
    desk.fill("#close [name=answer]", "Die Laterne leuchtet wieder.")
    desk.select_option("#close [name=witness]", "body")
    desk.click("#close button[type=submit]")
    desk.locator("#close pre").wait_for()
    desk.click("#close button[type=submit]")
    desk.wait_for_url(f"**/buero/anliegen/{number}/")
    work_off_jobs()
    answer = newest_to(smtp_sink, OKAFOR)
    assert "leuchtet wieder" in answer.get_body(("plain",)).get_content()
    before = Mail.objects.count()
    come_in(
        letter(OKAFOR, "buero@ost.example.org", "AW", "Danke!", In_Reply_To=answer["Message-ID"])
    )
    mail = InboundMail.objects.latest("pk")
    assert (mail.mail_class, mail.state, mail.dossier.reference) == ("reply", "waiting", number)
    assert Mail.objects.count() == before
    assert Concern.objects.get().state == "answered"
    assert message_from_bytes(bytes(first))["Message-ID"] == InboundMail.objects.first().mail_key
