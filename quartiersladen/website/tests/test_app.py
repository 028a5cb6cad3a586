"""The report form as an app: what a phone asks for, and the script that opens it offline."""

import pytest
from django.contrib.staticfiles import finders
from PIL import Image

from quartiersladen.quarters.testing import make_quarter


@pytest.fixture(autouse=True)
def _at_home(quarter):
    make_quarter("west", accent="#123456")


@pytest.mark.parametrize(
    ("prefix", "name", "accent"),
    [("", "Quartier Ost", "#7a3b1d"), ("/q/west", "Quartier West", "#123456")],
)
def test_a_phone_gets_the_form_of_its_quarter(client, prefix, name, accent):
    page = client.get(f"{prefix}/")
    assert f'href="{prefix}/app.webmanifest"' in page.content.decode()
    assert f'name="theme-color" content="{accent}"' in page.content.decode()

    answer = client.get(f"{prefix}/app.webmanifest", headers={"Accept-Language": "ar"})

    assert answer.headers["Content-Type"] == "application/manifest+json"
    app = answer.json()
    assert app["name"].startswith(f"{name}: ")
    assert (app["start_url"], app["scope"]) == (f"{prefix}/anliegen/neu/", f"{prefix}/")
    assert (app["theme_color"], app["lang"], app["dir"]) == (accent, "ar", "rtl")
    assert [icon["purpose"] for icon in app["icons"]] == ["any", "any", "any", "maskable"]


def test_the_icons_are_there_in_the_sizes_that_are_promised(client):
    for icon in client.get("/app.webmanifest").json()["icons"][1:]:
        path = finders.find(icon["src"].removeprefix("/static/"))
        with Image.open(str(path)) as picture:
            assert (f"{picture.width}x{picture.height}", picture.format) == (icon["sizes"], "PNG")


@pytest.mark.parametrize("prefix", ["", "/q/west"])
def test_the_script_comes_from_the_folder_that_it_may_rule(client, prefix):
    answer = client.get(f"{prefix}/sw.js")

    assert answer.headers["Content-Type"] == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "Service-Worker-Allowed" not in answer.headers
    assert b"last-language" in answer.content
    assert (
        f'data-worker="{prefix}/sw.js"' in client.get(f"{prefix}/anliegen/neu/").content.decode()
    )
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]


def test_nobody_is_found_without_a_quarter(client):
    assert client.get("/q/nirgends/sw.js").status_code == 404
    assert client.post("/sw.js").status_code == 405
