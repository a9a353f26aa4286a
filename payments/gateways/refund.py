"""
What a rail that can pay money back has in common; an order to do so is sent once only.

As with prompts (`prompt.py`), the errors differ in what is certain: `Refused` is final, `NotSent`
may be tried again, and after `Unclear` the provider is only asked what happened.
"""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from payments.gateways.prompt import Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundOrder:
    """One refund of one collection, whole or in part as the vendor can."""

    key: UUID  # Ours, made and stored before the call: the provider knows the order by it.
    movement_id: str  # The provider's id of the collection that is paid back.
    attempt_key: UUID | None  # Of the prompt that brought it, where there was one.
    amount_minor: int
    movement_minor: int  # What the collection brought: `amount_minor` is all of it, or a part.
    currency: str
    reference: str  # The bill's 12 digits, or "".
    handle: str = ""  # The provider's own name of the order, once it gave one.

    @property
    def is_whole(self) -> bool:
        return self.amount_minor == self.movement_minor


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundAnswer:
    """What the provider says became of an order, and its words to the byte."""

    body: bytes
    outcome: Outcome  # MONEY: it was paid back; a parser for `<kind>.refund` reads the payout.
    reason: str = ""  # A short code where it failed.


class RefundGateway(Protocol):
    """A rail's way of paying a collection back. Never called inside a transaction."""

    def send(self, order: RefundOrder) -> str:
        """
        Order the refund and return the provider's handle for it ("" if our key is enough).

        :raises payments.gateways.prompt.Refused: if the provider will not, for good
        :raises payments.gateways.prompt.NotSent: if the order certainly did not leave
        :raises payments.gateways.prompt.Unclear: if it may have left
        """

    def status(self, order: RefundOrder) -> RefundAnswer | None:
        """
        Ask what became of an order; None where the answer will come by another road.

        :raises payments.gateways.prompt.NeverHeard: if the provider says in words of its own that
            it knows no such order; an address that leads nowhere is no word of its
        :raises payments.gateways.prompt.Unreachable: if it gave no answer that can be read
        """
