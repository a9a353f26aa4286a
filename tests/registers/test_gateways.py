import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from pytest_django import Settings

from registers import gateways
from registers.gateways import RegisterUnavailable
from tests.registers.conftest import point_to
from tests.sandbox_process import SandboxProcess, free_port

MARRIED = "1197480000001011"
SINGLE = "1198470000037053"
NO_BIRTH_ENTRY = "1196170000053022"


@contextmanager
def register_that_says(answer: bytes, *, seconds_between: float = 0.0) -> Iterator[str]:
    """A broken register: it sends these bytes, one part at a time, whatever it is asked."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        gone = threading.Event()

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                try:
                    if not seconds_between:
                        connection.sendall(answer)
                        # What is left of the question unread would cut the answer short.
                        connection.shutdown(socket.SHUT_WR)
                        connection.recv(65536)
                    else:
                        for byte in answer:
                            connection.sendall(bytes([byte]))
                            if gone.wait(seconds_between):
                                return
                except OSError:
                    pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        gone.set()
        thread.join(5)


def http(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def test_a_person_is_found_by_her_number(world: SandboxProcess) -> None:
    entry = gateways.population().person(national_id=SINGLE)
    assert entry is not None
    assert (entry.national_id, entry.sex, entry.marital_status) == (SINGLE, "F", "single")
    assert entry.born_on == date(1984, 2, 17)
    assert entry.residence_code == "1209"


def test_a_number_that_nobody_carries_finds_nobody(world: SandboxProcess) -> None:
    assert gateways.population().person(national_id="1199080009999900") is None
    assert gateways.population().person(national_id="' OR 1=1") is None


def test_acts_are_found_by_the_person(world: SandboxProcess) -> None:
    [birth] = gateways.civil().acts(kind="birth", national_id=MARRIED)
    assert birth.office_code == "1209"
    assert birth.facts["born_on"] == "1974-03-02"
    [marriage] = gateways.civil().acts(kind="marriage", national_id=MARRIED)
    assert MARRIED in marriage.national_ids
    assert len(marriage.national_ids) == 2
    assert marriage.act_number
    assert not any(number in marriage.facts.values() for number in marriage.national_ids)


def test_who_has_no_act_has_none(world: SandboxProcess) -> None:
    assert gateways.civil().acts(kind="birth", national_id=NO_BIRTH_ENTRY) == []
    assert gateways.civil().acts(kind="marriage", national_id=SINGLE) == []


def test_a_register_that_is_down_is_unavailable_and_not_empty(world: SandboxProcess) -> None:
    world.faults(population="down", civil="down")
    with pytest.raises(RegisterUnavailable):
        gateways.population().person(national_id=SINGLE)
    with pytest.raises(RegisterUnavailable):
        gateways.civil().acts(kind="birth", national_id=SINGLE)


def test_a_register_that_is_gone_is_unavailable(settings: Settings) -> None:
    point_to(settings, f"http://127.0.0.1:{free_port()}")
    with pytest.raises(RegisterUnavailable):
        gateways.population().person(national_id=SINGLE)


def test_a_slow_register_is_given_up_within_two_seconds(world: SandboxProcess) -> None:
    world.faults(population="slow")
    before = time.monotonic()
    with pytest.raises(RegisterUnavailable):
        gateways.population().person(national_id=SINGLE)
    # It would answer after thirty; how late two seconds are over is the machine's matter.
    assert time.monotonic() - before < 15


def test_a_register_that_drips_is_given_up_too(settings: Settings) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n".ljust(900, b" ")
    with register_that_says(answer, seconds_between=0.02) as url:
        point_to(settings, url)
        before = time.monotonic()
        with pytest.raises(RegisterUnavailable):
            gateways.population().person(national_id=SINGLE)
        assert time.monotonic() - before < 12  # All of it would take eighteen.


def test_a_wrong_token_is_unavailable_and_not_an_answer(
    world: SandboxProcess, settings: Settings
) -> None:
    point_to(settings, world.url, token="somebody else's")
    with pytest.raises(RegisterUnavailable):
        gateways.population().person(national_id=SINGLE)


PERSON = (
    b'{"national_id": "%b", "family_name": "Urugero", "given_names": "A", "sex": "F",'
    b' "born_on": "%b", "birth_place_code": "1209", "residence_code": "1209",'
    b' "marital_status": "%b", "nationality": "RW"}'
)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>maintenance</html>",
        b"[]",
        b"{}",
        b'{"national_id": 7}',
        b"null",
        b"\xff\xfe",
        PERSON % (SINGLE.encode(), b"the spring of 1984", b"single"),
        PERSON % (SINGLE.encode(), b"1984-02-17", b"complicated"),
        PERSON % (MARRIED.encode(), b"1984-02-17", b"single"),
        b" " * 300_000,
        b"[" * 100_000,
        PERSON.replace(b'"A"', rb'"A\u0000"') % (SINGLE.encode(), b"1984-02-17", b"single"),
        PERSON.replace(b'"A"', rb'"A\ud800"') % (SINGLE.encode(), b"1984-02-17", b"single"),
    ],
    ids=[
        "html",
        "list",
        "empty",
        "number",
        "null",
        "bytes",
        "date",
        "status",
        "other",
        "long",
        "deep",
        "a NUL",
        "half a character",
    ],
)
def test_nonsense_and_somebody_else_are_unavailable(settings: Settings, body: bytes) -> None:
    with register_that_says(http(body)) as url:
        point_to(settings, url)
        with pytest.raises(RegisterUnavailable):
            gateways.population().person(national_id=SINGLE)


def test_a_good_answer_of_another_vendor_is_read(settings: Settings) -> None:
    with register_that_says(http(PERSON % (SINGLE.encode(), b"1984-02-17", b"single"))) as url:
        point_to(settings, url)
        entry = gateways.population().person(national_id=SINGLE)
    assert entry is not None
    assert entry.father_name == ""


def test_the_error_names_nobody(settings: Settings) -> None:
    with register_that_says(http(b'{"national_id": "%b", "sex": "?"}' % SINGLE.encode())) as url:
        point_to(settings, url)
        with pytest.raises(RegisterUnavailable) as refused:
            gateways.population().person(national_id=SINGLE)
    assert SINGLE not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__
