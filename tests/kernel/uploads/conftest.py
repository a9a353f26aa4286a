import threading
from collections.abc import Iterator

import pytest

from sandbox.clamd import Scanner


@pytest.fixture
def scanner(settings) -> Iterator[Scanner]:
    """A virus scanner that answers over a real socket, and that the settings name."""
    with Scanner() as served:
        running = threading.Thread(target=served.serve_forever, daemon=True)
        running.start()
        settings.CLAMD_ADDRESS = served.address
        yield served
        served.shutdown()
        running.join()
