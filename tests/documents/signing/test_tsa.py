"""What an authority says is believed only once it is proven; and nobody waits for it twice."""

import asyncio
import hashlib
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest
from asn1crypto import cms
from django.core.exceptions import ImproperlyConfigured

from config import environment
from documents import tsa
from documents.tsa import NoStamp, TokenTooLong
from tests.documents.signing.conftest import Outside
from tests.world import NOON

DIGEST = hashlib.sha256(b"a signature").digest()


def stamp(at=NOON) -> cms.ContentInfo:
    stamper = tsa.stamper(at=at)
    assert stamper is not None
    return asyncio.run(stamper.async_timestamp(DIGEST, "sha256"))


def test_a_stamp_names_our_digest_its_time_and_its_certificate(outside: Outside) -> None:
    stamper = tsa.stamper(at=NOON)
    assert stamper is not None

    token = cms.ContentInfo.load(stamper.stamp(DIGEST))

    said = token["content"]["encap_content_info"]["content"].parsed
    assert said["message_imprint"]["hashed_message"].native == DIGEST
    assert stamper.last is not None
    assert stamper.last.at == said["gen_time"].native
    assert stamper.last.until > NOON + timedelta(days=700)


@pytest.mark.parametrize(
    "fault",
    [
        "down", "nonsense", "endless", "page", "refuses", "wrong_nonce", "wrong_hash", "stranger",
    ],
)  # fmt: skip
def test_an_authority_that_fails_gives_no_stamp_and_is_left_alone(
    outside: Outside, fault: str
) -> None:
    stamp()
    outside.sandbox.faults(tsa=fault)
    before = outside.asked()

    with pytest.raises(NoStamp):
        stamp()
    assert outside.asked() == before + 1
    outside.sandbox.faults()
    # It rests: there is nobody to ask, and nobody asks.
    assert tsa.stamper(at=NOON) is None
    assert outside.asked() == before + 1

    tsa.forget()
    stamp()


def test_an_authority_whose_clock_is_another_is_not_believed(outside: Outside) -> None:
    outside.set_clock(NOON + timedelta(minutes=30))
    with pytest.raises(NoStamp):
        stamp(at=NOON)
    tsa.forget()
    stamp(at=NOON + timedelta(minutes=30))


@pytest.fixture
def silent() -> Iterator[str]:
    """An authority that takes the question and says nothing until the test is over."""
    over = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            over.wait(60)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    over.set()
    server.shutdown()
    server.server_close()


def test_one_that_is_slow_is_given_its_seconds_once_and_the_next_one_stamps(
    outside: Outside, silent: str, settings
) -> None:
    settings.TIMESTAMP_AUTHORITIES = [{"url": silent, "seconds": 0.2}, outside.authority]
    stamp()
    asked = outside.asked()
    known = tsa._known[silent]
    assert known.rests()

    stamp()
    assert outside.asked() == asked + 1
    assert not tsa._known[outside.authority["url"]].rests()


def test_all_authorities_together_have_no_more_than_a_paper_can_wait(
    outside: Outside, silent: str, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tsa, "STAMP_SECONDS_MAX", 0.2)
    settings.TIMESTAMP_AUTHORITIES = [{"url": silent, "seconds": 60.0}, outside.authority]
    asked = outside.asked()

    with pytest.raises(NoStamp):
        stamp()
    assert outside.asked() == asked


def test_a_token_longer_than_its_room_is_asked_for_once_more(outside: Outside) -> None:
    stamper = tsa.stamper(at=NOON)
    assert stamper is not None
    assert stamper.token_bytes > 4000
    known = tsa._known[outside.authority["url"]]
    known.token_bytes = 10
    assert stamper.token_bytes < 100

    with pytest.raises(TokenTooLong):
        stamper.stamp(DIGEST)
    room = stamper.token_bytes
    assert len(stamper.stamp(DIGEST)) <= room


def test_where_none_is_named_there_is_no_stamper(settings) -> None:
    settings.TIMESTAMP_AUTHORITIES = []
    assert tsa.stamper(at=NOON) is None


TOLD = {
    "": [],
    "https://a.example/tsa 2": [{"url": "https://a.example/tsa", "seconds": 2.0}],
    " https://a.example 1.5 , http://b 2": [
        {"url": "https://a.example", "seconds": 1.5},
        {"url": "http://b", "seconds": 2.0},
    ],
}


@pytest.mark.parametrize("told", TOLD)
def test_authorities_are_read_from_the_environment(told: str) -> None:
    read = environment.timestamp_authorities({"TIMESTAMP_AUTHORITIES": told}, usual="")
    assert read == TOLD[told]


@pytest.mark.parametrize(
    "told", ["https://a.example", "ftp://a.example 2", "https:// 2", "https://a 0", "https://a x"]
)
def test_authorities_that_cannot_be_are_refused_aloud(told: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="TIMESTAMP_AUTHORITIES"):
        environment.timestamp_authorities({"TIMESTAMP_AUTHORITIES": told}, usual="")
