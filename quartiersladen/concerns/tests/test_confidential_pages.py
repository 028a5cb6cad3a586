"""What the desk, the public and the person see of a confidential concern, without scripts."""

from typing import Any

import pytest
from django.core.cache import cache, caches
from django.utils import timezone

from quartiersladen.accounts.models import User
from quartiersladen.accounts.states import LinkPurpose, Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns.letters import status_link
from quartiersladen.concerns.models import Concern, Following
from quartiersladen.concerns.services import confidential
from quartiersladen.concerns.services.following import Wish, ask_to_follow
from quartiersladen.concerns.services.life import Ending, close_concern
from quartiersladen.concerns.services.paper import preview_paper
from quartiersladen.concerns.states import ConcernState, Result, Rhythm, Witness
from quartiersladen.concerns.testing import make_concern, make_referral, photo
from quartiersladen.concerns.tests.test_desk_pages import entry
from quartiersladen.concerns.tests.test_public_form import FORM, filled
from quartiersladen.concerns.tests.test_release import release_it
from quartiersladen.correspondence.states import Way
from quartiersladen.correspondence.testing import arrive, make_mail
from quartiersladen.dossiers.models import Dossier
from quartiersladen.dossiers.queries import named_in, readings_of
from quartiersladen.dossiers.services.documents import add_document
from quartiersladen.files.services import store_photo
from quartiersladen.kernel.links import make_token
from quartiersladen.kernel.spam import Sign
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.services import queue_mail
from quartiersladen.outbox.states import MailState
from quartiersladen.privacy.models import Consent, Trail
from quartiersladen.quarters.testing import make_theme
from tests.support.sign_in import signed_in_client

LIST, SECRET = "/buero/anliegen/", "Er droht mir im Treppenhaus"


@pytest.fixture(autouse=True)
def _at_home(quarter):
    cache.clear()
    caches["counts"].clear()


@pytest.fixture
def ida(desk) -> User:
    """Who sits at the desk."""
    return User.objects.get(name="Ida")


@pytest.fixture
def other_desk(quarter, mira):
    """Mira's browser: she works here, too, and is not named."""
    return signed_in_client(User.objects.get(name="Mira"))


@pytest.fixture
def told(quarter) -> Concern:
    return make_concern(quarter, SECRET, now=timezone.now())


@pytest.fixture
def secret(told, quarter, ida) -> Concern:
    """Ida has made it confidential, for herself."""
    return close(told, ida)


def close(concern, *people) -> Concern:
    concern = now_of(concern)
    confidential.make_confidential(
        viewer=viewer_of(people[0], concern.quarter),
        concern=concern,
        people=people,
        version=concern.dossier.version,
        now=timezone.now(),
    )
    return now_of(concern)


def now_of(concern) -> Concern:
    return Concern.objects.select_related("dossier", "quarter", "teller").get(pk=concern.pk)


def address(concern, deed="") -> str:
    return f"{LIST}{concern.dossier.reference}/{deed}"


def version(concern) -> int:
    return Dossier.objects.get(pk=concern.pk).version


def words_of(answer) -> str:
    text: str = answer.content.decode()
    return text


# --- The deeds -----------------------------------------------------------------------------------
def test_it_is_made_confidential_and_its_page_says_so(desk, other_desk, told, ida):
    assert other_desk.get(address(told)).status_code == 200
    done = desk.post(address(told, "vertraulich/"), {"version": version(told), "people": [ida.pk]})
    assert done.headers["Location"] == address(told)

    page = desk.get(address(told))

    assert ">vertraulich</a>" in words_of(page)
    assert "Vertraulich gemacht. Sehen dürfen es: Ida" in words_of(page)
    assert f'<h1 dir="auto">{SECRET}</h1>' in words_of(page)
    names = {deed.name for deed in page.context["deeds"]}
    assert {"named", "confidential_end"} <= names
    assert not {"confidential", "release", "conceal"} & names
    assert other_desk.get(address(told)).status_code == 404


