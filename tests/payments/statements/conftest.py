"""Two officers of statements, and a desk that needs no second one."""

import pytest
from django.test import Client

from tests.accounts import people
from tests.payments.statements.desks import ACTS, at_desk
from tests.payments.world import World


@pytest.fixture
def first(world: World) -> int:
    return people.officer(*ACTS)


@pytest.fixture
def second(world: World) -> int:
    return people.officer(*ACTS)


@pytest.fixture
def alone(world: World) -> None:
    """What needs a second person has tests of its own."""
    type(world.bank).objects.update(by_hand_max_minor=1_000_000)


@pytest.fixture
def desk(alone: None) -> Client:
    return at_desk(people.officer(*ACTS))
