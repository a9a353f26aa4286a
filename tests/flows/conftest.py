"""A whole house in one process: served pages, a sandbox for the world, hands that do the work."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from django.conf import settings as wired
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from config.journey.play import Play
from config.journey.world import Citizen, Desk, Sandbox
from config.management.commands.journey import JOURNEYS
from payments import posting
from tests.sandbox_process import SandboxProcess
from workers import errands, relay
from workers.routes import ROUTES

PASSWORD_SEED = "flows"
HANDS_REST_SECONDS = 0.05

log = structlog.get_logger()


def work_once() -> bool:
    """Do what poster, worker and sweep do in their turns; say whether anything was due."""
    now = timezone.now()
    due = posting.post_inbox(now=now)
    due += relay.fan_out(routes=ROUTES, now=now) + relay.drain(routes=ROUTES, now=now)
    for _, run in errands.ERRANDS.values():
        due += run(timezone.now)
    return due > 0


class Hands:
    """Poster and worker as one thread; `stop` ends it between two turns."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._stopped.clear()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread:
            self._thread.join()

    def _work(self) -> None:
        try:
            while not self._stopped.is_set():
                if not work_once():
                    time.sleep(HANDS_REST_SECONDS)
        finally:
            connections.close_all()


@pytest.fixture(scope="session")
def _world(live_server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    gateways = wired.GATEWAYS
    mtn, bank = gateways["rails"]["mtn-rw"], gateways["rails"]["bank-rw"]
    env = {
        "SANDBOX_STATE": str(tmp_path_factory.mktemp("sandbox")),
        "GUICHET_URL": live_server.url,
        "BANK_RAIL": "bank-rw",
        "BANK_SECRET": bank["secret"][0],
        "REGISTER_TOKEN": gateways["civil"]["token"],
        "SMS_TOKEN": gateways["sms"]["token"],
        "SMS_RECEIPT_TOKEN": gateways["sms"]["receipt_token"],
        "MTN_API_USER": mtn["api_user"],
        "MTN_API_KEY": mtn["api_key"],
        "MTN_SUBSCRIPTION_KEY": mtn["subscription_key"],
    }
    with SandboxProcess(env) as world:
        yield world


@pytest.fixture
def world(_world: SandboxProcess, live_server, settings, tmp_path: Path, monkeypatch):
    """The sandbox on a good day, wired to this house."""
    settings.SITE_URL = live_server.url
    settings.VAR_DIR = tmp_path
    settings.FILES_DIR = tmp_path / "files"
    settings.PKI_DIR = tmp_path / "pki"
    rails = {code: dict(rail) for code, rail in settings.GATEWAYS["rails"].items()}
    rails["mtn-rw"] |= {"url": f"{_world.url}/mtn", "callback_base": live_server.url}
    settings.GATEWAYS = {
        **settings.GATEWAYS,
        **{
            name: {**settings.GATEWAYS[name], "base_url": f"{_world.url}/{name}"}
            for name in ("population", "civil", "criminal", "sms")
        },
        "rails": rails,
    }
    monkeypatch.setenv("DEMO_PASSWORD_SEED", PASSWORD_SEED)
    _world.faults()
    yield _world
    _world.faults()


@pytest.fixture
def house(transactional_db: None, world: SandboxProcess, settings) -> Iterator[Hands]:
    """Rwanda's pack, its demonstration people and keys, and hands at work."""
    call_command("load_country", "rw", verbosity=0)
    call_command("seed_demo", verbosity=0)
    call_command("make_development_pki", verbosity=0)
    hands = Hands()
    hands.start()
    yield hands
    hands.stop()


@pytest.fixture
def play(house: Hands, world: SandboxProcess, live_server, settings):
    """Return what plays one case; the desk is open, and a citizen of the sandbox is given."""
    logins = json.loads((settings.VAR_DIR / "demo.json").read_text())
    desk = Desk(live_server.url, [one for one in logins if "signs" in one["does"]])
    desk.open()
    sandbox = Sandbox(world.url)
    citizens: list[Citizen] = []

    def make(service: str = "birth", *, nth: int = 0, by_prompt: bool = True) -> Play:
        citizens.append(Citizen(live_server.url, sandbox, sandbox.people(service)[nth]))
        code, area_field = JOURNEYS[service]
        return Play(
            service=code,
            area_field=area_field,
            citizen=citizens[-1],
            desk=desk,
            sandbox=sandbox,
            folder=settings.VAR_DIR / "journey",
            by_prompt=by_prompt,
            patience=30,
            tell=lambda text: log.info("journey", told=text),
        )

    yield make
    for one in (desk, *(citizen.browser for citizen in citizens)):
        one.close()
