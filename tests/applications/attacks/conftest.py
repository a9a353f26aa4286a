import pytest


@pytest.fixture(autouse=True)
def _kept_here(settings, tmp_path):
    """Papers and scans are kept in a folder of the test's own."""
    settings.FILES_DIR = tmp_path / "files"
    settings.PKI_DIR = tmp_path / "pki"
    settings.CLAMD_ADDRESS = ""
