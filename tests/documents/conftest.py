from pathlib import Path

import pytest

from tests.documents import world as worlds


@pytest.fixture
def world(db: None, tmp_path: Path, settings) -> worlds.World:
    settings.PKI_DIR = tmp_path / "pki"
    settings.FILES_DIR = tmp_path / "files"
    return worlds.build(tmp_path / "pki")
