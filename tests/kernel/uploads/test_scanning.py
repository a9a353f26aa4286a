"""A virus scanner is asked where there is one, and nothing passes while it is silent."""

import socket

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment
from kernel import files, uploads
from kernel.uploads import Why
from sandbox.clamd import VIRUS
from tests.kernel.uploads import specimens
from tests.world import NOON


def _nobody_there() -> str:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{closed.getsockname()[1]}"


def test_a_good_file_passes_and_the_scanner_saw_all_of_it(scanner):
    assert uploads.scan(b"0" * 200_000)
    assert scanner.behaviour.seen == 1


def test_what_the_scanner_finds_is_refused(scanner):
    with pytest.raises(uploads.Refused) as refusal:
        uploads.scan(b"before" + VIRUS)
    assert refusal.value.why == Why.VIRUS


@pytest.mark.parametrize("fault", ["garbled", "too small a limit", "nobody there"])
def test_a_scanner_without_a_verdict_lets_nothing_pass(scanner, settings, fault):
    if fault == "garbled":
        scanner.behaviour.garbled = True
    elif fault == "too small a limit":
        scanner.behaviour.limit_bytes = 10
    else:
        settings.CLAMD_ADDRESS = _nobody_there()
    assert not uploads.scan(b"0" * 500_000)


def test_the_time_limit_is_that_of_the_whole_talk(scanner):
    scanner.behaviour.byte_seconds = 0.2  # Two seconds for the whole answer.
    assert not uploads.scan(b"0", seconds=0.5)


def test_without_a_scanner_nothing_is_asked(settings):
    settings.CLAMD_ADDRESS = ""
    assert uploads.scan(VIRUS)


@pytest.mark.django_db(transaction=True)
def test_an_accepted_scan_is_kept_clean(scanner, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    accepted = uploads.accept(specimens.photo_with_secrets(), at=NOON)
    assert (accepted.media_type, accepted.pages) == ("image/jpeg", 1)
    assert b"Uwase" not in files.read(accepted.sha256)


def test_a_scan_is_not_accepted_while_the_scanner_is_silent(settings):
    settings.CLAMD_ADDRESS = _nobody_there()
    with pytest.raises(uploads.NotChecked):
        uploads.accept(specimens.pdf(), at=NOON)


@pytest.mark.parametrize("address", ["", "tcp://scanner:3310", "unix:///run/clamd.sock"])
def test_the_address_of_a_scanner(address):
    assert environment.scanner({"CLAMD_ADDRESS": address}) == address


@pytest.mark.parametrize("address", ["scanner:3310", "tcp://scanner", "tcp://scanner:x", "unix:"])
def test_an_address_that_leads_nowhere_stops_the_start(address):
    with pytest.raises(ImproperlyConfigured):
        environment.scanner({"CLAMD_ADDRESS": address})
