"""What every rail says, once its own words have been read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


class Unreadable(Exception):
    """
    The message does not say what its kind must say.

    `reason` is a short code ("no_json", "bad_amount"); it quotes nothing of the message.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What is known of a message besides its bytes."""

    received_at: datetime
    external_hint: str  # For MTN: the key of the attempt that was asked after.


@dataclass(frozen=True, kw_only=True, slots=True)
class Collection:
    """Money that came in at a provider, as one message tells it."""

    external_id: str  # The provider's own id of the movement: one id, one movement.
    reference: str  # As told, unchecked; "" where the rail carries none.
    amount_minor: int
    currency: str
    occurred_at: datetime
    attempt_key: UUID | None = None  # Our own key, where the money answers a prompt of ours.


# Returns None where the message is in order and tells of no money; raises Unreadable.
Parser = Callable[[bytes, Context], Collection | None]
