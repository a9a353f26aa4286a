"""Money that is taken back, for tests of what follows from it."""

from datetime import datetime
from itertools import count

from payments import posting
from payments.gateways.base import Debit
from payments.models import Movement
from payments.states import Leg
from tests.payments.world import post
from tests.world import NOON

_numbers = count(1)


def take_back(movement: Movement | None = None, *, at: datetime = NOON) -> None:
    """Let the provider take a collection back: the last one, unless told otherwise."""
    original = movement or Movement.objects.filter(leg=Leg.CREDIT).latest("pk")
    number = next(_numbers)
    post(
        posting.Telling(
            rail_id=original.rail_id,
            told=Debit(
                leg=Leg.REVERSAL,
                external_id=f"REV{number}",
                original_id=original.external_id,
                amount_minor=original.amount_minor,
                currency=original.currency,
                occurred_at=at,
            ),
            source="message",
            source_id=10_000_000 + number,
            source_at=at,
        ),
        at=at,
    )
