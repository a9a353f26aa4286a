import pytest
import time_machine

from tests.world import NOON


@pytest.fixture(autouse=True)
def _noon(request, settings, tmp_path):
    """Files are kept in a folder of the test's own; only a browser has a clock that goes on."""
    settings.FILES_DIR = tmp_path / "files"
    settings.PKI_DIR = tmp_path / "pki"
    if request.node.get_closest_marker("browser"):
        yield
    else:
        with time_machine.travel(NOON):
            yield
