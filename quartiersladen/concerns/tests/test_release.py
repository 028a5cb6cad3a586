"""What is public, and what is not."""

import pytest

from quartiersladen.accounts.rules import public_viewer
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.queries.public import get_released, released
from quartiersladen.concerns.services import release
from quartiersladen.concerns.services.life import withdraw_concern
from quartiersladen.concerns.services.release import Release
from quartiersladen.concerns.states import PlaceKind, PlacePrecision
from quartiersladen.concerns.testing import make_concern, teller_viewer
from quartiersladen.dossiers.models import Dossier, Named
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile
from quartiersladen.dossiers.states import Audience
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.quarters.testing import NOON


def release_it(viewer, concern, *, precision=PlacePrecision.NONE, checked=True, title="Lampe"):
    return release.release_concern(
        viewer=viewer,
        concern=concern,
        release=Release(title, "Lampe aus", precision, frozenset(), is_checked=checked),
        version=concern.dossier.version,
        now=NOON,
    )


def with_point(quarter):
    return make_concern(quarter, place_kind=PlaceKind.POINT, latitude=51.34123, longitude=12.40567)


def test_nothing_is_public_before_release(quarter, mira):
    concern = make_concern(quarter)
    public = public_viewer(quarter.pk)
    with pytest.raises(Concern.DoesNotExist):
        get_released(public, concern.dossier.reference)

    release_it(mira, concern)

    assert get_released(public, concern.dossier.reference) == concern


@pytest.mark.parametrize(
    ("precision", "point"),
    [
        (PlacePrecision.EXACT, (51.34123, 12.40567)),
        (PlacePrecision.STREET, (51.342, 12.406)),
        (PlacePrecision.NONE, (None, None)),
    ],
)
def test_the_place_is_as_exact_as_the_office_says(quarter, mira, precision, point):
    concern = with_point(quarter)
    release_it(mira, concern, precision=precision)
    concern.refresh_from_db()
    assert (concern.public_latitude, concern.public_longitude) == point


def test_without_a_point_no_precision_is_promised(quarter, mira):
    concern = make_concern(quarter)
    release_it(mira, concern, precision=PlacePrecision.EXACT)
    assert Concern.objects.get().place_precision == PlacePrecision.NONE


def test_the_tick_is_asked_for(quarter, mira):
    with pytest.raises(release.NotLookedThrough):
        release_it(mira, make_concern(quarter), checked=False)


def test_an_empty_title_is_refused(quarter, mira):
    with pytest.raises(release.NothingToShow):
        release_it(mira, make_concern(quarter), title=" ")


def test_confidential_and_withdrawn_ones_are_never_released(quarter, mira):
    concern = make_concern(quarter)
    withdraw_concern(viewer=mira, concern=concern, version=1, now=NOON)
    with pytest.raises(release.NotForThePublic):
        release_it(mira, concern)

    secret = make_concern(quarter, "Anderes")
    Dossier.objects.filter(pk=secret.pk).update(audience=Audience.CONFIDENTIAL)
    secret.dossier.refresh_from_db()
    with pytest.raises(NotAllowed):
        release_it(mira, secret)
    secret.dossier.named.create(user_id=mira.user_id)
    with pytest.raises(release.NotForThePublic):
        release_it(mira, secret)


def test_a_helper_does_not_release(quarter, hao):
    with pytest.raises(NotAllowed):
        release_it(hao, make_concern(quarter))


def test_it_is_taken_off_again(quarter, mira):
    concern = with_point(quarter)
    release_it(mira, concern, precision=PlacePrecision.EXACT)

    release.conceal_concern(
        viewer=mira, concern=concern, version=concern.dossier.version, now=NOON
    )

    concern.refresh_from_db()
    assert (concern.is_released, concern.public_latitude) == (False, None)
    assert list(released(public_viewer(quarter.pk))) == []


def test_the_second_editor_is_told(quarter, mira):
    concern = make_concern(quarter)
    release_it(mira, concern)
    with pytest.raises(ChangedMeanwhile):
        release.conceal_concern(viewer=mira, concern=concern, version=1, now=NOON)


def test_a_confidential_concern_stays_so_when_it_is_withdrawn_or_concealed(quarter, mira):
    concern = make_concern(quarter)
    Named.objects.create(dossier=concern.dossier, user_id=mira.user_id)
    Dossier.objects.update(audience=Audience.CONFIDENTIAL)
    concern.dossier.refresh_from_db()

    release.conceal_concern(
        viewer=mira, concern=concern, version=concern.dossier.version, now=NOON
    )
    withdraw_concern(viewer=teller_viewer(concern), concern=concern, version=None, now=NOON)

    assert Dossier.objects.get().audience == Audience.CONFIDENTIAL
