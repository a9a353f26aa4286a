"""The sandbox plays the registers, over real HTTP."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.sandbox_process import SandboxProcess

TOKEN = "the registers' token"


@pytest.fixture(scope="session")
def _registers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    state = tmp_path_factory.mktemp("registers")
    env = {"SANDBOX_STATE": str(state), "SANDBOX_COUNTRY": "rw", "REGISTER_TOKEN": TOKEN}
    with SandboxProcess(env) as sandbox:
        yield sandbox


@pytest.fixture
def world(_registers: SandboxProcess, settings: Settings) -> Iterator[SandboxProcess]:
    """The sandbox on a good day, and settings that lead to its registers."""
    point_to(settings, _registers.url)
    _registers.faults()
    yield _registers
    _registers.faults()


def point_to(settings: Settings, url: str, token: str = TOKEN) -> None:
    settings.GATEWAYS = {
        **settings.GATEWAYS,
        "population": {"base_url": f"{url}/population", "token": token},
        "civil": {"base_url": f"{url}/civil", "token": token},
        "criminal": {"base_url": f"{url}/criminal", "token": token},
    }
