import pytest
from django.db import transaction

from tests.applications import world
from tests.applications.morning.office import Office
from tests.applications.registers_server import Registers
from tests.countries.packs import load


@pytest.fixture(autouse=True)
def _threads(monkeypatch, settings, tmp_path) -> None:
    # Playwright keeps an event loop in this thread, which is no reason to forbid the ORM here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    settings.FILES_DIR = tmp_path / "files"
    settings.PKI_DIR = tmp_path / "pki"


@pytest.fixture
def office(db, small_pack, registers: Registers) -> Office:
    with transaction.atomic():
        load(small_pack)
    return Office(
        registers,
        aline=world.officer(display_name="Aline Mutesi"),
        bosco=world.officer(display_name="Bosco Nsengimana"),
    )
