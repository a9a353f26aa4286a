"""Money in suspense, for the tests of its queue."""

from payments.models import Movement
from payments.queries import BillView
from tests.payments.world import World, post, telling
from tests.world import NOON


def lost_first(reference: str) -> str:
    """As a field of eleven digits keeps it: the first one is gone."""
    return reference[1:]


def badly_rf(reference: str) -> str:
    """As somebody types what she remembers of RF: its check digits are made up."""
    return f"RF00 {reference}"


def swapped(reference: str) -> str:
    """As fingers type it: two neighbours that differ, the wrong way round."""
    at = next(i for i in range(11) if reference[i] != reference[i + 1])
    return reference[:at] + reference[at + 1] + reference[at] + reference[at + 2 :]


def stray(
    world: World, typed: str, amount_minor: int, *, external_id: str = "S1", rail=None, at=NOON
) -> Movement:
    """A collection that fits no bill, by what was typed."""
    post(
        telling(rail or world.mtn, typed, amount_minor, external_id=external_id, occurred_at=at),
        at=at,
    )
    return Movement.objects.get(external_id=external_id)


def paid_twice(world: World, bill: BillView, *, external_id: str = "TWICE") -> Movement:
    post(telling(world.bank, bill.reference, bill.due_minor))
    return stray(world, bill.reference, bill.due_minor, external_id=external_id)
