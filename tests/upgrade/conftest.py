"""A house of each release, brought up to date once for all tests here."""

from pathlib import Path

import pytest

from tests.support.places import new_place

HERE = Path(__file__).parent
RELEASES = sorted(HERE.glob("release_*.json"))


@pytest.fixture(scope="package", params=RELEASES, ids=lambda path: path.stem)
def release(request):
    return request.param


@pytest.fixture(scope="package")
def updated(release, tmp_path_factory):
    """Fill a house as that release left it, then let `migrate` do its work."""
    with new_place(tmp_path_factory.mktemp("house")) as place:
        loaded = place.python("tests.upgrade.house", "load", str(release))
        assert loaded.returncode == 0, loaded.stderr
        migrated = place.run("migrate", "-v0")
        assert migrated.returncode == 0, migrated.stderr
        yield place
