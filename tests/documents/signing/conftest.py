"""A time stamp authority over real HTTP, whose clock the test sets."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from documents import queries, tsa
from documents.longterm import augmenting
from documents.operations import credentials, stamping
from tests.documents import world as worlds
from tests.documents.strange import dripping, lost_names
from tests.documents.world import LEASE
from tests.sandbox_process import SandboxProcess
from tests.world import NOON

__all__ = ["dripping", "lost_names"]


@dataclass
class Outside:
    """The authority, and the lists that it and ours publish."""

    sandbox: SandboxProcess

    @property
    def authority(self) -> dict[str, object]:
        return {"url": f"{self.sandbox.url}/tsa", "seconds": 20.0}

    def set_clock(self, at: datetime) -> None:
        self.sandbox.post("/tsa/clock", {"now": at.isoformat()}).raise_for_status()

    def asked(self) -> int:
        return int(self.sandbox.get("/tsa/asked").json()["asked"])

    def day_of_lists(self, at: datetime) -> None:
        """It is `at`: every authority has published, and what is wanted of others is fetched."""
        self.set_clock(at)
        tsa.forget()
        credentials.publish_lists(at=at)
        for source in credentials.claim_sources(limit=10, now=at, until=at + LEASE):
            credentials.fetch(source, clock=lambda: at)

    def lists_of_everybody(self, paper_id: int, at: datetime) -> None:
        """As `day_of_lists`, where what proves a paper is asked for again after a long time."""
        stamping._want_lists(augmenting.chains(queries.final_file(paper_id)), at)
        self.day_of_lists(at)


@pytest.fixture(scope="session")
def _stamping(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    with SandboxProcess({"SANDBOX_STATE": str(tmp_path_factory.mktemp("tsa"))}) as sandbox:
        yield sandbox


@pytest.fixture
def outside(
    _stamping: SandboxProcess, settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Outside]:
    """A good day: the authority stamps, in its own good time on this machine."""
    made = Outside(_stamping)
    settings.TIMESTAMP_AUTHORITIES = [made.authority]
    monkeypatch.setattr(tsa, "STAMP_SECONDS_MAX", 30.0)
    monkeypatch.setattr(tsa, "HURRIED_SECONDS", 30.0)
    _stamping.faults()
    tsa.forget()
    made.set_clock(NOON)
    yield made
    _stamping.faults()
    tsa.forget()


@pytest.fixture
def stamped(world: worlds.World, outside: Outside) -> int:
    """An issued paper, certified and sealed, both with their time."""
    return worlds.issue(world)
