"""A concern comes in."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from quartiersladen.accounts.rules import public_viewer
from quartiersladen.concerns.models import Concern, Draft, DraftPhoto, Teller
from quartiersladen.concerns.services import intake
from quartiersladen.concerns.states import AnswerWay, Channel, ConcernState
from quartiersladen.concerns.testing import make_concern
from quartiersladen.dossiers.models import Document, Entry, FollowUp
from quartiersladen.files.models import StoredFile
from quartiersladen.files.services import store_photo
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.outbox.models import Mail
from quartiersladen.privacy.models import Consent
from quartiersladen.privacy.queries import has_agreed
from quartiersladen.privacy.states import ConsentPurpose
from quartiersladen.quarters.testing import NOON, make_quarter

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS"
    b"\xde\x00\x00\x00\x0cIDATx\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00"
    b"\x00\x00IEND\xaeB`\x82"
)


def photo(quarter):
    upload = SimpleUploadedFile("handy.png", PNG, content_type="image/png")
    return store_photo(quarter=quarter, upload=upload, now=NOON), "handy.png"


def test_it_counts_at_once_with_number_next_date_and_promise(quarter, theme):
    concern = make_concern(quarter, theme=theme)

    assert (concern.dossier.reference, concern.state) == ("2026-0001", ConcernState.NEW)
    assert concern.next_on == date(2026, 3, 4)  # two working days after Monday
    assert concern.promised_on == date(2026, 3, 23)  # fifteen
    assert [f.due_on for f in FollowUp.objects.all()] == [date(2026, 3, 4)]
    assert [(e.deed, e.by) for e in Entry.objects.all()] == [("received", None)]


@pytest.mark.parametrize(
    ("now", "next_on"),
    [(NOON, date(2026, 3, 2)), (NOON + timedelta(days=5), date(2026, 3, 9))],
    ids=["on a Monday", "on a Saturday"],
)
def test_where_somebody_is_in_danger_it_is_looked_at_on_the_next_day_at_work(
    quarter, now, next_on
):
    concern = make_concern(quarter, is_emergency=True, now=now)
    assert concern.next_on == next_on
    assert [f.due_on for f in FollowUp.objects.all()] == [next_on]


def test_without_an_address_no_mail_goes_out(quarter):
    make_concern(quarter)
    assert list(Mail.objects.all()) == []


def test_an_address_gets_one_mail_to_confirm_it_and_not_the_text(quarter):
    make_concern(
        quarter, "Das Geheimnis", email="ayse@example.org", way=AnswerWay.MAIL, name="Ayşe"
    )

    [mail] = Mail.objects.all()
    assert mail.to_address == "ayse@example.org"
    assert sorted(mail.links) == ["confirm", "status"]
    assert "2026-0001" in mail.subject
    assert "Geheimnis" not in mail.text
    assert "Ayşe" not in mail.subject


def test_the_same_form_sent_twice_is_one_concern(quarter):
    key = uuid4()
    first = make_concern(quarter, submission_key=key)
    assert make_concern(quarter, submission_key=key) == first
    assert Concern.objects.count() == 1
    assert make_concern(quarter).dossier.reference == "2026-0002"  # no number is lost


def test_the_same_words_from_the_same_address_within_ten_minutes_are_one_concern(quarter):
    first = make_concern(quarter, email="a@example.org")
    soon, later = NOON + timedelta(minutes=9), NOON + timedelta(minutes=11)

    assert make_concern(quarter, email="a@example.org", now=soon) == first
    assert make_concern(quarter, email="b@example.org", now=soon) != first
    assert make_concern(quarter, email="a@example.org", now=later) != first


def test_a_long_first_line_becomes_a_title_cut_at_a_word(quarter):
    concern = make_concern(quarter, "Wort " * 50)
    assert concern.dossier.title == "Wort " * 15 + "Wort …"


def test_consent_to_pass_on_stands_in_the_ledger_with_its_words(quarter):
    concern = make_concern(quarter, consent_wording="Ja, weitergeben.", phone="030 23125 100")

    [line] = Consent.objects.all()
    assert (line.wording, line.channel, line.taken_by) == ("Ja, weitergeben.", "web", None)
    assert has_agreed(f"concerns.teller:{concern.pk}", ConsentPurpose.PASS_ON_CONTACT)
    assert Teller.objects.get().may_pass_on


def test_without_the_tick_there_is_no_consent(quarter):
    concern = make_concern(quarter, phone="030 23125 100")
    assert not has_agreed(f"concerns.teller:{concern.pk}", ConsentPurpose.PASS_ON_CONTACT)
    assert not Teller.objects.get().may_pass_on


def test_the_desk_types_in_what_is_told_by_phone(quarter, hao):
    concern = make_concern(quarter, channel=Channel.PHONE, entered_by=hao)
    [entry] = Entry.objects.all()
    assert (concern.channel, entry.by_id) == (Channel.PHONE, hao.user_id)


def test_the_public_does_not_type_at_the_desk(quarter):
    with pytest.raises(NotAllowed):
        make_concern(quarter, entered_by=public_viewer(quarter.pk))


def test_photos_wait_with_the_form_and_come_along(quarter):
    key = uuid4()
    intake.keep_photos(quarter=quarter, key=key, photos=[photo(quarter)], now=NOON)

    concern = make_concern(quarter, submission_key=key)

    [document] = Document.objects.filter(dossier=concern.dossier)
    assert (document.is_of_teller, document.is_released) == (True, False)
    assert not Draft.objects.exists()


def test_a_sixth_photo_is_refused(quarter):
    key = uuid4()
    six = [(photo(quarter)[0], f"{number}.jpg") for number in range(6)]
    intake.keep_photos(quarter=quarter, key=key, photos=six[:5], now=NOON)
    with pytest.raises(intake.TooManyPhotos):
        intake.keep_photos(quarter=quarter, key=key, photos=six[5:], now=NOON)
    assert DraftPhoto.objects.count() == 5


def test_photos_of_a_form_that_is_sent_again_are_kept_once(quarter):
    key = uuid4()
    five = [(photo(quarter)[0], f"{number}.jpg") for number in range(5)]
    intake.keep_photos(quarter=quarter, key=key, photos=five, now=NOON)
    again = [(photo(quarter)[0], f"{number}.jpg") for number in range(5)]

    intake.keep_photos(quarter=quarter, key=key, photos=again, now=NOON)

    kept = [waiting.file for waiting in DraftPhoto.objects.select_related("file").order_by("pk")]
    assert kept == [file for file, _label in five]
    assert StoredFile.objects.count() == 5


def test_a_photo_is_taken_out_of_the_form(quarter):
    key = uuid4()
    stored, label = photo(quarter)
    intake.keep_photos(quarter=quarter, key=key, photos=[(stored, label)], now=NOON)

    intake.drop_photo(quarter=make_quarter("west"), key=key, file_id=stored.pk)
    assert DraftPhoto.objects.count() == 1

    intake.drop_photo(quarter=quarter, key=key, file_id=stored.pk)
    assert (DraftPhoto.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_drafts_go_after_a_day(quarter):
    for hours in (23, 25):
        intake.keep_photos(
            quarter=quarter,
            key=uuid4(),
            photos=[photo(quarter)],
            now=NOON - timedelta(hours=hours),
        )

    assert intake.drop_old_drafts(now=NOON) == 1
    assert (Draft.objects.count(), StoredFile.objects.count()) == (1, 1)
