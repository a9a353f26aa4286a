"""
Transaction status: what Daraja knows of one receipt. It is the proof of a payment to a pay bill.

Callbacks and confirmations carry no signature; a status comes to an address that only Daraja was
told, under the handle that it gave us over TLS.
"""

from uuid import UUID

from payments.gateways.base import Asked, Collection, Context, Contract, Unreadable
from payments.gateways.mpesa import commands, results
from payments.gateways.prompt import NotSent, Refused, Unclear, Unreachable

PATH = "/mpesa/transactionstatus/v1/query"
COMPLETED = "completed"
# Of a status that will not become another one; what else is said is asked again later.
FINAL = frozenset({COMPLETED, "cancelled", "declined", "expired", "failed", "reversed"})


class MpesaInquiries:
    """Asks about receipts of one short code."""

    def __init__(self, *, rail_code: str, contract: Contract) -> None:
        self._contract = contract

    def ask(self, *, external_id: str, key: UUID) -> Asked:
        """See `InquiryGateway.ask`; the answer always comes by the other road."""
        words = {**words_of(self._contract), "TransactionID": external_id}
        try:
            handle = commands.send(self._contract, PATH, words, what="inquiry", key=key)
        except (Refused, NotSent, Unclear):
            raise Unreachable from None
        return Asked(handle=handle)


def words_of(contract: Contract) -> dict[str, str]:
    return {
        "CommandID": "TransactionStatusQuery",
        "PartyA": contract["short_code"],
        "IdentifierType": commands.SHORT_CODE_IDENTIFIER,
        "Remarks": "Status",
        "Occasion": "",
    }


def status_of(result: results.Result) -> str:
    """Return the status in lower case; "" where Daraja found nothing to say."""
    return result.value("TransactionStatus").lower() if result.code == "0" else ""


def parse(body: bytes, context: Context) -> tuple[Collection, ...]:
    """
    Return the money that a status proves; nothing unless the payment is completed.

    That it came into our own short code the door has seen to: the bytes alone cannot say which is
    ours. A payment that has been reversed tells nothing: the statement tells both its movements.

    :param context: its hint is what the question stood for, an attempt's key or the reference
    :raises Unreadable: if a completed payment lacks what a collection needs
    """
    result = results.read_result(body)
    if status_of(result) != COMPLETED:
        return ()
    if not result.credited:
        raise Unreadable("no_party")
    try:
        attempt_key, reference = UUID(context.external_hint), ""
    except ValueError:
        attempt_key, reference = None, context.external_hint
    money = Collection(
        external_id=results.receipt(result.value("ReceiptNo")),
        reference=reference,
        amount_minor=results.amount_minor(result.value("Amount")),
        currency=results.CURRENCY,
        occurred_at=results.eat_time(
            result.value("FinalisedTime") or result.value("InitiatedTime")
        ),
        attempt_key=attempt_key,
    )
    return (money,)
