"""
GovStack Payments building block, P2G bill payment: the biller's face (bb-payments, section 9.3).

A payer's bank or its switch asks what a bill is (`GET bills/{billId}`) and says that it has been
paid (`POST billTransferRequests`).

MARKED AS PAID IS NOT PAID. The specification's message carries no amount, no currency, no payer
and no time, and its "security" is a correlation id. It is kept as a hint and posts nothing: the
money is booked when a statement of the account, or a signed notification, tells of it.

Not sent from here: the answer to an inquiry as a call of its own (it stands in our answer), and
ACK or RJC for a mark. The specification has a switch say the mark again until one comes, which
does no harm. Not served: rtpRequest, rtpUpdate, transferRequests, vouchers. Sources and
defects of the specification: docs/providers/govstack.md.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from kernel.money import to_decimal_text
from payments.gateways.base import (
    BadSignature,
    Contract,
    Heard,
    Hint,
    NoSuchDoor,
    Payable,
    Question,
    Reply,
    Setting,
    Unreadable,
    Vendor,
)
from payments.gateways.reading import json_object, text

MARK = "govstack.mark"

BILL_ID_MAX = 20
PAYMENT_REFERENCE_MAX = 16
REQUEST_ID_MAX = 12
NAME_MAX = 10  # billerId, billerName, billStatus.
REASON_MAX = 200
# The lengths of the specification differ from page to page; what is echoed must have an end.
ECHOED_MAX = 36

TAKEN, NOT_TAKEN = "00", "01"


def hear(heard: Heard, contract: Contract) -> Question | Hint:
    """
    Take an inquiry about a bill, or a mark that it has been paid.

    :raises BadSignature: without the token that we gave: the specification asks for none
    :raises Unreadable: for an inquiry without a bill's id or a correlation id
    :raises NoSuchDoor: at any other address
    """
    match heard.path:
        case ("bills", bill_id):
            _only("GET", heard)
            _verify(contract["token"], heard)
            return _question(bill_id, heard, contract)
        case ("billTransferRequests",):
            _only("POST", heard)
            _verify(contract["token"], heard)
            return _hint(heard)
        case _:
            raise NoSuchDoor


def _only(method: str, heard: Heard) -> None:
    if heard.method != method:
        raise NoSuchDoor((method,))


def _verify(tokens: Sequence[str], heard: Heard) -> None:
    scheme, _, given = heard.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given.strip():
        raise BadSignature("unsigned")
    told = given.strip().encode(errors="replace")
    # Every one is compared, so that the time tells nothing.
    if sum(hmac.compare_digest(token.encode(), told) for token in tokens) == 0:
        raise BadSignature("forged")


# --- what a bill is ---------------------------------------------------------------------------


def _question(bill_id: str, heard: Heard, contract: Contract) -> Question:
    bill_id = bill_id.strip()
    if not 0 < len(bill_id) <= BILL_ID_MAX:
        raise Unreadable("bad_bill_id")
    correlation_id = heard.headers.get("x-correlationid", "").strip()
    if not correlation_id:
        raise Unreadable("no_correlation_id")
    # One version of the specification sends a body with GET, and the request's id in it.
    request_id = _request_id(_body(heard.body)) or _twelve(correlation_id)

    def tell(payable: Payable) -> Reply:
        return _reply(202, _bill(bill_id, request_id, payable, contract))

    return Question(reference=bill_id, reply=tell)


def _bill(bill_id: str, request_id: str, payable: Payable, contract: Contract) -> dict[str, Any]:
    """Return the receipt and the answer in one: which of the two is read is the caller's choice."""
    told: dict[str, Any] = {
        "responseCode": TAKEN,
        "requestID": request_id,
        "billId": bill_id,
        "code": TAKEN if payable.is_payable else NOT_TAKEN,
        "reason": payable.reason,
    }
    if payable.is_payable:
        amount = to_decimal_text(payable.due_minor, payable.currency)
        told["reason"] = payable.service[:REASON_MAX]
        told["billDetails"] = {
            "billerId": str(contract["biller_id"])[:NAME_MAX],
            "billerName": str(contract["biller_name"])[:NAME_MAX],
            "billStatus": "unpaid",
            "amountonDueDate": amount,
            # A fee does not grow; after its term the bill is no longer payable.
            "amountAfterDueDate": amount,
            "currency": payable.currency,
        }
    return told


# --- that it has been paid --------------------------------------------------------------------


def _hint(heard: Heard) -> Hint:
    told = _body(heard.body)
    request_id = _request_id(told)
    bill_id = _one_of(told, "billId", "billID", "BillId")
    payment = _one_of(
        told, "paymentReferenceID", "PaymentReferenceID", "paymentReferenceId", "PaymentReferenceId"
    )
    wrong = _wrong(bill_id, payment)
    answer = {
        "responseCode": NOT_TAKEN if wrong else TAKEN,
        "reason": wrong or "Noted. It is booked when the account's statement tells of the money.",
        "requestID": request_id,
    }
    if wrong:
        return Hint(kind=MARK, reply=_reply(400, answer))
    return Hint(kind=MARK, reply=_reply(202, answer), movement=payment, told=bill_id)


def _wrong(bill_id: str, payment: str) -> str:
    """Return what the specification would not allow; "" if nothing."""
    if not 0 < len(bill_id) <= BILL_ID_MAX:
        return "a billId of 1 to 20 signs is needed"
    if not 0 < len(payment) <= PAYMENT_REFERENCE_MAX:
        return "a paymentReferenceID of 1 to 16 signs is needed"
    return ""


# --- reading ----------------------------------------------------------------------------------


def _body(body: bytes) -> dict[str, Any]:
    """Return what is told; nothing where it cannot be read: it proves nothing anyway."""
    try:
        return json_object(body) if body.strip() else {}
    except Unreadable:
        return {}


def _request_id(told: Mapping[str, Any]) -> str:
    # Three spellings in one specification.
    return _one_of(told, "requestId", "requestID", "RequestId")[:ECHOED_MAX]


def _one_of(told: Mapping[str, Any], *names: str) -> str:
    return next((found for name in names if (found := text(told.get(name)))), "")


def _twelve(correlation_id: str) -> str:
    if len(correlation_id) <= REQUEST_ID_MAX:
        return correlation_id
    return hashlib.sha256(correlation_id.encode(errors="replace")).hexdigest()[:REQUEST_ID_MAX]


def _reply(status: int, told: Mapping[str, Any]) -> Reply:
    # Escaped: a message may carry half a character, which no encoding can write.
    return Reply(status, json.dumps(told).encode())


VENDOR = Vendor(
    kind="govstack",
    settings=(
        Setting("TOKEN", "secrets", "govstack"),
        Setting("BILLER_ID", "text", "GUICHET"),
        Setting("BILLER_NAME", "text", "Guichet"),
    ),
    hear=hear,
)