def test_an_open_one_can_be_made_confidential_and_nothing_else_of_it(desk, told):
    page = desk.get(address(told))
    names = {deed.name for deed in page.context["deeds"]}
    assert "confidential" in names
    assert not {"named", "confidential_end"} & names
    assert page.context["readings"] == []


def test_nobody_is_no_circle_and_a_helper_is_none(desk, quarter, told):
    hao = make_member(quarter, Role.HELPER, "Hao")
    for people, sentence in (
        ([], "Bitte wählen Sie mindestens eine Person"),
        ([hao.pk], "Benannt werden können nur Leitung und Moderation"),
    ):
        page = desk.post(
            address(told, "vertraulich/"), {"version": version(told), "people": people}
        )
        assert page.status_code == 422
        assert sentence in words_of(page)
    assert not now_of(told).dossier.is_confidential


def test_a_helper_makes_nothing_confidential(helper_desk, told):
    tom = User.objects.get(name="Tom")
    Dossier.objects.update(assigned_to=tom)
    for deed in ("vertraulich/", "vertraulich/wer/", "vertraulich/beenden/"):
        answer = helper_desk.post(address(told, deed), {"version": version(told)})
        assert answer.status_code == 403


def test_who_steps_out_of_the_circle_is_led_to_the_list(desk, secret, mira, ida):
    answer = desk.post(
        address(secret, "vertraulich/wer/"),
        {"version": version(secret), "people": [mira.user_id]},
    )
    assert answer.headers["Location"] == LIST
    assert desk.get(address(secret)).status_code == 404
    assert named_in(secret.dossier) == {mira.user_id}


def test_who_stays_in_the_circle_is_led_back_to_it(desk, secret, mira, ida):
    answer = desk.post(
        address(secret, "vertraulich/wer/"),
        {"version": version(secret), "people": [mira.user_id, ida.pk]},
    )
    assert answer.headers["Location"] == address(secret)


def test_it_is_ended_and_the_office_sees_it(desk, other_desk, secret):
    old = {"version": version(secret) + 1}
    assert desk.post(address(secret, "vertraulich/beenden/"), old).status_code == 409
    assert other_desk.get(address(secret)).status_code == 404

    desk.post(address(secret, "vertraulich/beenden/"), {"version": version(secret)})

    assert other_desk.get(address(secret)).status_code == 200


def test_only_the_named_can_be_chosen_to_look_after_it(desk, secret, told, mira):
    page = desk.get(address(secret, "?tat=assign"))
    [form] = [deed.form for deed in page.context["deeds"] if deed.name == "assign"]
    assert [str(one.name) for one in form.fields["colleague"].queryset] == ["Ida"]


# --- Who opened what -----------------------------------------------------------------------------
def test_what_is_opened_is_written_down_and_shown_to_the_named(desk, secret, ida, quarter):
    assert Trail.objects.filter(deed="confidential read").count() == 0
    for _time in range(2):
        desk.get(address(secret))
    desk.get(address(secret, "beleg/"))
    desk.get(address(secret, "weitergeben/"))

    page = desk.get(address(secret))

    found = [(line.who, line.what.value) for line in page.context["readings"]]
    assert found == [("Ida", "paper"), ("Ida", "page")]
    assert "Wer es gelesen hat" in words_of(page)
    assert "Ein Brief oder Blatt zum Drucken" in words_of(page)


def test_who_is_refused_has_read_nothing(other_desk, helper_desk, client, secret):
    for browser in (other_desk, helper_desk, client):
        assert browser.get(address(secret)).status_code in {302, 404}
    assert Trail.objects.filter(deed="confidential read").count() == 0


def test_reading_an_open_one_leaves_no_line(desk, told):
    desk.get(address(told))
    assert Trail.objects.count() == 0


def whats(secret, ida) -> list[str]:
    found = readings_of(viewer_of(ida, secret.quarter), secret.dossier)
    return sorted(line.what.value for line in found)


