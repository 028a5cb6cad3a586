"""The morning mail reminds who is named, and does not say that people quarrel."""

from datetime import timedelta

from quartiersladen.concerns.testing import make_concern
from quartiersladen.dossiers.services.digests import send_digests
from quartiersladen.outbox.models import Mail
from quartiersladen.quarters.testing import NOON


def test_it_reaches_the_named_alone_and_names_no_mediation(quarter, people, mediation):
    due = NOON + timedelta(days=3)
    while due.weekday() > 4:
        due += timedelta(days=1)
    open_one = make_concern(quarter, "Eine Lampe")
    send_digests(quarter=quarter, now=due.replace(hour=6))

    texts = {mail.to_address: mail.text for mail in Mail.objects.filter(kind="digest")}
    number = mediation.concern.dossier.reference
    assert [who for who, text in texts.items() if number in text] == [people["mira"].email]
    assert f"{number} · " in texts[people["mira"].email]
    assert not [text for text in texts.values() if "ermittlung" in text]
    assert open_one.dossier.reference in texts[people["ida"].email]
