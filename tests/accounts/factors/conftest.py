import pytest

from tests.accounts.factors.authenticator import ORIGIN


@pytest.fixture(autouse=True)
def _site_with_a_name(settings) -> None:
    """Browsers make no passkeys for bare numbers."""
    settings.SITE_URL = ORIGIN
