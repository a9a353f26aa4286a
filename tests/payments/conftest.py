"""Rails, beneficiaries and a payer; noon, where pages read the clock; browsers beside the ORM."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.payments.world import World, make_world
from tests.world import NOON


@pytest.fixture(autouse=True)
def _threads(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("browser"):
        # Playwright keeps an event loop in its thread, which is no reason to forbid the ORM there.
        request.getfixturevalue("monkeypatch").setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield
