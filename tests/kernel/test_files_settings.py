"""An object store is named whole, or the house does not start."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment
from config.stack.checks import production
from config.stack.home import ROOT

RWANDA = environment.rails_of(ROOT / "countries" / "rw")
STORE = {
    "S3_ENDPOINT": "https://store.example",
    "S3_BUCKET": "papers",
    "S3_REGION": "eu-west-1",
    "S3_ACCESS_KEY": "guichet",
    "S3_SECRET_KEY": "a-secret-of-the-store",
}


def wiring(**variables: str) -> environment.Wiring:
    return environment.read(variables, rails=RWANDA)


def in_production(**variables: str) -> environment.Wiring:
    return wiring(**production(), **variables)


def test_without_a_word_files_lie_in_a_folder():
    for read in (wiring, in_production):
        assert read().files_storage == "local"
        assert not any(read().object_store.values())


@pytest.mark.parametrize("read", [wiring, in_production])
def test_a_whole_object_store_is_taken(read):
    told = read(FILES_STORAGE="s3", **STORE)
    assert (told.files_storage, told.object_store) == ("s3", STORE)


@pytest.mark.parametrize("read", [wiring, in_production])
@pytest.mark.parametrize("kind", ["s3", "local"])
@pytest.mark.parametrize("absent", list(STORE))
def test_it_does_not_start_on_half_an_object_store(read, kind, absent):
    with pytest.raises(ImproperlyConfigured, match=f"{absent} must be set"):
        read(FILES_STORAGE=kind, **{**STORE, absent: " "})


def test_all_that_is_missing_is_told_at_once_and_no_value_of_it():
    with pytest.raises(ImproperlyConfigured) as told:
        in_production(FILES_STORAGE="s3", S3_SECRET_KEY="hush")
    for name in STORE:
        assert (name in str(told.value)) == (name != "S3_SECRET_KEY")
    assert "hush" not in str(told.value)


@pytest.mark.parametrize(
    "address",
    ["ftp://store.example", "store.example", "http://store.example", "http://minio:9000"],
)
def test_production_refuses_an_open_road(address):
    with pytest.raises(ImproperlyConfigured, match="S3_ENDPOINT must"):
        in_production(FILES_STORAGE="s3", **{**STORE, "S3_ENDPOINT": address})


def test_a_container_beside_us_is_reached_by_tls():
    beside = {**STORE, "S3_ENDPOINT": "https://minio:9000"}
    assert in_production(FILES_STORAGE="s3", **beside).object_store == beside


def test_a_kind_that_nobody_knows_is_refused():
    with pytest.raises(ImproperlyConfigured, match="FILES_STORAGE must be one of local, s3"):
        wiring(FILES_STORAGE="swift")
