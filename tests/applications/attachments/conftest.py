from pathlib import Path

import pytest
import yaml

from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications import packing
from tests.applications.attachments.giving import IDENTITY
from tests.kernel.uploads.conftest import scanner

__all__ = ["scanner"]


@pytest.fixture(scope="session")
def pack_with_slots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small country, where one service wants a photo and takes a letter."""
    pack = packing.pack(tmp_path_factory.mktemp("pack"))
    file = pack / "services" / f"{IDENTITY}.yaml"
    service = yaml.safe_load(file.read_text())
    service["attachments"] = [
        {"code": "photo", "names": {"en": "Photo"}, "required": True, "types": ["image"]},
        {"code": "letter", "names": {"en": "Letter"}, "conditions": {"en": "for a child"}},
        {"names": {"en": "Two stamps, brought along"}},
    ]
    file.write_text(yaml.safe_dump(service))
    return pack


@pytest.fixture
def small_pack(pack_with_slots: Path) -> Path:
    return pack_with_slots


@pytest.fixture(autouse=True)
def _kept_here(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    settings.PKI_DIR = tmp_path / "pki"
    settings.CLAMD_ADDRESS = ""


@pytest.fixture
def citizen(house: None) -> Citizen:
    return people.citizen()
