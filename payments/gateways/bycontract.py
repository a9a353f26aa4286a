"""
The generic signed rail, for networks and banks whose API is not public.

It asks before the payer pays (inquiry) and tells after she has (notification), over HTTPS with
JSON. Both carry `X-Timestamp: <unix seconds>` and `X-Signature: v1=<hex>`, the HMAC-SHA256 of
`<timestamp>.<raw body>` under a shared secret; several signatures may stand side by side,
separated by commas. The contract with the provider says the same.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from kernel.money import NotWhole, to_minor
from payments.gateways.base import Collection, Context, Unreadable

WINDOW_SECONDS = 300
SIGNATURES_MAX = 4


class BadSignature(Exception):
    """Nobody who holds a secret of this rail has just signed these bytes; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


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
            if hmac.compare_digest(expected, one.encode()):
                return
    raise BadSignature("forged")


def parse_inquiry(body: bytes) -> str:
    """
    Return the reference that is asked about, as typed.

    :raises Unreadable: if the bytes are no {"reference": "..."}
    """
    reference = _read(body).get("reference")
    if not isinstance(reference, str | int) or isinstance(reference, bool):
        raise Unreadable("no_reference")
    return str(reference)


def parse_notification(body: bytes, context: Context) -> Collection:
    """
    Return the collection that a notification tells of.

    Body: {"id", "reference", "amount": "500", "currency": "RWF", "paid_at": ISO 8601 with offset,
    "channel": "ussd|branch|app"}. A reference that is no reference is no error here: money that
    has arrived is kept.

    :raises Unreadable: if id, amount, currency or time is missing or senseless
    """
    told = _read(body)
    external_id, currency, reference = (told.get(key) for key in ("id", "currency", "reference"))
    if not isinstance(external_id, str | int) or not str(external_id).strip():
        raise Unreadable("no_id")
    if not isinstance(currency, str):
        raise Unreadable("no_currency")
    try:
        amount_minor = to_minor(str(told.get("amount")), currency)
    except NotWhole:
        raise Unreadable("bad_amount") from None
    return Collection(
        external_id=str(external_id).strip(),
        reference=str(reference) if isinstance(reference, str | int) else "",
        amount_minor=amount_minor,
        currency=currency,
        occurred_at=_time(told.get("paid_at")),
    )


def _time(text: object) -> datetime:
    if not isinstance(text, str):
        raise Unreadable("no_time")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable("bad_time") from None
    # A time without an offset means another moment in every office.
    if moment.tzinfo is None:
        raise Unreadable("bad_time")
    return moment


def _read(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("no_json") from None
    if not isinstance(told, dict):
        raise Unreadable("no_object")
    return told


def _digest(secret: str, timestamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