def test_files_mails_and_letters_count_as_well(desk, quarter, told, ida, body):
    now = timezone.now()
    viewer = viewer_of(ida, quarter)
    make_referral(viewer, now_of(told), body, now=now)
    document = add_document(
        dossier=told.dossier,
        file=store_photo(quarter=quarter, upload=photo(), now=now),
        is_of_teller=True,
        position=0,
    )
    secret = close(told, ida)
    came = arrive(quarter, raw=make_mail(subject=f"Re: {secret.dossier.reference}"), now=now)
    type(came).objects.filter(pk=came.pk).update(dossier=secret.dossier)
    went = Mail.objects.get(message__dossier=secret.pk)

    assert desk.get(f"/buero/post/{went.pk}/").status_code == 200
    assert whats(secret, ida) == ["mail"]
    assert desk.get(f"/buero/post/eingang/{came.pk}/").status_code == 200
    assert whats(secret, ida) == ["mail"]  # within ten minutes
    assert desk.get(f"/datei/{document.file_id}/gross.jpg").status_code == 200
    desk.get(address(secret, "brief/"))
    assert whats(secret, ida) == ["file", "mail", "paper"]


def test_a_confidential_page_needs_few_statements(desk, secret, django_assert_max_num_queries):
    counts = []
    for number in (2, 20):
        for n in range(number):
            desk.post(address(secret, "notiz/"), {"text": f"Notiz {n}"})
        # Each rule asks anew who is named.
        with django_assert_max_num_queries(30) as caught:
            desk.get(address(secret))
        counts.append(len(caught))
    assert counts[0] == counts[1]


# --- Lists ---------------------------------------------------------------------------------------
def test_lists_say_only_that_it_is_confidential(desk, other_desk, secret):
    for where in (LIST, "/buero/", "/buero/suche/?q=treppenhaus"):
        page = words_of(desk.get(where))
        assert secret.dossier.reference in page
        assert "Vertraulich" in page
        assert "droht" not in page
        hidden = words_of(other_desk.get(where))
        assert secret.dossier.reference not in hidden
        assert "droht" not in hidden


def test_an_open_one_keeps_its_title_in_lists(desk, told):
    for where in (LIST, "/buero/", "/buero/suche/?q=treppenhaus"):
        assert "Treppenhaus" in words_of(desk.get(where)).replace("<mark>", "")


def test_the_quarantine_shows_no_word_of_a_confidential_one(quarter):
    violence = make_theme(quarter, "gewalt", is_confidential=True)
    lead = signed_in_client(make_member(quarter, Role.LEAD, "Karla"))
    signs = frozenset({Sign.TRAP})
    for theme, text in ((violence, SECRET), (None, "Kredit sofort")):
        make_concern(quarter, text, theme=theme, signs=signs, now=timezone.now())

    page = words_of(lead.get("/buero/quarantaene/"))

    assert "Kredit sofort" in page
    assert "Vertraulich" in page
    assert "droht" not in page


def test_today_tells_no_note_and_no_step_of_it(desk, secret, told, quarter):
    other = make_concern(quarter, "Laterne", now=timezone.now())
    for concern, words in ((secret, "Dornbusch anrufen"), (other, "Birne tauschen")):
        desk.post(
            address(concern, "termin/"),
            {
                "version": version(concern),
                "due_on": quarter.local_day(timezone.now()).isoformat(),
                "note": words,
            },
        )

    page = words_of(desk.get("/buero/"))

    assert "Birne tauschen" in page
    assert "Dornbusch" not in page
    assert "Sehen dürfen es" not in page


# --- Typing in -----------------------------------------------------------------------------------
@pytest.fixture
def violence(quarter):
    return make_theme(quarter, "gewalt", name={"de": "Gewalt"}, is_confidential=True)


def test_a_helper_who_writes_it_down_is_told_that_it_is_gone_to_the_lead(
    helper_desk, quarter, violence
):
    karla = make_member(quarter, Role.LEAD, "Karla")
    done = helper_desk.post(LIST + "neu/", entry(theme=violence.pk), follow=True)

    concern = Concern.objects.get()
    assert done.redirect_chain[-1][0] == LIST + "neu/"
    assert f"Aufgenommen als Nr. {concern.dossier.reference}. Es ist vertraulich" in words_of(done)
    assert named_in(concern.dossier) == {karla.pk}
    assert concern.dossier.assigned_to is None


