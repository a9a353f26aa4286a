from collections.abc import Iterator

import pytest
import time_machine
from django.conf import settings as product

from tests.applications.conftest import house, small_pack, uwase
from tests.world import NOON

__all__ = ["house", "small_pack", "uwase"]


@pytest.fixture(scope="session", autouse=True)
def _static_folder() -> None:
    """WhiteNoise warns where nothing has been collected yet, and a warning is an error here."""
    product.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.fixture
def noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def files(settings, tmp_path):
    """A place for files that is gone after the test."""
    settings.FILES_DIR = tmp_path
    return tmp_path
