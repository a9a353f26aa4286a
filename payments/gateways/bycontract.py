"""
The generic signed rail, for networks and banks whose API is not public.

It asks before the payer pays (inquiry) and tells after she has (notification), over HTTPS with
JSON; what it takes back and what it charges it tells by the same door. All carry
`X-Timestamp: <unix seconds>` and `X-Signature: v1=<hex>`, the HMAC-SHA256 of
`<timestamp>.<raw body>` under a shared secret; several signatures may stand side by side,
separated by commas. The contract with the provider says the same.

Within the window a message can be sent again by whoever overheard it: that is harmless, because
an id names one movement for ever.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from kernel.money import to_decimal_text
from payments.gateways.base import (
    BadSignature,
    Collection,
    Context,
    Debit,
    Heard,
    News,
    NoSuchDoor,
    Payable,
    Question,
    Reply,
    Setting,
    Told,
    Unreadable,
    Vendor,
)
from payments.gateways.reading import amount_minor, external_id, json_object, moment, text
from payments.states import Leg

WINDOW_SECONDS = 300
SIGNATURES_MAX = 4
KEPT = Reply(200, b'{"status": "kept"}')


def sign(*, secret: str, timestamp: int, body: bytes) -> str:
    """Return the value of X-Signature for these bytes at this time (unix seconds)."""
    return f"v1={_digest(secret, str(timestamp), body)}"


def verify(
    *, secrets: Sequence[str], timestamp: str, signature: str, body: bytes, at: datetime
) -> None:
    """
    Do nothing if the bytes were signed under one of the secrets within five minutes of `at`.

    :raises BadSignature: unsigned, stale or forged
    """
    if not timestamp or not signature:
        raise BadSignature("unsigned")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise BadSignature("stale")
    if abs(at.timestamp() - int(timestamp)) > WINDOW_SECONDS:
        raise BadSignature("stale")
    given = [
        part.strip().removeprefix("v1=")
        for part in signature.split(",")[:SIGNATURES_MAX]
        if part.strip().startswith("v1=")
    ]
    # An empty secret would let anybody sign: a stray comma in a setting must not open the rail.
    for secret in filter(None, secrets):
        expected = _digest(secret, timestamp, body).encode()
        for one in given:
            # What is no text to anybody must still be compared: half a character in a header.
            if hmac.compare_digest(expected, one.encode(errors="replace")):
                return
    raise BadSignature("forged")


def hear(heard: Heard, contract: Mapping[str, Any]) -> News | Question:
    """
    Take a notification, or an inquiry, signed under one of the rail's secrets.

    :raises BadSignature: unsigned, stale or forged
    :raises Unreadable: for an inquiry that asks nothing
    :raises NoSuchDoor: at any other address
    """
    if heard.path not in {("notification",), ("inquiry",)}:
        raise NoSuchDoor
    if heard.method != "POST":
        raise NoSuchDoor(("POST",))
    verify(
        secrets=contract["secret"],
        timestamp=heard.headers.get("x-timestamp", ""),
        signature=heard.headers.get("x-signature", ""),
        body=heard.body,
        at=heard.at,
    )
    if heard.path == ("inquiry",):
        return Question(reference=parse_inquiry(heard.body), reply=_tell)
    return News(kind="bycontract.notification", reply=KEPT)


def _tell(payable: Payable) -> Reply:
    told: dict[str, str | bool] = {
        "reference": payable.reference,
        "payable": payable.is_payable,
        "reason": payable.reason,
    }
    if payable.is_payable:
        told["amount"] = to_decimal_text(payable.due_minor, payable.currency)
        told["currency"] = payable.currency
        told["service"] = payable.service
    return Reply(200, json.dumps(told, ensure_ascii=False).encode())


def parse_inquiry(body: bytes) -> str:
    """
    Return the reference that is asked about, as typed.

    :raises Unreadable: if the bytes are no {"reference": "..."}
    """
    reference = json_object(body).get("reference")
    if not isinstance(reference, str | int) or isinstance(reference, bool):
        raise Unreadable("no_reference")
    return str(reference)


def parse_notification(body: bytes, context: Context) -> tuple[Told]:
    """
    Return what a notification tells: money that came, or that left.

    Body: {"type": "payment|reversal|charge" (payment if left out), "id", "original_id" (of the
    payment that is taken back; may stand with a charge), "reference", "amount": "500",
    "currency": "RWF", "paid_at": ISO 8601 with offset, "channel"}. A reference that is no
    reference is no error here: money that has arrived is kept.

    :raises Unreadable: if type, id, amount, currency or time is missing or senseless
    """
    told = json_object(body)
    kind = told.get("type", "payment")
    if kind not in ("payment", "reversal", "charge"):
        raise Unreadable("unknown_type")
    named = external_id(told.get("id"))
    currency, reference = told.get("currency"), told.get("reference")
    if not isinstance(currency, str):
        raise Unreadable("no_currency")
    amount = amount_minor(told.get("amount"), currency)
    at = moment(told.get("paid_at"))
    if kind != "payment":
        return (_debit(kind, named, amount, currency, at, text(told.get("original_id"))),)
    money = Collection(
        external_id=named,
        reference=str(reference) if isinstance(reference, str | int) else "",
        amount_minor=amount,
        currency=currency,
        occurred_at=at,
    )
    return (money,)


def _debit(
    kind: str, named: str, amount: int, currency: str, at: datetime, original_id: str
) -> Debit:
    if kind == "reversal" and not original_id:
        raise Unreadable("no_original")
    return Debit(
        leg=Leg.REVERSAL if kind == "reversal" else Leg.CHARGE,
        external_id=named,
        amount_minor=amount,
        currency=currency,
        occurred_at=at,
        original_id=original_id,
    )


def _digest(secret: str, timestamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


VENDOR = Vendor(
    kind="bycontract",
    settings=(Setting("SECRET", "secrets", "bank"),),
    parsers={"bycontract.notification": parse_notification},
    hear=hear,
    signs=True,
)
