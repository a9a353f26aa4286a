from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.conf import settings

from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications import packing, world
from tests.applications.registers_server import Registers, running
from tests.applications.scenes import Scene
from tests.applications.world import Staffed, officer
from tests.countries.packs import load
from tests.world import NOON


@pytest.fixture(scope="session")
def small_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packing.pack(tmp_path_factory.mktemp("pack"))


@pytest.fixture(scope="session", autouse=True)
def _static_folder() -> None:
    """WhiteNoise warns where nothing has been collected yet, and a warning is an error here."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.fixture
def house(db: None, small_pack: Path, settings, tmp_path: Path) -> None:
    """Places and services, in the test's own transaction."""
    settings.PKI_DIR = tmp_path / "pki"
    load(small_pack)


@pytest.fixture
def uwase(house: None) -> Citizen:
    """A citizen who has proved who she is."""
    return people.citizen()


@pytest.fixture
def staffed(house: None) -> Staffed:
    return Staffed(
        aline=officer(display_name="Aline"),
        bosco=officer(display_name="Bosco"),
        far=officer(packing.FAR, display_name="Far"),
    )


@pytest.fixture
def registers(settings) -> Iterator[Registers]:
    with running() as served:
        settings.GATEWAYS = {**settings.GATEWAYS, **served.gateways}
        yield served


@pytest.fixture
def scene(
    uwase: Citizen, staffed: Staffed, registers: Registers, settings, tmp_path: Path
) -> Iterator[Scene]:
    settings.FILES_DIR = tmp_path
    with time_machine.travel(NOON):
        world.draft(uwase)
        world.drawn(uwase, staffed.aline)
        made = Scene(uwase, staffed, registers, world.taken(uwase, staffed.aline))
        made.hold()
        yield made
