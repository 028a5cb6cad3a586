"""What the three addresses of the configuration become."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured

from quartiersladen.config import storage
from quartiersladen.kernel import throttle

DATA = Path("/srv/laden")


def test_without_an_address_everything_lies_in_the_data_folder():
    database = storage.database(None, data_dir=DATA, synchronous="FULL")

    assert (database["ENGINE"], database["NAME"]) == (
        "django.db.backends.sqlite3",
        DATA / "quartiersladen.sqlite3",
    )
    assert "synchronous=FULL" in database["OPTIONS"]["init_command"]
    assert storage.file_storage(None, data_dir=DATA)["OPTIONS"]["location"] == DATA / "files"
    assert storage.caches(None) == {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
        "counts": {
            "BACKEND": "quartiersladen.accounts.counts.CountsTable",
            "TIMEOUT": throttle.HOUR,
        },
    }


def test_an_sqlite_file_elsewhere():
    url = urlsplit("sqlite:///var/lib/unser%20laden.sqlite3")

    database = storage.database(url, data_dir=DATA, synchronous="NORMAL")

    assert database["NAME"] == Path("/var/lib/unser laden.sqlite3")


def test_postgresql_with_signs_that_an_address_has_to_escape():
    url = urlsplit("postgresql://lad%40en:p%2Fw@db.example.org:5433/house?sslmode=require")

    database = storage.database(url, data_dir=DATA, synchronous="FULL")

    assert {name: database[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "house",
        "USER": "lad@en",
        "PASSWORD": "p/w",
        "HOST": "db.example.org",
        "PORT": "5433",
    }
    assert database["OPTIONS"] == {"sslmode": "require"}


def test_postgresql_with_nothing_but_a_name():
    database = storage.database(urlsplit("postgresql:///house"), data_dir=DATA, synchronous="FULL")

    assert (database["USER"], database["HOST"], database["PORT"]) == ("", "", "")


def test_files_in_another_folder_or_in_a_bucket():
    folder = storage.file_storage(urlsplit("file:///mnt/photos"), data_dir=DATA)
    bucket = storage.file_storage(urlsplit("s3://laden/quartier/"), data_dir=DATA)

    assert folder["OPTIONS"] == {"location": Path("/mnt/photos"), "base_url": None}
    assert bucket == {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": "laden", "location": "quartier"},
    }


def test_a_shared_cache():
    url = "redis://cache.example.org:6379/1"

    redis = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}
    assert storage.caches(urlsplit(url)) == {"default": redis, "counts": redis}


@pytest.mark.parametrize("address", [None, "file:///srv/files", "sqlite:///srv/house.sqlite3"])
def test_what_needs_no_further_package_starts(address):
    storage.demand_package("STORAGE_URL", urlsplit(address) if address else None)


def test_a_service_whose_package_is_missing_stops_the_start(monkeypatch):
    monkeypatch.setitem(storage.PACKAGES, "s3", ("no_such_package", "s3"))

    with pytest.raises(
        ImproperlyConfigured, match=r"STORAGE_URL begins with s3: install .*\[s3\]"
    ):
        storage.demand_package("STORAGE_URL", urlsplit("s3://laden/"))