def test_a_moderator_who_writes_it_down_is_led_to_it(desk, violence, ida):
    done = desk.post(LIST + "neu/", entry(theme=violence.pk))
    assert done.headers["Location"] == address(Concern.objects.get())


def test_sorting_under_such_a_theme_shuts_it_for_the_others(
    desk, other_desk, quarter, told, violence
):
    make_member(quarter, Role.LEAD, "Karla")
    desk.post(
        address(told, "einordnen/"),
        {"version": version(told), "theme": violence.pk, "kind": "problem"},
    )
    assert desk.get(address(told)).status_code == 200
    assert other_desk.get(address(told)).status_code == 404


def test_what_is_told_by_the_public_form_is_so_from_the_first_moment(
    client, desk, quarter, violence
):
    make_member(quarter, Role.LEAD, "Karla")
    sent = client.post(FORM, filled(theme=str(violence.pk), text=SECRET), follow=True)

    page = words_of(sent)
    concern = Concern.objects.select_related("dossier").get()
    assert concern.dossier.is_confidential
    assert "Wir behandeln sie vertraulich." in page
    assert concern.dossier.reference in page
    assert "droht" not in page
    assert desk.get(address(concern)).status_code == 404


def test_such_a_theme_can_neither_be_followed_nor_chosen_on_public_pages(client, violence, theme):
    for where in ("/anliegen/", "/anliegen/folgen/"):
        page = words_of(client.get(where))
        assert "Straßenlicht" in page
        assert "Gewalt" not in page
    answer = client.post(
        "/anliegen/folgen/",
        {"theme": violence.slug, "thema": violence.slug, "email": "a@example.org"},
    )
    assert not Following.objects.filter(theme=violence).exists()
    assert answer.status_code in {302, 422}


# --- What was on its way -------------------------------------------------------------------------
def test_followers_are_forgotten_and_what_waits_says_nothing(quarter, desk, told, ida, body):
    now = timezone.now()
    viewer = viewer_of(ida, quarter)
    make_referral(viewer, now_of(told), body, now=now)
    release_it(viewer, now_of(told))
    other = make_concern(quarter, "Laterne", now=now)
    for concern in (told, other):
        wish = Wish(rhythm=Rhythm.AT_ONCE, concern=now_of(concern))
        ask_to_follow(
            quarter=quarter,
            wish=wish,
            email="nour@example.org",
            language="de",
            wording="Ja",
            now=now,
        )
    Following.objects.update(confirmed_at=now)
    for number in (told.dossier.reference, other.dossier.reference):
        queue_mail(
            quarter=quarter,
            kind="follow",
            to="amal@example.org",
            subject="Neues",
            text=f"Titel (Nr. {number})",
            now=now,
        )
    waiting = Mail.objects.get(message__dossier=told.pk)
    assert "Anliegen" in waiting.subject

    secret = close(told, ida)

    assert [one.concern_id for one in Following.objects.all()] == [other.pk]
    assert Consent.objects.latest("pk").wording == "Das Anliegen ist nicht mehr öffentlich."
    waiting.refresh_from_db()
    assert waiting.subject == f"Nachricht Nr. {secret.dossier.reference}"
    assert waiting.state == MailState.QUEUED
    news = Mail.objects.filter(kind="follow")
    assert set(news.values_list("text", "state")) == {
        ("", MailState.CANCELLED),
        (f"Titel (Nr. {other.dossier.reference})", MailState.QUEUED),
    }


def test_a_mail_that_has_gone_keeps_its_subject(quarter, told, ida, body):
    make_referral(viewer_of(ida, quarter), now_of(told), body, now=timezone.now())
    Mail.objects.update(state=MailState.SENT)
    before = Mail.objects.get().subject
    close(told, ida)
    assert Mail.objects.get().subject == before


