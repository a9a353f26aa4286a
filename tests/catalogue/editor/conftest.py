import pytest
import time_machine

from tests.accounts import people
from tests.applications.conftest import house, small_pack, staffed, uwase
from tests.catalogue.editor.world import Desk
from tests.world import NOON

__all__ = ["house", "small_pack", "staffed", "uwase"]


@pytest.fixture
def desk(house: None) -> Desk:
    """Two focal points: one writes, the other publishes, fees too."""
    with time_machine.travel(NOON):
        yield Desk(
            ange=people.officer("catalogue.edit", display_name="Ange"),
            bela=people.officer("catalogue.publish", "catalogue.fees", display_name="Bela"),
        )
