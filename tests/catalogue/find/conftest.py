from pathlib import Path

import pytest

from kernel.country import Change
from tests.catalogue.find import packs


@pytest.fixture
def kenya(db: None, tmp_path: Path) -> list[Change]:
    return packs.load(tmp_path, "ke")
