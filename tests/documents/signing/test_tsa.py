"""What an authority says is believed only once it is proven; and nobody waits for it twice."""

import asyncio
import hashlib
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest
from asn1crypto import cms
from django.core.exceptions import ImproperlyConfigured

from config import environment
from documents import queries, tsa
from documents.longterm import augmenting
from documents.models import PaperFile
from documents.operations import stamping
from documents.tsa import NoStamp, TokenTooLong
from tests.documents import world as worlds
from tests.documents.signing.conftest import Outside
from tests.documents.world import World
from tests.world import NOON

pytestmark = pytest.mark.django_db

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
        "replay", "expired",
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


def test_an_authority_whose_tokens_grow_each_time_costs_a_level_and_no_signature(
    world: World, outside: Outside
) -> None:
    known = tsa._authority(**outside.authority)
    known.token_bytes = 10
    outside.sandbox.faults(tsa="grows")
    paper_id = worlds.issue(world)
    assert set(PaperFile.objects.filter(paper=paper_id).values_list("step", "pades_level")) >= {
        ("signed", "B-B")
    }


def test_one_that_was_slow_is_believed_and_no_officer_waits_for_it_again(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tsa, "HURRIED_SECONDS", 0.0)
    hers = tsa.stamper(at=NOON, hurried=True)
    assert hers is not None
    assert hers.stamp(DIGEST)

    assert tsa.stamper(at=NOON, hurried=True) is None
    # Who is not in a hurry waits for it: papers get their time afterwards.
    stamp()


def test_many_stamps_are_asked_for_at_once_and_each_is_over_its_own_digest(
    outside: Outside,
) -> None:
    stamper = tsa.stamper(at=NOON)
    assert stamper is not None
    digests = [hashlib.sha256(bytes([number])).digest() for number in range(8)]

    given = stamper.stamp_all(digests)

    for digest, (der, said) in zip(digests, given, strict=True):
        told = cms.ContentInfo.load(der)["content"]["encap_content_info"]["content"].parsed
        assert told["message_imprint"]["hashed_message"].native == digest
        assert said.at == told["gen_time"].native
    outside.sandbox.faults(tsa="down")
    with pytest.raises(NoStamp):
        stamper.stamp_all(digests)


def test_one_that_drips_and_one_whose_name_nobody_knows_have_their_seconds_and_no_more(
    outside: Outside, dripping: str, lost_names: None, settings
) -> None:
    settings.TIMESTAMP_AUTHORITIES = [
        {"url": dripping, "seconds": 0.3}, {"url": "http://stamps.example", "seconds": 0.3},
    ]  # fmt: skip
    stamper = tsa.stamper(at=NOON)
    assert stamper is not None
    began = time.monotonic()
    with pytest.raises(NoStamp):
        stamper.stamp(DIGEST)
    assert time.monotonic() - began < 30


def test_a_stamp_by_a_revoked_certificate_is_not_believed(world: World, outside: Outside) -> None:
    stamped = worlds.issue(world)
    stamping._want_lists(augmenting.chains(queries.final_file(stamped)), NOON)
    try:
        outside.sandbox.post("/tsa/revoke", {"on": True}).raise_for_status()
        outside.day_of_lists(NOON)
        with pytest.raises(NoStamp):
            stamp()
    finally:
        outside.sandbox.post("/tsa/revoke", {"on": False}).raise_for_status()


def test_the_log_names_an_authority_and_not_the_secret_in_its_address(
    outside: Outside, settings, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "hunter2"
    url = outside.authority["url"].replace("http://", f"http://us:{secret}@")
    settings.TIMESTAMP_AUTHORITIES = [{"url": url, "seconds": 20.0}]
    outside.sandbox.faults(tsa="down")
    with pytest.raises(NoStamp):
        stamp()
    told = capsys.readouterr().out
    assert "stamp.refused" in told
    assert secret not in told


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
