"""The files that hold this process's certificates, and what the board says of them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from config.stack import authority
from tests.accounts import people
from tests.applications.browser import officer_at, text_of
from workers import certificates

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def files(tmp_path, settings):
    """One that ends in eight days, one that nobody can read, and one that is not named."""
    key, certificate = authority.begin(now=NOW, life=timedelta(days=8))
    own = tmp_path / "own.pem"
    own.write_bytes(authority.key_pem(key) + authority.pem(certificate))
    (tmp_path / "ca.pem").write_text("no certificate")
    settings.SERVING_CERTIFICATE = str(own)
    settings.OUTGOING_CERTIFICATE = ""
    settings.NEIGHBOUR_ROOTS = str(tmp_path / "ca.pem")
    return certificate


def test_what_is_named_is_read_and_what_cannot_be_read_is_not_passed_over(files):
    broken, own = certificates.held()
    assert (broken.setting, broken.ends_at, broken.has_ended(NOW)) == (
        "NEIGHBOUR_ROOTS", None, True,
    )  # fmt: skip
    assert (own.setting, own.ends_at) == ("SERVING_CERTIFICATE", files.not_valid_after_utc)
    assert not own.is_ending(NOW)
    assert own.is_ending(NOW + timedelta(days=7))
    assert not own.has_ended(NOW + timedelta(days=7))


@pytest.mark.parametrize("path", ["/nowhere/own.pem", "/"])
def test_a_file_that_is_not_there_does_not_take_the_board_down(settings, path):
    settings.SERVING_CERTIFICATE, settings.OUTGOING_CERTIFICATE = path, ""
    settings.NEIGHBOUR_ROOTS = ""
    assert [one.ends_at for one in certificates.held()] == [None]


@pytest.mark.django_db
def test_the_board_shows_when_they_end_and_asks_for_help_with_the_broken_one(files):
    page = text_of(officer_at(people.officer("operations.watch")).get(reverse("workers:board")))
    assert "Certificates of this process" in page
    assert "SERVING_CERTIFICATE" in page
    assert "docs/running.md#certificate-ends" in page
    assert "cannot be read" in page
