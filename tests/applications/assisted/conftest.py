import pytest

from tests.accounts.people import Citizen
from tests.applications.assisted import world as helping


@pytest.fixture(autouse=True)
def _kept_here(settings, tmp_path):
    """Scans are kept in a folder of the test's own."""
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def esther(house):
    """A helper of the sector's office."""
    return helping.helper(display_name="Esther")


@pytest.fixture
def rose(house) -> helping.Client:
    """Somebody of the population register who has never used the counter."""
    return helping.client()


@pytest.fixture
def known(uwase: Citizen) -> helping.Client:
    """Somebody who has proved herself from her own phone before."""
    return helping.client_of(uwase)
