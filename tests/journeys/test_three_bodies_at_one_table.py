"""Order on the square: three bodies at one table, and what each of them promised."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from quartiersladen.concerns.letters import status_link
from quartiersladen.concerns.models import Concern, Invitation, Meeting, Referral
from quartiersladen.concerns.testing import make_concern
from quartiersladen.correspondence.testing import arrive, make_mail
from quartiersladen.directory.testing import make_body
from quartiersladen.dossiers.models import FollowUp
from quartiersladen.kernel.links import make_token
from tests.support.sign_in import signed_in_client

pytestmark = pytest.mark.django_db(transaction=True)

INNER, TO_HER, TO_ALL = "Streit um die Bänke.", "Ihr Weg wird geräumt.", "Es wird gereinigt."


def test_three_bodies_at_one_table(house: Any, smtp_sink: Any, work_off_jobs: Any) -> None:  # noqa: PLR0915 -- one story from beginning to end
    now = timezone.now()
    today = house.quarter.local_day(now)
    desk = signed_in_client(house.mira)
    cleaners = make_body(house.quarter, "Stadtreinigung", "stelle@rein.example.org")
    bodies = [house.body, house.other_body, cleaners]
    concern = make_concern(house.quarter, "Frau Geheim: am Platz liegen Scherben.", now=now)
    case = f"/buero/anliegen/{concern.dossier.reference}/"

    def press(deed: str, **form: Any) -> Any:
        concern.dossier.refresh_from_db()
        return desk.post(case + deed, {"version": concern.dossier.version, **form})

    # 1 An important topic, public, and three bodies have it.
    assert press("dauerthema/", months=6).status_code == 302
    public = {"title": "Ordnung am Platz", "text": "Scherben", "precision": "none"}
    assert press("freigeben/", **public, is_checked="on").status_code == 302
    handed = {
        "stelle": [body.pk for body in bodies],
        "ask_on": str(today + timedelta(days=14)),
        **{f"stelle-{body.pk}-way": "mail" for body in bodies},
    }
    seen = press("weitergeben/", **handed).context["seen"]
    assert press("weitergeben/", **handed, gesehen=seen, schritt="senden").status_code == 302

    # 2 Mira invites all three, after a look at the mails.
    choice = desk.get(case + "treffen/")
    assert [body for body, has_it in choice.context["bodies"] if has_it] == sorted(
        bodies, key=lambda body: body.sort_name
    )
    plan = {
        "submission_key": "0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f",
        "stelle": [body.pk for body in bodies],
        "on": str(today),
        "begins": "00:00",
        "place": "Stadtteilladen",
        "purpose": "Wer macht was am Platz?",
        "others": "Kita-Leitung",
        **{f"stelle-{body.pk}-way": "mail" for body in bodies},
    }
    looked_at = press("treffen/", **plan)
    assert len(looked_at.context["letters"]) == 3
    planned = press("treffen/", **plan, gesehen=looked_at.context["seen"], schritt="senden")
    assert planned.status_code == 302
    work_off_jobs()
    invitations = [m for m in smtp_sink.messages if m["Subject"].startswith("Treffen zu Nr. ")]
    assert {mail["To"] for mail in invitations} == {body.email for body in bodies}
    for mail in invitations:
        words = mail.get_body(("plain",)).get_content()
        assert "Wer macht was am Platz?" in words
        assert ("Geheim" in words, "Ordnung am Platz" in words) == (False, False)
        assert ("Geheim" in mail["Subject"], "Platz" in mail["Subject"]) == (False, False)

    # 3 One replies by mail, which finds the case; one cancels by phone.
    meeting = Meeting.objects.get()
    [to_cleaners] = [mail for mail in invitations if mail["To"] == cleaners.email]
    raw = make_mail("Wir kommen.", sender=cleaners.email, In_Reply_To=to_cleaners["Message-ID"])
    assert arrive(house.quarter, raw=raw).dossier_id == concern.pk
    page = f"treffen/{meeting.pk}/"
    away = Invitation.objects.get(body=house.other_body)
    said = press(f"{page}zusage/{away.pk}/", attendance="stays-away", words="Niemand frei.")
    assert said.status_code == 302

    # 4 What came of it.
    assert desk.get(case).context["is_meeting_over"] is True
    first, last = (Invitation.objects.get(body=body) for body in (house.body, cleaners))
    soon = today + timedelta(days=9)
    result = {
        "there": [first.pk, last.pk],
        "agreed": INNER,
        "for_person": TO_HER,
        "for_public": TO_ALL,
        f"promise_{last.pk}": "Reinigt auch sonntags.",
        f"promised_on_{last.pk}": str(soon),
        "next_on": str(soon),
    }
    assert press(page + "ergebnis/", **result).status_code == 302

    # 5 Who told it reads the words for her, everybody those for everybody; the rest stays inside.
    concern = Concern.objects.select_related("dossier", "teller").get()
    link = status_link(concern, concern.teller)
    token = make_token(
        link.purpose, subject_id=link.subject_id, generation=link.generation, expires_on=None
    )
    hers = Client().get(f"/s/{token}/").content.decode()
    everybodys = Client().get(f"/anliegen/{concern.dossier.reference}/").content.decode()
    assert f"Treffen mit {house.body.name} und Stadtreinigung am" in hers
    assert (TO_HER in hers, TO_ALL in hers, INNER in hers) == (True, False, False)
    assert (TO_HER in everybodys, TO_ALL in everybodys, INNER in everybodys) == (
        False,
        True,
        False,
    )
    assert "sonntags" not in hers + everybodys

    # 6 The chain holds it, the promise stands at the body, and the next asking stands.
    chain = desk.get(case + "?journal=kette").content.decode()
    assert INNER in chain
    [card] = [card for card in desk.get(case).context["cards"] if card.referral.body == cleaners]
    assert [one.promise for one in card.promises] == ["Reinigt auch sonntags."]
    assert Referral.objects.get(body=cleaners).expected_on == soon
    task = FollowUp.objects.get(done_at=None)
    assert (task.due_on, task.reason, concern.next_on) == (soon, "ask-body", soon)
    assert concern.topic_months == 6
