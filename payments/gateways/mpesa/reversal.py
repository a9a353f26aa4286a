"""
Reversal: a payment goes back to the payer, from the short code's own account.

The page gives Amount as "the amount transacted in that transaction" and names no partial reversal:
only the whole is ordered. The order is answered later at our door; what it was is then also told
under a receipt of its own, which names the payout.
"""

from collections.abc import Mapping
from uuid import UUID

import structlog

from payments.gateways.base import Context, Contract, Debit, RefundTold, Unreadable
from payments.gateways.mpesa import commands, inquiry, results
from payments.gateways.prompt import Failure, NotSent, Refused, Unclear, Unreachable
from payments.gateways.refund import RefundAnswer, RefundOrder
from payments.states import Leg

log = structlog.get_logger()

PATH = "/mpesa/reversal/v1/request"
# The page's own value for a reversal's receiver, with the page's own spelling of the name.
RECEIVER_IDENTIFIER = "11"
CENTS = 100

# These say for certain that nothing has been paid back.
FAILURES: Mapping[str, str] = {
    "1": "not_enough_money",
    "11": "not_permitted",
    "21": "not_permitted",  # The initiator lacks "Org Reversals Initiator".
    "2001": "not_permitted",
    "2006": "not_permitted",
    "2028": "not_permitted",
    "8006": "not_permitted",
    "R000002": "unknown_movement",
}
_FAILED = frozenset({"cancelled", "declined", "expired", "failed"})


class MpesaReversals:
    """Pays back what came into one short code."""

    def __init__(self, *, rail_code: str, contract: Contract) -> None:
        self._rail_code = rail_code
        self._contract = contract

    def send(self, order: RefundOrder) -> str:
        """Order a reversal; see `RefundGateway.send`."""
        shillings, cents = divmod(order.amount_minor, CENTS)
        # A fraction did come in from somewhere: it is written as it came, never rounded.
        amount = f"{shillings}.{cents:02}" if cents else str(shillings)
        if order.currency != results.CURRENCY or order.amount_minor <= 0 or not order.is_whole:
            raise Refused(Failure.NETWORK_TROUBLE)
        words = {
            "CommandID": "TransactionReversal",
            "TransactionID": order.movement_id,
            "Amount": amount,
            "ReceiverParty": self._contract["short_code"],
            "RecieverIdentifierType": RECEIVER_IDENTIFIER,
            "Remarks": "Refund",
            "Occasion": order.reference,
        }
        return commands.send(self._contract, PATH, words, what="refund", key=order.key)

    def status(self, order: RefundOrder) -> RefundAnswer | None:
        """
        Ask Daraja to tell again; None, for it will at our door. See `RefundGateway.status`.

        Without a handle there is nothing to ask by: then the first answer, which the door takes by
        the order's key, or the statement tells.
        """
        if not order.handle:
            return None
        words = {**inquiry.words_of(self._contract), "OriginalConversationID": order.handle}
        try:
            commands.send(self._contract, inquiry.PATH, words, what="refund-status", key=order.key)
        except (Refused, NotSent, Unclear):
            raise Unreachable from None
        return None


def is_status(result: results.Result) -> bool:
    """Say whether this is a transaction status of a reversal, and not its own result."""
    return bool(result.value("TransactionStatus"))


def read_told(body: bytes) -> RefundTold:
    """
    Read what became of a refund; never raises.

    "Already reversed" (R000001) is undecided: somebody paid it back, and the statement shows who.
    """
    try:
        result = results.read_result(body)
    except Unreadable:
        return RefundTold("undecided")
    if is_status(result):
        return _read_status(result)
    if result.code == "0":
        return RefundTold("done")
    if reason := FAILURES.get(result.code):
        return RefundTold("failed", reason)
    log.warning("mpesa.refund_undecided", code=result.code[:40])
    return RefundTold("undecided")


def _read_status(result: results.Result) -> RefundTold:
    status = inquiry.status_of(result)
    if status == inquiry.COMPLETED:
        return RefundTold("done")
    return RefundTold("failed", status) if status in _FAILED else RefundTold("undecided")


def parse(body: bytes, context: Context) -> tuple[Debit, ...]:
    """
    Return the payout that an answer about a refund proves; nothing if it was not paid back.

    :param context: its hint is the refund's key
    :raises Unreadable: if a success lacks what a payout needs
    """
    result = results.read_result(body)
    if read_told(body).outcome != "done":
        return ()
    try:
        key = UUID(context.external_hint)
    except ValueError:
        raise Unreadable("no_key") from None
    if is_status(result):
        receipt, ended, original = result.value("ReceiptNo"), result.value("FinalisedTime"), ""
    else:
        receipt, ended = result.transaction_id, result.value("TransCompletedTime")
        original = results.receipt(result.value("OriginalTransactionID"))
    payout = Debit(
        leg=Leg.PAYOUT,
        external_id=results.receipt(receipt),
        amount_minor=results.amount_minor(result.value("Amount")),
        currency=results.CURRENCY,
        # Where the time is missing the money still went: it is dated when we heard.
        occurred_at=results.eat_time(ended) if ended else context.received_at,
        original_id=original,
        key=key,
    )
    return (payout,)
