"""What really happened at the providers, and how each tells it: the ledger must come to it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from uuid import UUID

from kernel.money import to_decimal_text
from payments.gateways import mtn
from payments.gateways.base import Asked, Collection, Debit, Told
from payments.gateways.prompt import (
    Failure,
    NeverHeard,
    NotSent,
    Refused,
    Unclear,
    Unreachable,
)
from payments.gateways.refund import RefundAnswer, RefundOrder
from payments.states import Leg
from tests.payments import mpesa_words

SENDING = ("taken", "refused", "not_sent", "lost", "unclear")


@dataclass
class Truth:
    """All money that moved, by rail and the provider's id; one entry, one movement."""

    money: dict[tuple[str, str], Told] = field(default_factory=dict)
    # What anybody said of a movement, the truth included: the ledger believes who comes first.
    amounts: dict[tuple[str, str], set[tuple[str, int]]] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def book(self, rail: str, told: Told) -> Told:
        self.money.setdefault((rail, told.external_id), told)
        self.said(rail, told)
        return told

    def said(self, rail: str, told: Told) -> None:
        named = self.amounts.setdefault((rail, told.external_id), set())
        named.add((told.currency, told.amount_minor))

    def new_id(self, letters: str) -> str:
        return f"{letters}{next(self._numbers):08d}"

    def of(self, rail: str, kind: type[Told]) -> list[Told]:
        return [one for (at, _), one in self.money.items() if at == rail and isinstance(one, kind)]


@dataclass
class Provider:
    """A provider that can be down, and that takes an order as the step says."""

    rail: str
    truth: Truth
    tick: Callable[[], None]
    takes: str = "taken"
    is_down: bool = False
    now: datetime | None = None
    refunds: dict[UUID, dict] = field(default_factory=dict)

    def take(self) -> None:
        """Take an order, or fail to; what raises Unclear may have taken it."""
        self.tick()
        if self.takes == "refused":
            raise Refused(Failure.NETWORK_TROUBLE)
        if self.takes == "not_sent" or self.is_down:
            raise NotSent
        if self.takes == "lost":
            raise Unclear

    def answer(self) -> None:
        self.tick()
        if self.takes == "unclear":
            raise Unclear

    def send(self, order: RefundOrder) -> str:
        self.take()
        # What the provider itself would not pay twice, or more of than came, it refuses later.
        self.refunds.setdefault(order.key, {"order": order, "state": "PENDING", "id": ""})
        self.answer()
        return self.handle(order.key)

    def handle(self, key: UUID) -> str:
        return ""

    def decide(self, key: UUID, *, is_paid: bool) -> None:
        """Pay a refund out, or refuse it, for good."""
        refund = self.refunds[key]
        if refund["state"] != "PENDING":
            return
        refund["state"] = "SUCCESSFUL" if is_paid else "FAILED"
        if is_paid:
            refund["id"] = self.truth.new_id("PO")
            order = refund["order"]
            self.truth.book(
                self.rail,
                Debit(
                    leg=Leg.REVERSAL,  # As a statement shows it, which knows no key of ours.
                    external_id=refund["id"],
                    amount_minor=order.amount_minor,
                    currency=order.currency,
                    occurred_at=self.now,
                    original_id=order.movement_id,
                ),
            )

    def reach(self) -> None:
        self.tick()
        if self.is_down:
            raise Unreachable


@dataclass
class Mtn(Provider):
    """Asks phones and pays back; says so under our key."""

    prompts: dict[UUID, dict] = field(default_factory=dict)

    def ask(self, prompt) -> str:
        self.take()
        self.prompts.setdefault(prompt.key, {"prompt": prompt, "state": "PENDING", "id": ""})
        self.answer()
        return ""

    def press(self, key: UUID, *, is_yes: bool) -> None:
        asked = self.prompts[key]
        if asked["state"] != "PENDING":
            return
        asked["state"] = "SUCCESSFUL" if is_yes else "FAILED"
        if is_yes:
            prompt = asked["prompt"]
            asked["id"] = self.truth.new_id("9")
            self.truth.book(
                self.rail,
                Collection(
                    external_id=asked["id"],
                    reference=prompt.reference,
                    amount_minor=prompt.amount_minor,
                    currency=prompt.currency,
                    occurred_at=self.now,
                    attempt_key=prompt.key,
                ),
            )

    def said_of_prompt(self, key: UUID) -> bytes:
        asked = self.prompts[key]
        return self._said(asked, asked["prompt"].amount_minor, asked["prompt"].currency)

    def status(self, order=None, *, key: UUID | None = None, handle: str = ""):
        self.reach()
        if isinstance(order, RefundOrder):
            return self._status_of_refund(order.key)
        if key not in self.prompts:
            raise NeverHeard
        return mtn.read_answer(self.said_of_prompt(key))

    def _status_of_refund(self, key: UUID) -> RefundAnswer:
        if key not in self.refunds:
            raise NeverHeard
        refund = self.refunds[key]
        order = refund["order"]
        body = self._said(refund, order.amount_minor, order.currency)
        answer = mtn.read_answer(body)
        return RefundAnswer(body=body, outcome=answer.outcome, reason="not_completed")

    def _said(self, order: dict, amount_minor: int, currency: str) -> bytes:
        told = {
            "amount": to_decimal_text(amount_minor, currency),
            "currency": currency,
            "status": order["state"],
        }
        if order["id"]:
            told["financialTransactionId"] = order["id"]
        if order["state"] == "FAILED":
            told["reason"] = "INTERNAL_PROCESSING_ERROR"
        return json.dumps(told).encode()


@dataclass
class Mpesa(Provider):
    """Answers by another road, under the handle that it gave; lists what came in."""

    questions: dict[UUID, str] = field(default_factory=dict)

    def handle(self, key: UUID) -> str:
        return f"AG-{key}"

    def ask(self, *, external_id: str, key: UUID) -> Asked:
        self.reach()
        self.questions[key] = external_id
        return Asked(handle=self.handle(key))

    def status(self, order: RefundOrder) -> None:
        self.reach()

    def pull(self, *, since: datetime, until: datetime) -> list[bytes]:
        self.reach()
        return [mpesa_words.page(*(self._row(one) for one in self.truth.of(self.rail, Collection)))]

    def _row(self, one: Collection) -> dict:
        return mpesa_words.row(
            transactionId=one.external_id,
            billreference=one.reference,
            amount=f"{one.amount_minor / 100:.2f}",
        )

    def answer_to(self, key: UUID) -> bytes:
        """Return the transaction status of the payment that was asked about."""
        one = self.truth.money.get((self.rail, self.questions[key]))
        if not isinstance(one, Collection):
            return mpesa_words.result(code="2032", handle=self.handle(key))
        return mpesa_words.status(
            handle=self.handle(key),
            ReceiptNo=one.external_id,
            Amount=f"{one.amount_minor / 100:.2f}",
        )

    def said_of_refund(self, key: UUID) -> bytes | None:
        refund, handle = self.refunds[key], self.handle(key)
        if refund["state"] == "PENDING":
            return None
        if refund["state"] == "FAILED":
            return mpesa_words.reversal(code="1", handle=handle)
        order = refund["order"]
        told = {
            "DebitAccountBalance": "Utility Account|KES|1.00|1.00|0.00|0.00",
            "Amount": f"{order.amount_minor / 100:.2f}",
            "OriginalTransactionID": order.movement_id,
        }
        return mpesa_words.result(
            mpesa_words.pairs(told), handle=handle, TransactionID=refund["id"]
        )
