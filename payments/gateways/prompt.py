"""
What a rail that can ask a payer's phone has in common, and what can become of the question.

The three errors differ in what is certain, because a prompt is sent once only: `Refused` is final,
`NotSent` may be tried again, and after `Unclear` the network is only asked what happened.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Failure(StrEnum):
    """Why a prompt brought no money, in the words of no network; pages say each to the payer."""

    NOT_ENOUGH_MONEY = "not_enough_money"
    DECLINED = "declined"  # She said no, or mistyped her PIN too often.
    NOT_ANSWERED = "not_answered"  # The network's time for an answer has passed.
    LIMIT_REACHED = "limit_reached"
    NOT_A_CUSTOMER = "not_a_customer"
    NOT_COMPLETED = "not_completed"  # MTN's INTERNAL_PROCESSING_ERROR: mostly no funds.
    NETWORK_TROUBLE = "network_trouble"  # Theirs or ours; the payer can do nothing.
    NOT_ARRIVED = "not_arrived"  # The network never heard of it.
    NOT_REACHED = "not_reached"  # It never left: the network could not be reached in time.
    OVERTAKEN = "overtaken"  # It never left: the bill had ended, or asked for another amount.


class Refused(Exception):
    """The network says no, for certain and for good."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure


class NotSent(Exception):
    """The question certainly did not reach the network; it may be sent again."""


class Unclear(Exception):
    """The question may have reached the network: it is asked after and never sent again."""


class Unreachable(Exception):
    """The network could not be asked what became of a prompt."""


class NeverHeard(Exception):
    """The network knows no prompt of this key."""


class Outcome(StrEnum):
    UNDECIDED = "undecided"
    MONEY = "money"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Prompt:
    """One question to one phone."""

    key: UUID  # Ours, made and stored before the call: the network knows the question by it.
    reference: str  # The bill's 12 digits.
    phone: str  # E.164.
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the network says became of a prompt, and its words to the byte."""

    body: bytes
    outcome: Outcome
    failure: Failure | None = None


class PromptGateway(Protocol):
    """A rail's way to a payer's phone. Never called inside a transaction."""

    def ask(self, prompt: Prompt) -> str:
        """
        Put the question to the phone; returning means that the network has taken it.

        :return: the network's own handle for the question; "" where our key is enough
        :raises Refused: if the network will not, for good
        :raises NotSent: if it certainly did not leave
        :raises Unclear: if it may have left
        """

    def status(self, *, key: UUID, handle: str) -> Answer:
        """
        Ask what became of the question; the bytes of an answer are kept as `<kind>.status`.

        :param handle: what `ask` returned; "" if its answer never reached us
        :raises NeverHeard: if the network knows no such question
        :raises Unreachable: if the network gave no answer that can be read
        """
