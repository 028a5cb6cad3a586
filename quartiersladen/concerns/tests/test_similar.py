"""Likely duplicates: while a resident reports, and at the desk."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services.intake import keep_photos
from quartiersladen.concerns.services.release import Release, release_concern
from quartiersladen.concerns.similar import likely_duplicates
from quartiersladen.concerns.states import ConcernState, PlaceKind, PlacePrecision
from quartiersladen.concerns.testing import make_concern, photo
from quartiersladen.concerns.tests.test_public_form import FORM, MOVES, filled
from quartiersladen.dossiers.models import Document, Dossier, Named
from quartiersladen.dossiers.states import Audience
from quartiersladen.files.services import store_photo
from quartiersladen.kernel.spam import Sign
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.testing import NOON, make_quarter, make_theme

HERE = (51.34550, 12.40850)
NEAR = (51.34550, 12.40950)  # 70 m to the east
FAR = (51.34750, 12.40850)  # 220 m to the north
HINTS = "/anliegen/neu/hinweise/"


@pytest.fixture(autouse=True)
def _at_home(quarter):
    cache.clear()


def told_at(quarter, theme, point, text="Die Laterne ist aus.", *, age=1, **more) -> Concern:
    return make_concern(
        quarter,
        text,
        theme=theme,
        place_kind=PlaceKind.POINT,
        latitude=point[0],
        longitude=point[1],
        now=more.pop("now", timezone.now()) - timedelta(days=age),
        **more,
    )


def show(viewer, concern, *, precision=PlacePrecision.EXACT, text="Die Laterne ist aus."):
    release_concern(
        viewer=viewer,
        concern=concern,
        release=Release(
            title=text[:40],
            text=text,
            precision=precision,
            document_ids=frozenset(
                Document.objects.filter(dossier=concern.pk).values_list("pk", flat=True)
            ),
            is_checked=True,
        ),
        version=concern.dossier.version,
        now=timezone.now(),
    )
    return concern


def at(theme, point=HERE, **more) -> dict[str, object]:
    return filled(
        theme=str(theme.pk),
        place_kind="point",
        latitude=str(point[0]),
        longitude=str(point[1]),
        **more,
    )


def hinted(client, form) -> list[int]:
    """The concerns that the form shows before it sends; [] when it sends at once."""
    page = client.post(FORM, form)
    if page.status_code == 302:
        return []
    return [alike.concern.pk for alike in page.context["hints"].near]


# --- While a resident reports --------------------------------------------------------------------
def test_a_released_one_nearby_is_shown_once_with_picture_and_date(client, quarter, theme, mira):
    key = uuid4()
    now = timezone.now()
    stored = store_photo(quarter=quarter, upload=photo(), now=now)
    keep_photos(quarter=quarter, key=key, photos=[(stored, "lampe.jpg")], now=now)
    near = show(mira, told_at(quarter, theme, NEAR, submission_key=key))
    form = at(theme)

    first = client.post(FORM, form)
    page = first.content.decode()
    assert first.status_code == 422
    assert [(a.concern, a.metres) for a in first.context["hints"].near] == [(near, 70)]
    assert f"/datei/{stored.pk}/klein.jpg" in page
    assert f'formaction="/anliegen/{near.dossier.reference}/stimme/"' in page
    assert Concern.objects.count() == 1

    assert client.post(FORM, form | {"is_new": "1"}).status_code == 302
    assert Concern.objects.count() == 2


def test_who_said_that_it_is_new_is_not_asked_again_after_another_hint(
    client, quarter, theme, mira
):
    show(mira, told_at(quarter, theme, NEAR))
    form = at(theme, is_new="1", text="")

    page = client.post(FORM, form)

    assert page.status_code == 422
    assert 'name="is_new" value="1"' in page.content.decode()
    assert 'name="is_new"' not in client.get(FORM).content.decode()


def test_far_ones_other_themes_and_old_ones_are_not_shown(client, quarter, theme, mira):
    other = make_theme(quarter, "muell")
    show(mira, told_at(quarter, theme, FAR))
    show(mira, told_at(quarter, other, NEAR))
    old = show(mira, told_at(quarter, theme, NEAR, age=200))
    Concern.objects.filter(pk=old.pk).update(
        state=ConcernState.ANSWERED,
        result="fixed",
        closed_at=timezone.now() - timedelta(days=91),
    )

    assert hinted(client, at(theme)) == []


def test_the_quarter_says_how_near_is_near(client, quarter, theme, mira):
    far = show(mira, told_at(quarter, theme, FAR))
    Quarter.objects.update(near_metres=250)

    assert hinted(client, at(theme)) == [far.pk]


def test_one_that_was_answered_lately_leads_to_its_page_and_takes_no_voice(
    client, quarter, theme, mira
):
    near = show(mira, told_at(quarter, theme, NEAR))
    Concern.objects.filter(pk=near.pk).update(
        state=ConcernState.ANSWERED, result="fixed", closed_at=timezone.now()
    )

    page = client.post(FORM, at(theme)).content.decode()

    assert f'href="/anliegen/{near.dossier.reference}/"' in page
    assert "formaction" not in page


def test_nothing_hints_at_what_the_office_has_not_released(client, quarter, theme, mira):
    told_at(quarter, theme, NEAR)
    show(mira, told_at(quarter, theme, NEAR), precision=PlacePrecision.NONE)
    secret = show(mira, told_at(quarter, theme, NEAR))
    Dossier.objects.filter(pk=secret.pk).update(audience=Audience.CONFIDENTIAL)
    west = make_quarter("west")
    there = make_theme(west)
    moderator = viewer_of(make_member(west, Role.MODERATOR, "Wim"), west)
    show(moderator, told_at(west, there, NEAR))

    assert hinted(client, at(theme)) == []


def test_a_place_shown_only_roughly_is_near_but_not_measured(client, quarter, theme, mira):
    rough = show(mira, told_at(quarter, theme, NEAR), precision=PlacePrecision.STREET)

    [alike] = client.post(FORM, at(theme)).context["hints"].near

    assert (alike.concern, alike.metres) == (rough, None)


def test_the_most_likely_comes_first_and_five_are_enough(client, quarter, theme, mira):
    bench = "Die Bank ist beschmiert."
    other = show(mira, told_at(quarter, theme, HERE, bench), text=bench)
    same = [show(mira, told_at(quarter, theme, NEAR)) for _n in range(5)]

    found = hinted(client, at(theme))

    assert (len(found), other.pk in found) == (5, False)
    assert set(found) == {concern.pk for concern in same}


def test_without_a_pin_the_name_of_the_place_is_compared(client, quarter, theme, mira):
    text = "Am Rosenweg 3 ist eine Laterne aus."
    named = show(mira, make_concern(quarter, text, theme=theme), text=text)
    show(mira, make_concern(quarter, "Woanders", theme=theme), text="Am Marktplatz ist es dunkel.")
    form = filled(theme=str(theme.pk), place_text="Rosenweg")

    assert hinted(client, form) == [named.pk]
    assert hinted(client, filled(place_text="Rosenweg")) == []
    assert hinted(client, filled(theme=str(theme.pk), place_text="")) == []


def test_they_come_while_somebody_types_too(client, quarter, theme, mira):
    near = show(mira, told_at(quarter, theme, NEAR))
    typed = at(theme) | {"submission_key": ""}

    page = client.post(HINTS, typed)

    assert (page.status_code, near.dossier.reference in page.content.decode()) == (200, True)
    assert client.post(HINTS, typed | {"seen_near": str(near.pk)}).status_code == 204


def test_the_form_asks_for_everything_in_twelve_statements(
    client, quarter, theme, mira, django_assert_max_num_queries
):
    """Rules, near concerns, spam and photos are one question."""
    for n in range(20):
        show(mira, told_at(quarter, theme, FAR, f"Laterne {n}"))
    client.get(FORM)
    form = at(theme, way="mail", email="a@example.org", phone="030 23125 014")

    with django_assert_max_num_queries(40) as caught:
        assert client.post(FORM, form).status_code == 302

    assert _statements(caught) == 12


def _statements(caught: CaptureQueriesContext) -> int:
    return sum(not query["sql"].startswith(MOVES) for query in caught.captured_queries)


# --- At the desk ---------------------------------------------------------------------------------
def alike(viewer, concern) -> list[int]:
    return [one.concern.pk for one in likely_duplicates(viewer, concern, now=timezone.now())]


def test_the_desk_sees_unreleased_ones_too(quarter, theme, mira):
    concern = told_at(quarter, theme, HERE)
    near = told_at(quarter, theme, NEAR)
    told_at(quarter, theme, FAR)
    held = told_at(quarter, theme, HERE, signs=frozenset({Sign.TRAP}))

    [found] = likely_duplicates(mira, concern, now=timezone.now())

    assert (found.concern, found.metres, held.state) == (near, 70, "quarantined")


def test_without_a_theme_every_theme_may_be_the_same(quarter, theme, mira):
    concern = told_at(quarter, None, HERE)
    near = told_at(quarter, theme, NEAR)

    assert alike(mira, concern) == [near.pk]
    assert alike(mira, near) == []


def test_without_a_pin_the_words_or_the_place_say_so(quarter, theme, mira):
    text = "Seit Montag liegt Sperrmüll vor dem Haus."
    concern = make_concern(quarter, text, theme=theme, place_text="Rosenweg 3")
    same_words = make_concern(quarter, f"{text} Bitte abholen.", theme=theme)
    same_place = make_concern(quarter, "Es stinkt hier.", theme=theme, place_text="Rosenweg 3")
    make_concern(quarter, "Die Schaukel quietscht.", theme=theme, place_text="Parkallee")
    for one in (concern, same_words, same_place):
        Concern.objects.filter(pk=one.pk).update(created_at=timezone.now())

    assert set(alike(mira, concern)) == {same_words.pk, same_place.pk}


def test_confidential_ones_are_for_the_named_and_helpers_see_only_theirs(
    quarter, theme, mira, hao
):
    concern = told_at(quarter, theme, HERE)
    secret = told_at(quarter, theme, NEAR)
    Dossier.objects.filter(pk=secret.pk).update(audience=Audience.CONFIDENTIAL)

    assert (alike(mira, concern), alike(hao, concern)) == ([], [])

    Named.objects.create(dossier=secret.dossier, user_id=mira.user_id)
    assert alike(mira, concern) == [secret.pk]


def test_looking_needs_two_statements(quarter, theme, mira, django_assert_num_queries):
    concern = told_at(quarter, theme, HERE)
    for n in range(8):
        told_at(quarter, theme, NEAR, f"Laterne {n}")

    with django_assert_num_queries(2):
        assert len(alike(mira, concern)) == 5


def test_the_page_of_a_concern_names_the_way_to_the_joint_case(desk, quarter):
    concern = make_concern(quarter, now=NOON)

    page = desk.get(f"/buero/anliegen/{concern.dossier.reference}/").content.decode()

    assert f'href="/buero/anliegen/{concern.dossier.reference}/sammeln/"' in page
