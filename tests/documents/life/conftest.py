import pytest

from tests.documents.life import people
from tests.documents.world import World


@pytest.fixture
def office(world: World) -> people.Office:
    return people.open_office(world)
