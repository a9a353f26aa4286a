import pytest

from tests.applications import world


@pytest.fixture(autouse=True)
def _kept_here(settings, tmp_path):
    """Papers are kept in a folder of the test's own."""
    settings.FILES_DIR = tmp_path / "files"
    settings.PKI_DIR = tmp_path / "pki"


@pytest.fixture
def chantal(staffed) -> int:
    """The head of the sector's office: she supervises, and decides nothing."""
    return world.officer(world.HOME, "case.supervise", display_name="Chantal")
