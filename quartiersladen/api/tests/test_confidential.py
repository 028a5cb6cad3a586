"""Programs are offered no confidential theme, and learn nothing of what was told about one."""

import pytest
from django.urls import reverse

from quartiersladen.api.models import OpenTheme
from quartiersladen.api.queries.keys import theme_lines
from quartiersladen.api.services.offers import (
    OpenThemeFacts,
    ThemeIsConfidential,
    save_open_theme,
)
from quartiersladen.api.tests.conftest import V2
from quartiersladen.api.tests.test_json_api import TOLD, V1
from quartiersladen.concerns.models import Concern
from quartiersladen.quarters.models import Theme
from quartiersladen.quarters.testing import make_theme

OFFERED = OpenThemeFacts(is_on=True, description={"de": "Gewalt"})
NOT_OFFERED = OpenThemeFacts(is_on=False, description={"de": "Gewalt"})


@pytest.fixture
def violence(quarter):
    return make_theme(quarter, "gewalt", name={"de": "Gewalt"}, is_confidential=True)


def save(lea, theme, facts, now) -> OpenTheme:
    return save_open_theme(viewer=lea, theme=theme, facts=facts, version=0, now=now)


def test_a_confidential_theme_is_not_offered(lea, violence, now):
    with pytest.raises(ThemeIsConfidential):
        save(lea, violence, OFFERED, now)
    assert not OpenTheme.objects.exists()
    assert not save(lea, violence, NOT_OFFERED, now).is_on


def test_the_settings_say_why(lead, house, violence):
    page = lead.post(reverse("api:theme", args=[violence.pk]), {"is_on": "on", "version": 0})
    assert page.status_code == 422
    assert "Dieses Thema ist vertraulich" in page.content.decode()
    assert (
        "vertraulich: wird nie angeboten" in lead.get(reverse("api:interfaces")).content.decode()
    )


def codes(client) -> list[str]:
    return [one["service_code"] for one in client.get(f"{V2}/services.json").json()]


def slugs(client) -> list[str]:
    return [one["slug"] for one in client.get(f"{V1}/themes").json()]


def test_a_theme_that_becomes_confidential_is_offered_no_more(client, house, light, lea):
    assert codes(client) == slugs(client) == ["licht", "muell"]

    Theme.objects.filter(pk=light.pk).update(is_confidential=True)

    assert codes(client) == slugs(client) == ["muell"]
    assert client.get(f"{V2}/services/licht.json").status_code == 404
    assert [(str(line.theme), line.is_on) for line in theme_lines(lea)] == [
        ("Straßenlicht", False),
        ("Müll & Sauberkeit", True),
    ]


def test_nothing_can_be_sent_about_it(client, house, key, light, send):
    Theme.objects.filter(pk=light.pk).update(is_confidential=True)

    answer = send(service_code="licht")
    told = client.post(
        f"{V1}/concerns",
        TOLD | {"theme": "licht"},
        content_type="application/json",
        headers={"authorization": f"Bearer {key}"},
    )

    assert answer.status_code == 404
    assert told.status_code == 422
    assert not Concern.objects.exists()
