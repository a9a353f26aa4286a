"""
MTN MoMo Disbursements: refund of a request to pay, and its status.

Another product than collections, with a subscription, an API user and a float of its own: the money
is paid out of what the country keeps there, not out of what was collected.
"""

from collections.abc import Sequence
from uuid import UUID

from kernel.money import to_decimal_text
from payments.gateways import http, reading, tokens
from payments.gateways.base import Context, Contract, Debit, Told, Unreadable
from payments.gateways.mtn import prompts, wire
from payments.gateways.prompt import Failure, NotSent, Refused, Unclear
from payments.gateways.refund import RefundAnswer, RefundOrder
from payments.states import Leg

NOTE = "Guichet refund"


class MtnRefunds:
    def __init__(self, *, rail_code: str, contract: Contract) -> None:
        """:param contract: see `wire.Line`"""
        self._rail_code = rail_code
        self._line = wire.Line("disbursement", contract=contract)

    def send(self, order: RefundOrder) -> str:
        """Order it under our key, which is enough; see `RefundGateway.send`."""
        if order.attempt_key is None:
            # MTN knows what it is to refund by the X-Reference-Id of the request to pay.
            raise Refused(Failure.NETWORK_TROUBLE)
        body = {
            "amount": to_decimal_text(order.amount_minor, order.currency),
            "currency": order.currency,
            "externalId": str(order.key),
            "payerMessage": f"{NOTE} {order.reference}".strip(),
            "payeeNote": f"{NOTE} {order.reference}".strip(),
            "referenceIdToRefund": str(order.attempt_key),
        }
        # Without a callback: it would not be signed, and the status is asked anyway.
        extra = {"X-Reference-Id": str(order.key)}
        try:
            said = self._line.call("POST", "/v1_0/refund", json=body, extra=extra)
        except (*http.NEVER_LEFT, tokens.NoToken):
            raise NotSent from None
        except http.NO_ANSWER:
            raise Unclear from None
        prompts.settle(said, rail_code=self._rail_code)
        return ""

    def status(self, order: RefundOrder) -> RefundAnswer:
        """Ask what became of an order by our key; see `RefundGateway.status`."""
        body = prompts.enquire(self._line, f"/v1_0/refund/{order.key}")
        answer = prompts.read_answer(body)
        reason = answer.failure.value if answer.failure else ""
        return RefundAnswer(body=body, outcome=answer.outcome, reason=reason)


def parse_refund(body: bytes, context: Context) -> Sequence[Told]:
    """
    Return the payout that a refund's status proves; nothing while it proves none.

    :raises Unreadable: if it says SUCCESSFUL and lacks what a payout needs
    """
    answer = reading.json_object(body)
    if answer.get("status") != "SUCCESSFUL":
        return ()
    try:
        key = UUID(context.external_hint)
    except ValueError:
        raise Unreadable("no_key") from None
    currency = reading.text(answer.get("currency"))
    payout = Debit(
        leg=Leg.PAYOUT,
        external_id=reading.external_id(answer.get("financialTransactionId")),
        amount_minor=reading.amount_minor(answer.get("amount"), currency),
        currency=currency,
        occurred_at=context.received_at,
        key=key,
    )
    return (payout,)
