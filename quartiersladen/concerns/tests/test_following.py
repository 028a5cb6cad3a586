"""Following what is new: asked for, confirmed, left. Nobody learns whose address is known."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from quartiersladen.accounts.rules import link_viewer, public_viewer
from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.concerns.models import Concern, Following
from quartiersladen.concerns.news import confirm_link, leave_link
from quartiersladen.concerns.services import following as services
from quartiersladen.concerns.services.following import Wish
from quartiersladen.concerns.states import Rhythm
from quartiersladen.concerns.tasks import tidy_followings
from quartiersladen.concerns.tests.test_public_filters import WEST, area, show
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.kernel.links import make_token
from quartiersladen.outbox.frame import build
from quartiersladen.outbox.models import Mail
from quartiersladen.privacy.models import Consent
from quartiersladen.quarters.models import District
from quartiersladen.quarters.testing import make_quarter, make_theme

PAGE = "/anliegen/folgen/"
ADDRESS = "nour@example.org"


@pytest.fixture(autouse=True)
def _new_hour(db):
    caches["counts"].clear()


def token_of(link):
    return make_token(
        link.purpose,
        subject_id=link.subject_id,
        generation=link.generation,
        expires_on=link.expires_on,
    )


def confirm_path(following, days=14):
    until = timezone.localdate() + timedelta(days=days)
    return f"/b/{token_of(confirm_link(following, confirm_by=until))}/"


def leave_path(following):
    return f"/w/{token_of(leave_link(following))}/"


def ask(client, *, path=PAGE, **fields):
    return client.post(path, {"wo": "quarter", "umkreis": "500", "email": ADDRESS, **fields})


def asked_for(quarter, wish=None, email=ADDRESS, language="de", *, now=None):
    services.ask_to_follow(
        quarter=quarter,
        wish=wish or Wish(),
        email=email,
        language=language,
        wording="Ja, bitte.",
        now=now or timezone.now(),
    )
    return Following.objects.latest("pk")


def confirmed(quarter, wish=None, email=ADDRESS, language="de", *, now=None):
    following = asked_for(quarter, wish, email, language, now=now)
    services.confirm_following(
        viewer=link_viewer(quarter.pk, LinkPurpose.FOLLOW_CONFIRM, following.pk),
        following=following,
        now=now or timezone.now(),
    )
    following.refresh_from_db()
    return following


def ledger(following):
    rows = Consent.objects.filter(subject=following.consent_subject).order_by("pk")
    return list(rows.values_list("step", "wording", "language", "channel"))


# --- Asking --------------------------------------------------------------------------------------
def test_one_mail_goes_out_and_it_tells_nothing_of_what_there_is(client, quarter, mira):
    make_theme(quarter, "licht")
    show(mira, quarter, "Lampe", WEST, theme=quarter.themes.get())

    answer = ask(client, thema="licht")

    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}?gesendet=1")
    [mail] = Mail.objects.all()
    message = build(mail)
    assert (mail.kind, mail.to_address) == ("follow-confirm", ADDRESS)
    assert message["Subject"] == "Bitte bestätigen: E-Mails über Neues"
    text = message.get_body(("plain",)).get_content()
    assert "Straßenlicht" in text
    assert "http://localhost:8000/b/" in text
    assert "Lampe" not in text
    assert message["Auto-Submitted"] == "auto-generated"
    assert [name for name in message if name.startswith("List-")] == []
    following = Following.objects.get()
    assert (following.confirmed_at, following.rhythm, following.subject) == (
        None,
        "weekly",
        f"theme {quarter.themes.get().pk}",
    )
    assert ledger(following) == [("asked", str(services.AGREEMENT), "de", "web")]


def test_the_page_is_the_same_whatever_address_it_was(client, quarter):
    known = confirmed(quarter)
    Mail.objects.all().delete()

    answers = [
        (answer.status_code, answer["Location"])
        for answer in (ask(client, email=email) for email in (known.email, "neu@example.org"))
    ]

    assert answers[0] == answers[1] == (302, f"{PAGE}?gesendet=1")
    assert [mail.to_address for mail in Mail.objects.all()] == ["neu@example.org"]
    page = client.get(answers[0][1])
    assert page.status_code == 200
    assert ADDRESS not in page.content.decode()


def test_more_than_three_requests_an_hour_for_an_address_are_swallowed(client, quarter):
    for _n in range(3):
        ask(client, email="Nour@Example.ORG")
    assert Mail.objects.count() == 3
    answer = ask(client)
    other = ask(client, email="anders@example.org")

    assert answer["Location"] == other["Location"] == f"{PAGE}?gesendet=1"
    assert Mail.objects.filter(to_address=ADDRESS).count() == 3
    assert Following.objects.filter(email=ADDRESS).count() == 1
    assert Mail.objects.filter(to_address="anders@example.org").count() == 1


def test_one_network_cannot_send_mails_to_everybody(client, quarter, settings):
    settings.REPORTS_PER_HOUR = 2
    answers = [ask(client, email=f"n{n}@example.org").status_code for n in range(3)]

    assert answers == [302, 302, 429]
    assert Mail.objects.count() == 2


def test_a_program_that_fills_in_the_trap_gets_the_same_page_and_nothing_happens(client, quarter):
    answer = ask(client, website="https://spam.example.org")

    assert answer["Location"] == f"{PAGE}?gesendet=1"
    assert (Following.objects.count(), Mail.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"email": "kein"}, "email"),
        ({"email": "ü@example.org"}, "email"),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, "email"),
        ({"wo": "district", "ortsteil": ""}, "ortsteil"),
        ({"wo": "point"}, "wo"),
        ({"wo": "point", "latitude": "nan", "longitude": "12"}, "wo"),
        ({"wo": "anywhere"}, "wo"),
        ({"thema": "gibt-es-nicht"}, "thema"),
        ({"umkreis": "7"}, "umkreis"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client, quarter, fields, wrong):
    District.objects.create(quarter=quarter, name="Weststadt", outline=area(12.39, 12.41))

    answer = ask(client, **fields)

    assert answer.status_code == 422
    assert wrong in answer.context["form"].errors
    assert Following.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "subject"),
    [
        ({}, "everything"),
        ({"wo": "district", "ortsteil": "Weststadt"}, "district {district}"),
        (
            {"thema": "licht", "wo": "district", "ortsteil": "Weststadt"},
            "theme {theme} district {district}",
        ),
        (
            {"wo": "point", "latitude": "51.341234", "longitude": "12.405678", "umkreis": "250"},
            "around 51.341 12.406 250",
        ),
        # What belongs to another kind of place is left out.
        ({"ortsteil": "Weststadt", "latitude": "51.3", "longitude": "12.4"}, "everything"),
    ],
)
def test_a_theme_a_place_or_both(client, quarter, fields, subject):
    theme = make_theme(quarter, "licht")
    district = District.objects.create(
        quarter=quarter, name="Weststadt", outline=area(12.39, 12.41)
    )

    assert ask(client, **fields).status_code == 302

    following = Following.objects.get()
    assert following.subject == subject.format(theme=theme.pk, district=district.pk)
    if "point" in fields.values():
        # Where somebody lives is kept to about 100 m.
        assert (following.latitude, following.longitude, following.metres) == (51.341, 12.406, 250)


def test_addresses_preset_what_is_followed(client, quarter):
    make_theme(quarter, "licht")
    District.objects.create(quarter=quarter, name="Weststadt", outline=area(12.39, 12.41))

    by_district = client.get(f"{PAGE}?thema=licht&ortsteil=Weststadt").context["form"].initial
    by_point = client.get(f"{PAGE}?ort=51.34,12.4&umkreis=250").context["form"]

    assert by_district == {
        "thema": "licht",
        "umkreis": "500",
        "wo": "district",
        "ortsteil": "Weststadt",
    }
    assert (by_point.initial["wo"], by_point.initial["umkreis"]) == ("point", "250")
    # So that it works without a map, too.
    sent = {name: by_point[name].value() for name in ("wo", "latitude", "longitude", "umkreis")}
    assert ask(client, **sent).status_code == 302
    assert Following.objects.get().subject == "around 51.340 12.400 250"


def test_one_concern_at_once_or_once_a_week(client, quarter, mira):
    concern = show(mira, quarter, "Lampe", WEST)
    path = f"{PAGE}?anliegen={concern.dossier.reference}"

    assert "Lampe" in client.get(path).content.decode()
    assert client.post(path, {"email": ADDRESS, "takt": "at-once"}).status_code == 302
    assert client.post(path, {"email": "b@example.org", "takt": "weekly"}).status_code == 302
    assert client.post(path, {"email": ADDRESS, "takt": "daily"}).status_code == 422
    rows = Following.objects.order_by("pk").values_list("concern", "rhythm", "subject")
    assert list(rows) == [
        (concern.pk, "at-once", f"concern {concern.pk}"),
        (concern.pk, "weekly", f"concern {concern.pk}"),
    ]


def test_a_hidden_concern_cannot_be_followed_and_looks_like_a_missing_one(client, quarter, mira):
    show(mira, quarter, "Lampe")
    Concern.objects.update(is_released=False)
    number = Concern.objects.get().dossier.reference

    hidden, missing = (
        client.post(f"{PAGE}?anliegen={reference}", {"email": ADDRESS, "takt": "weekly"})
        for reference in (number, "2020-0001")
    )

    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert Following.objects.count() == 0


def test_themes_and_districts_of_another_quarter_are_none_here(client, quarter):
    west = make_quarter("west")
    make_theme(west, "fern")
    District.objects.create(quarter=west, name="Fern", outline=area(12.39, 12.41))
    District.objects.create(quarter=quarter, name="Nah", outline=area(12.39, 12.41))

    assert ask(client, thema="fern").status_code == 422
    assert ask(client, wo="district", ortsteil="Fern").status_code == 422
    assert Following.objects.count() == 0


def test_pages_lead_there_with_what_they_are_about(client, quarter, mira):
    theme = make_theme(quarter, "licht")
    concern = show(mira, quarter, "Lampe", WEST, theme=theme)
    number = concern.dossier.reference

    listed = client.get("/anliegen/?thema=licht&q=lampe").content.decode()
    page = client.get(f"/anliegen/{number}/").content.decode()

    assert f'href="{PAGE}?q=lampe&amp;thema=licht"' in listed
    for query in (f"anliegen={number}", "thema=licht", "ort=51.34,12.4"):
        assert f'href="{PAGE}?{query}"' in page


def test_the_thank_you_page_leads_there_and_gives_the_place_only_roughly(client, quarter):
    theme = make_theme(quarter, "licht")
    form = client.get("/anliegen/neu/").context["form"]
    sent = client.post(
        "/anliegen/neu/",
        {
            "submission_key": form.initial["submission_key"],
            "text": "Die Laterne ist aus, seit einer Woche schon.",
            "kind": "problem",
            "theme": theme.pk,
            "place_kind": "point",
            "latitude": "51.34123",
            "longitude": "12.40567",
            "way": "link",
        },
    )

    page = client.get(sent["Location"]).content.decode()

    assert f'href="{PAGE}?thema=licht&amp;ort=51.342%2C12.406"' in page


# --- Confirming ------------------------------------------------------------------------------------
def test_opening_the_link_changes_nothing_and_the_button_begins_it(client, quarter):
    following = asked_for(quarter)
    path = confirm_path(following)

    for method in (client.get, client.head):
        assert method(path).status_code == 200
    assert Following.objects.get().confirmed_at is None
    assert client.post(path).status_code == 200
    first = Following.objects.get()
    assert first.confirmed_at is not None
    assert first.told_until == first.confirmed_at
    again = client.post(path)

    assert "Danke. Sie haben das jetzt abonniert." in again.content.decode()
    assert Following.objects.get().confirmed_at == first.confirmed_at
    assert ledger(following) == [
        ("asked", "Ja, bitte.", "de", "web"),
        ("given", "Ja, bitte.", "de", "web"),
    ]
    asked, given = Consent.objects.order_by("pk").values_list("at", flat=True)
    assert asked < given


def test_the_link_is_good_for_fourteen_days(client, quarter):
    following = asked_for(quarter)

    assert client.get(confirm_path(following, days=0)).status_code == 200
    late = client.get(confirm_path(following, days=-1))
    forged = client.get(f"/b/{'A' * 40}/")

    assert (late.status_code, forged.status_code) == (404, 404)
    assert client.get(f"/b/{token_of(leave_link(following))}/").status_code == 404


def test_a_link_opens_only_under_the_address_of_its_quarter(client, quarter):
    make_quarter("west")
    following = asked_for(quarter)

    assert client.post(f"/q/west{confirm_path(following)}").status_code == 404
    assert client.post(f"/q/west{leave_path(following)}").status_code == 200
    assert Following.objects.get().confirmed_at is None


def test_asking_once_more_before_confirming_sends_the_link_again(quarter):
    first = asked_for(quarter, now=timezone.now() - timedelta(days=10))
    again = asked_for(quarter, language="tr")

    assert again.pk == first.pk
    assert (again.language, Mail.objects.count()) == ("tr", 2)
    assert again.created_at > first.created_at
    assert [step for step, *_rest in ledger(again)] == ["asked", "asked"]


def test_only_the_holder_of_the_link_confirms_or_leaves(quarter):
    following = asked_for(quarter)
    other = asked_for(quarter, email="anders@example.org")
    stranger = public_viewer(quarter.pk)
    for deed, purpose in (
        (services.confirm_following, LinkPurpose.FOLLOW_CONFIRM),
        (services.leave, LinkPurpose.FOLLOW_LEAVE),
    ):
        for viewer in (stranger, link_viewer(quarter.pk, purpose, other.pk)):
            with pytest.raises(NotAllowed):
                deed(viewer=viewer, following=following, now=timezone.now())
    assert Following.objects.filter(confirmed_at=None).count() == 2


# --- Leaving: MAIL-03, case by case ----------------------------------------------------------------
ONE_CLICK = b"List-Unsubscribe=One-Click"
BODIES = {
    "urlencoded": (ONE_CLICK, "application/x-www-form-urlencoded"),
    "multipart": (
        b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n%b\r\n--x--\r\n'
        % b"One-Click",
        "multipart/form-data; boundary=x",
    ),
    "empty": (b"", "application/x-www-form-urlencoded"),
    "without a type": (b"", ""),
    "multipart without a boundary": (b"x", "multipart/form-data"),
    "something else": (b"{", "application/json"),
}


@pytest.mark.parametrize("body", BODIES)
def test_mail_programmes_leave_with_one_press(quarter, body):
    following, other = confirmed(quarter), confirmed(quarter, email="anders@example.org")
    second = confirmed(quarter, Wish(theme=make_theme(quarter, "licht")))
    content, kind = BODIES[body]
    # As strictly as a browser is treated, without cookie, without Referer.
    programme = Client(enforce_csrf_checks=True)

    answer = programme.post(leave_path(following), content, content_type=kind)

    assert answer.status_code == 200
    assert not answer.has_header("Location")
    # That one alone was left.
    assert set(Following.objects.values_list("pk", flat=True)) == {other.pk, second.pk}
    assert ledger(following)[-1][:2] == ("withdrawn", "Über den Link in einer E-Mail beendet.")


def test_scanners_that_open_the_link_leave_nothing(client, quarter):
    following = confirmed(quarter)

    for method in (client.get, client.head):
        assert method(leave_path(following)).status_code == 200
    assert client.options(leave_path(following)).status_code == 405
    assert Following.objects.count() == 1


def test_the_page_has_one_button_and_it_needs_no_cookie(quarter):
    following = confirmed(quarter)
    browser = Client(enforce_csrf_checks=True)

    page = browser.get(leave_path(following))
    assert page.content.decode().count('<button class="q-btn" type="submit">') == 1
    answer = browser.post(leave_path(following), {})

    assert "Sie bekommen diese E-Mails nicht mehr." in answer.content.decode()
    assert Following.objects.count() == 0


def test_nobody_is_told_whether_a_link_opened_anything(quarter):
    following = confirmed(quarter)
    path = leave_path(following)
    turned = "A" if path[10] != "A" else "B"
    altered = f"{path[:10]}{turned}{path[11:]}"
    programme = Client()

    def answer(address):
        response = programme.post(address, ONE_CLICK, content_type=BODIES["urlencoded"][1])
        # "Expires" says what time it is, and nothing else.
        headers = {name: value for name, value in response.headers.items() if name != "Expires"}
        return response.status_code, response.content, headers

    first, again = answer(path), answer(path)
    wrong = [answer(altered), answer(f"/w/{'A' * 40}/"), answer("/w/x/")]

    assert first[0] == 200
    assert all(other == first for other in (again, *wrong))
    looks = {programme.get(address).content for address in (path, altered)}
    assert len(looks) == 1


def test_an_altered_link_leaves_nothing(client, quarter):
    following = confirmed(quarter)
    path = leave_path(following)
    turned = "A" if path[10] != "A" else "B"

    client.post(f"{path[:10]}{turned}{path[11:]}")
    Following.objects.update(link_generation=2)
    client.post(path)

    assert Following.objects.count() == 1


def test_with_the_address_go_its_mails_also_those_that_wait(client, quarter):
    following, other = confirmed(quarter), confirmed(quarter, email="anders@example.org")

    client.post(leave_path(following))

    mails = {mail.to_address: mail.state for mail in Mail.objects.all()}
    assert mails == {"": "cancelled", other.email: "queued"}


def test_a_mail_that_is_on_its_way_does_not_keep_anybody_on_the_list(client, quarter):
    following = confirmed(quarter)
    Mail.objects.update(state="sending", claimed_at=timezone.now())

    assert client.post(leave_path(following)).status_code == 200

    assert Following.objects.count() == 0
    assert Mail.objects.get().to_address == ADDRESS


def test_of_two_who_end_it_one_writes_it_down(quarter):
    following = confirmed(quarter)
    now = timezone.now()

    ended = [services.end_following(following=following, why="So.", now=now) for _n in range(2)]

    assert ended == [True, False]
    assert [step for step, *_rest in ledger(following)] == ["asked", "given", "withdrawn"]


def test_somebody_who_left_can_follow_again(client, quarter):
    following = confirmed(quarter)
    client.post(leave_path(following))

    again = confirmed(quarter)

    assert again.pk != following.pk
    # The link of earlier days ends nothing now.
    client.post(leave_path(following))
    assert Following.objects.get().pk == again.pk


# --- Tidying ---------------------------------------------------------------------------------------
def test_what_nobody_confirms_is_gone_after_fourteen_days(quarter):
    now = timezone.now()
    old = asked_for(quarter, now=now - timedelta(days=14, minutes=1))
    asked_for(quarter, email="neu@example.org", now=now - timedelta(days=13))
    confirmed(quarter, email="fest@example.org", now=now - timedelta(days=99))

    tidy_followings()

    left = Following.objects.order_by("email").values_list("email", flat=True)
    assert list(left) == ["fest@example.org", "neu@example.org"]
    gone = Mail.objects.order_by("pk")[0]
    assert (gone.to_address, gone.text) == ("", "")
    # Nobody agreed, so nothing is taken back.
    assert [step for step, *_rest in ledger(old)] == ["asked"]
    assert services.tidy(now=now) == 0


def test_a_concern_that_was_closed_long_ago_is_followed_no_more(quarter, mira):
    now = timezone.now()
    closed, open_one = (show(mira, quarter, title) for title in ("Lampe", "Bank"))
    Concern.objects.filter(pk=closed.pk).update(closed_at=now - timedelta(days=91))
    ended = confirmed(quarter, Wish(concern=closed))
    kept = confirmed(quarter, Wish(concern=open_one))

    assert services.tidy(now=now) == 1

    assert Following.objects.get().pk == kept.pk
    assert ledger(ended)[-1][:2] == (
        "withdrawn",
        "Das Anliegen ist seit 90 Tagen abgeschlossen.",
    )


def test_a_joined_concern_is_over_when_the_leading_one_is(quarter, mira):
    now = timezone.now()
    long_ago = {"state": "joined", "closed_at": now - timedelta(days=91)}
    leader, joined = (show(mira, quarter, title) for title in ("Lampe", "Bank"))
    Concern.objects.filter(pk=joined.pk).update(leader=leader, **long_ago)
    confirmed(quarter, Wish(concern=joined))
    assert services.tidy(now=now) == 0

    Concern.objects.filter(pk=leader.pk).update(closed_at=now - timedelta(days=91))

    assert services.tidy(now=now) == 1


@pytest.mark.parametrize("is_joined", [False, True])
def test_an_important_topic_comes_back_and_is_followed_still(quarter, mira, is_joined):
    now = timezone.now()
    topic, other = (show(mira, quarter, title) for title in ("Lampe", "Bank"))
    Concern.objects.update(closed_at=now - timedelta(days=400))
    Concern.objects.filter(pk=topic.pk).update(
        topic_months=6, topic_since=now.date(), topic_next_on=now.date()
    )
    if is_joined:
        Concern.objects.filter(pk=other.pk).update(state="joined", leader=topic)
    confirmed(quarter, Wish(concern=other if is_joined else topic))

    assert services.tidy(now=now) == 0


# --- What cannot be stored -------------------------------------------------------------------------
@pytest.mark.parametrize(
    "wrong",
    [
        {"rhythm": "daily"},
        {"rhythm": Rhythm.AT_ONCE},
        {"latitude": 51.3},
        {"latitude": 91, "longitude": 12, "metres": 500},
        {"latitude": 51, "longitude": 12, "metres": 0},
    ],
)
def test_the_database_refuses_what_makes_no_sense(quarter, wrong):
    following = confirmed(quarter)

    with pytest.raises(IntegrityError), transaction.atomic():
        Following.objects.filter(pk=following.pk).update(**wrong)


def test_the_database_refuses_two_subjects_in_one(quarter, mira):
    concern = show(mira, quarter, "Lampe")
    following = confirmed(quarter, Wish(concern=concern))
    assert str(following) == f"{quarter.pk} concern {concern.pk}"

    with pytest.raises(IntegrityError), transaction.atomic():
        Following.objects.update(theme=make_theme(quarter))
    with pytest.raises(IntegrityError), transaction.atomic():
        Following.objects.create(
            quarter=quarter,
            email=following.email,
            subject=following.subject,
            created_at=timezone.now(),
            told_until=timezone.now(),
        )