# --- The person ----------------------------------------------------------------------------------
def link_of(concern) -> str:
    link = status_link(concern, concern.teller)
    token = make_token(
        link.purpose, subject_id=concern.pk, generation=link.generation, expires_on=None
    )
    return f"/s/{token}/"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "Wir behandeln sie vertraulich."),
        ("ar", "نتعامل معها بسرّية."),
        ("de-simple", "Ihre Nachricht ist bei uns geheim."),
    ],
)
def test_the_persons_page_says_that_it_is_confidential_and_nothing_else(
    client, told, ida, language, sentence
):
    told.quarter.languages = ["de", "de-simple", "ar"]
    told.quarter.save()
    where = link_of(told)
    assert "Treppenhaus" in words_of(client.get(where))
    secret = close(told, ida)

    answer = client.get(
        where, headers={"accept-language": language}, query_params={"lang": language}
    )

    page = words_of(answer)
    assert answer.status_code == 200
    assert sentence in page
    assert secret.dossier.reference in page
    assert "030 23125 014" in page
    assert "Treppenhaus" not in page
    assert "noindex" in page


def test_behind_the_persons_link_everything_else_is_gone(client, quarter, told, ida):
    document = add_document(
        dossier=told.dossier,
        file=store_photo(quarter=quarter, upload=photo(), now=timezone.now()),
        is_of_teller=True,
        position=0,
    )
    where = link_of(told)
    pages = ("daten/", "daten.json", f"foto/{document.file_id}.jpg")
    for name in pages:
        assert client.get(where + name).status_code == 200

    close(told, ida)

    for name in pages:
        assert client.get(where + name).status_code == 404
    assert client.post(where + "antwort/", {"text": "Ja"}).status_code == 404


def test_nobody_who_holds_the_phone_takes_it_back(client, secret):
    answer = client.post(link_of(secret))
    assert answer.status_code == 200
    assert now_of(secret).state == ConcernState.NEW


def test_a_forged_link_to_it_is_a_missing_page(client, secret, told):
    token = make_token(
        LinkPurpose.TELLER_STATUS, subject_id=secret.pk, generation=99, expires_on=None
    )
    assert client.get(f"/s/{token}/").status_code == 404


def test_the_address_can_be_confirmed_and_the_mail_promises_no_page(client, quarter, violence):
    make_member(quarter, Role.LEAD, "Karla")
    concern = make_concern(
        quarter, SECRET, theme=violence, email="nour@example.org", now=timezone.now()
    )
    mail = Mail.objects.get()
    assert mail.subject == f"Nachricht Nr. {concern.dossier.reference}"
    assert "[[link:confirm]]" in mail.text
    assert "[[link:status]]" not in mail.text

    concern = now_of(concern)
    token = make_token(
        LinkPurpose.TELLER_EMAIL,
        subject_id=concern.pk,
        generation=concern.teller.link_generation,
        expires_on=None,
    )
    client.post(f"/b/{token}/")
    assert now_of(concern).teller.email_confirmed_at


def test_receipt_and_letter_lead_to_no_page(desk, secret, quarter, ida):
    page = words_of(desk.get(address(secret, "beleg/")))
    assert "Wir behandeln sie vertraulich." in page
    assert "<svg" not in page.split("<main")[1].split("</main>")[0]

    concern = now_of(secret)
    close_concern(
        viewer=viewer_of(ida, quarter),
        concern=concern,
        ending=Ending(Result.FIXED, "Wir haben geholfen.", witness=Witness.OFFICE),
        version=concern.dossier.version,
        now=timezone.now(),
    )
    paper: Any = preview_paper(
        viewer=viewer_of(ida, quarter), concern=now_of(secret), way=Way.TALK, now=timezone.now()
    )
    assert paper.url == ""
    assert paper.subject == f"Nachricht Nr. {secret.dossier.reference}"


# --- The lead reads what we hold of the person ----------------------------------------------------
def test_who_opens_all_of_a_person_has_read_the_confidential_one(desk, ida, quarter):
    concern = make_concern(quarter, SECRET, email="nour@example.org", now=timezone.now())
    secret = close(concern, ida)
    where = f"/buero/auskunft/person/?wer=concerns.teller:{secret.teller.pk}"
    assert desk.get(where).status_code == 200
    assert whats(secret, ida) == ["person"]
