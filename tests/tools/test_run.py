import os

import pytest

from tools.run import keep_secret, prepare_environment


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path):
    first = keep_secret(tmp_path).read_text()
    again = keep_secret(tmp_path)

    assert again.read_text() == first
    assert len(first) >= 32
    assert again.stat().st_mode & 0o777 == 0o600


@pytest.fixture
def bare(monkeypatch):
    for name in ("SECRET_KEY", "SECRET_KEY_FILE", "PORT", "DATA_DIR", "DEMO", "BASE_URL"):
        monkeypatch.setenv(name, "put back after the test")
        monkeypatch.delenv(name)
    return monkeypatch


def test_a_demo_needs_no_settings(bare, tmp_path):
    bare.chdir(tmp_path)

    data_dir = prepare_environment()

    assert data_dir == tmp_path / "data"
    assert os.environ["SECRET_KEY_FILE"] == str(data_dir / "secret_key")
    assert os.environ["BASE_URL"] == "http://localhost:8000"
    assert os.environ["DEMO"] == "1"


def test_what_is_set_is_honoured(bare, tmp_path):
    bare.setenv("PORT", "8123")
    bare.setenv("DATA_DIR", str(tmp_path / "elsewhere"))
    bare.setenv("SECRET_KEY", "x" * 40)

    assert prepare_environment() == tmp_path / "elsewhere"

    assert os.environ["BASE_URL"] == "http://localhost:8123"
    assert not (tmp_path / "elsewhere" / "secret_key").exists()
