import pytest

from tests.accounts.agents import world as licences
from tests.applications.assisted import world as helping
from tests.applications.packing import HOME


@pytest.fixture(autouse=True)
def _kept_here(settings, tmp_path):
    """Files are kept in a folder of the test's own."""
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def odette(house) -> int:
    """An agent of the sector, licensed to take 500 for anything."""
    account_id = helping.helper(display_name="Odette")
    licences.licensed(account_id, area_code=HOME, business="Lake Kiosk", licence="AG-LAKE")
    return account_id


@pytest.fixture
def rose(house) -> helping.Client:
    return helping.client()
