"""
Refunds of Airtel: the whole collection or nothing, named by Airtel's own id of it.

The order carries no key of ours, so it is never sent twice; nothing is gained by it either, since
what is reversed cannot be reversed again. The proof is the enquiry about the collection: TR.
"""

from collections.abc import Sequence

from payments.gateways import http, reading, tokens
from payments.gateways.airtel import prompts, wire
from payments.gateways.base import Context, Contract, Debit, Told, Unreadable
from payments.gateways.prompt import (
    Failure,
    NeverHeard,
    NotSent,
    Outcome,
    Refused,
    Unclear,
    Unreachable,
)
from payments.gateways.refund import RefundAnswer, RefundOrder
from payments.states import Leg


class AirtelRefunds:
    def __init__(self, *, rail_code: str, contract: Contract) -> None:
        """:param contract: see `wire.Line`"""
        self._rail_code = rail_code
        self._line = wire.Line(rail_code=rail_code, contract=contract)

    def send(self, order: RefundOrder) -> str:
        """Order it; return Airtel's id of the refund, where its answer has one."""
        if order.attempt_key is None:
            # The enquiry goes by our key of the prompt: what became of this order, nobody would
            # ever tell us.
            raise Refused(Failure.NETWORK_TROUBLE)
        if not order.is_whole:
            # The order names no amount: Airtel would pay back the whole.
            raise Refused(Failure.NETWORK_TROUBLE)
        body = {"transaction": {"airtel_money_id": order.movement_id}}
        try:
            said = self._line.post(f"/standard/{self._line.version}/payments/refund", body)
        except (*http.NEVER_LEFT, tokens.NoToken):
            raise NotSent from None
        except http.NO_ANSWER:
            raise Unclear from None
        told = prompts.settle(said, rail_code=self._rail_code, line=self._line)
        return reading.text(told.transaction.get("airtel_money_id"))

    def status(self, order: RefundOrder) -> RefundAnswer:
        """
        Ask whether the collection has been reversed; see `RefundGateway.status`.

        It never says "failed": a collection that is still TS may be reversed a moment later.
        """
        if order.attempt_key is None:
            raise Unreachable
        try:
            body = prompts.enquire(self._line, order.attempt_key)
        except NeverHeard:
            # Of the collection, which we hold to have come: of the order that says nothing.
            raise Unreachable from None
        is_reversed = wire.read(body).state == prompts.REVERSED
        return RefundAnswer(body=body, outcome=Outcome.MONEY if is_reversed else Outcome.UNDECIDED)


def parse_refund(body: bytes, context: Context) -> Sequence[Told]:
    """
    Return the payout that an enquiry about a refunded collection proves; nothing before TR.

    Amount and currency are AS_ASKED: those of the refund of this key.

    :raises Unreadable: if it says TR and names no movement, or the hint names no refund
    """
    told = wire.read(body)
    if told.state != prompts.REVERSED:
        return ()
    key = prompts.key_of(context.external_hint)
    if key is None:
        raise Unreadable("no_key")
    payout = Debit(
        leg=Leg.PAYOUT,
        external_id=reading.external_id(told.transaction.get("airtel_money_id")),
        amount_minor=prompts.AS_ASKED_MINOR,
        currency=prompts.AS_ASKED_CURRENCY,
        occurred_at=context.received_at,
        key=key,
    )
    return (payout,)
