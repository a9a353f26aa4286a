"""One token for all threads and processes; a cache that is gone costs calls and nothing else."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache

from config.stack.servers import free_port
from config.stack.valkey import Valkey
from payments.gateways import http, tokens
from payments.gateways.tokens import NoToken

REDIS = "django.core.cache.backends.redis.RedisCache"

# What a worker does: five threads, and each asks for the token at once.
WORKER = """
import sys
from concurrent.futures import ThreadPoolExecutor
import django
from django.conf import settings
port, location, key = sys.argv[1:]
settings.configure(
    CACHES={"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache",
                        "LOCATION": location}},
    FIELD_KEYS=[key],
    OUTGOING={"rails": {"127.0.0.1"}},
    OUTGOING_NEAR=frozenset(),
    OUTGOING_CERTIFICATE="",
    NEIGHBOUR_ROOTS="",
)
django.setup()
from payments.gateways import http, tokens
import json
def fetch():
    with http.client() as client:
        told = json.loads(http.call(client, "GET", f"http://127.0.0.1:{port}/").body)
    return told["token"], told["seconds"]
with ThreadPoolExecutor(5) as threads:
    had = list(threads.map(lambda _: tokens.get("one", fetch), range(5)))
print("\\n".join(had))
"""


class Giver:
    """A provider that forgets the former token whenever it gives a new one."""

    def __init__(self, *, seconds: float = 3600, slow_seconds: float = 0.0) -> None:
        self.given = 0
        self.seconds = seconds
        self.slow_seconds = slow_seconds

    def __call__(self) -> tuple[str, float]:
        time.sleep(self.slow_seconds)
        self.given += 1
        return f"token-{self.given}", self.seconds


@pytest.fixture
def name() -> str:
    return f"test:{uuid4()}"


@pytest.fixture
def _no_cache(settings: Any) -> None:
    settings.CACHES = {
        "default": {"BACKEND": REDIS, "LOCATION": f"redis://127.0.0.1:{free_port()}/0"}
    }


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    server = Valkey(folder=tmp_path / "valkey", password="for-a-test", throwaway=True)
    server.start()
    yield server
    server.stop()


def at_once(count: int, work: Callable[[], str]) -> list[str]:
    with ThreadPoolExecutor(count) as threads:
        return [done.result() for done in [threads.submit(work) for _ in range(count)]]


def test_a_token_is_fetched_once_and_kept(name: str) -> None:
    giver = Giver()
    assert [tokens.get(name, giver) for _ in range(3)] == ["token-1"] * 3


def test_many_threads_fetch_one_token(name: str) -> None:
    giver = Giver(slow_seconds=0.1)
    assert at_once(8, lambda: tokens.get(name, giver)) == ["token-1"] * 8
    assert giver.given == 1


def test_two_names_have_two_tokens(name: str) -> None:
    giver = Giver()
    assert tokens.get(name, giver) != tokens.get(f"{name}-other", giver)


def test_a_token_that_is_about_to_die_is_not_kept(name: str) -> None:
    giver = Giver(seconds=30)
    assert [tokens.get(name, giver) for _ in range(2)] == ["token-1", "token-2"]


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -5.0])
def test_a_token_of_senseless_life_is_not_kept(name: str, seconds: float) -> None:
    giver = Giver(seconds=seconds)
    assert [tokens.get(name, giver) for _ in range(2)] == ["token-1", "token-2"]


def test_a_forgotten_token_is_fetched_anew_once(name: str) -> None:
    giver = Giver(slow_seconds=0.05)
    refused = tokens.get(name, giver)

    def not_admitted() -> str:
        tokens.forget(name, refused)
        return tokens.get(name, giver)

    assert at_once(6, not_admitted) == ["token-2"] * 6
    assert giver.given == 2


def test_who_comes_late_does_not_forget_the_newer_token(name: str) -> None:
    giver = Giver()
    older = tokens.get(name, giver)
    tokens.forget(name, older)
    newer = tokens.get(name, giver)
    tokens.forget(name, older)
    assert tokens.get(name, giver) == newer


def test_what_stands_in_the_cache_is_no_token_to_a_reader(name: str) -> None:
    tokens.get(name, Giver())
    held = cache.get(tokens._key(name))
    assert isinstance(held, bytes)
    assert b"token" not in held


def test_what_was_written_under_a_lost_key_is_fetched_anew(name: str, settings: Any) -> None:
    giver = Giver()
    tokens.get(name, giver)
    settings.FIELD_KEYS = ["ab" * 32]
    assert tokens.get(name, giver) == "token-2"


def test_a_provider_that_gives_none_is_asked_again_by_the_next(name: str) -> None:
    def refuse() -> tuple[str, float]:
        raise NoToken

    with pytest.raises(NoToken):
        tokens.get(name, refuse)
    assert tokens.get(name, Giver()) == "token-1"


def test_nobody_waits_for_ever(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "WAITING_SECONDS", 0.1)
    cache.add(f"{tokens._key(name)}:fetching", "somebody else", 60)
    with pytest.raises(NoToken):
        tokens.get(name, Giver())
    tokens.forget(name, "token-0")  # Nor does this; whoever fetches replaces it anyway.


@pytest.mark.usefixtures("_no_cache")
def test_without_a_cache_a_process_has_its_own(name: str) -> None:
    giver = Giver(slow_seconds=0.05)
    assert at_once(4, lambda: tokens.get(name, giver)) == ["token-1"] * 4
    tokens.forget(name, "token-1")
    assert tokens.get(name, giver) == "token-2"


def test_a_cache_that_dies_after_the_fetch_leaves_the_token(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    giver = Giver()

    def full(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(cache, "set", full)
    assert tokens.get(name, giver) == "token-1"


def test_several_processes_fetch_one_token(valkey: Valkey) -> None:
    given: list[str] = []

    class Provider(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(0.3)  # Longer than the processes differ in their start under no load.
            given.append(f"token-{len(given) + 1}")
            raw = json.dumps({"token": given[-1], "seconds": 3600}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    ).start()
    command = [sys.executable, "-c", WORKER, str(server.server_address[1]), valkey.url(), "00" * 32]
    workers = [
        subprocess.Popen(
            command,
            cwd=django_settings.BASE_DIR,
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": os.environ["PATH"]},
        )
        for _ in range(2)
    ]
    had = [worker.communicate(timeout=60)[0].split() for worker in workers]
    server.shutdown()
    server.server_close()
    assert had == [["token-1"] * 5] * 2
    assert given == ["token-1"]


def test_an_answer_without_an_end_is_cut_off() -> None:
    class Drip(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * 65536)
            except OSError:
                pass

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Drip)
    server.daemon_threads = True
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    ).start()
    with http.client() as client, pytest.raises(http.NO_ANSWER):
        http.call(client, "GET", f"http://127.0.0.1:{server.server_address[1]}/")
    server.shutdown()
    server.server_close()
