"""
A bank or USSD aggregator that takes money by reference, as a contract would have it.

Before it takes money it asks Guichet (signed inquiry) and shows service and amount; afterwards it
tells (signed notification), again and again until it hears 200.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.applications import Starlette

from sandbox.postman import Postman
from sandbox.store import NotEnoughFunds, now

CHANNELS = frozenset({"ussd", "branch", "app"})
_REFERENCE_LENGTH_MAX = 60


@dataclass(frozen=True)
class Answer:
    """What became of an order to pay: NOTIFIED, WAITING (Guichet is not reached) or REFUSED."""

    state: str
    payment_id: str = ""
    reason: str = ""


async def inquire(app: Starlette, reference: str) -> dict[str, Any]:
    """Return what Guichet says of the reference; not payable, if it says nothing."""
    postman: Postman = app.state.postman
    said = await postman.ask_bank_inquiry(reference[:_REFERENCE_LENGTH_MAX])
    if said is None:
        return {"reference": reference, "payable": False, "reason": "unreachable"}
    return said


async def pay(
    app: Starlette,
    *,
    msisdn: str,
    reference: str,
    amount: str = "",
    channel: str = "ussd",
    blind: bool = False,
) -> Answer:
    """
    Take the money from the wallet and tell Guichet.

    :param amount: decimal text; what the inquiry says, if left out
    :param blind: do not ask first, as a clerk who keys in a paper slip
    """
    service, currency = "", app.state.world.network.currency
    if not blind:
        said = await inquire(app, reference)
        if said.get("payable") is not True:
            return Answer("REFUSED", reason=str(said.get("reason") or "not payable"))
        reference, currency = str(said["reference"]), str(said["currency"])
        amount, service = amount or str(said["amount"]), str(said.get("service", ""))
    try:
        value = Decimal(amount)
    except InvalidOperation:
        return Answer("REFUSED", reason="amount")
    if not value.is_finite() or value <= 0:
        return Answer("REFUSED", reason="amount")
    payment_id = f"BK{secrets.randbelow(9 * 10**9) + 10**9}"
    try:
        deliveries = _book(
            app,
            payment_id=payment_id,
            msisdn=msisdn,
            reference=reference[:_REFERENCE_LENGTH_MAX],
            amount=value,
            currency=currency,
            channel=channel,
            service=service,
        )
    except NotEnoughFunds:
        return Answer("REFUSED", reason="not enough funds")
    answers = [await app.state.postman.deliver(delivery) for delivery in deliveries]
    is_told = any(200 <= status < 300 for status in answers)
    return Answer("NOTIFIED" if is_told else "WAITING", payment_id=payment_id)


def _book(
    app: Starlette,
    *,
    payment_id: str,
    msisdn: str,
    reference: str,
    amount: Decimal,
    currency: str,
    channel: str,
    service: str,
) -> list[int]:
    """Write the payment and its notification in one transaction; return the deliveries."""
    fault = app.state.faults.get("bank", "")
    paid_at = datetime.now(UTC)
    told = {
        "id": payment_id,
        "reference": reference,
        "amount": f"{amount + 100 if fault == 'wrong_amount' else amount:f}",
        "currency": "USD" if fault == "wrong_currency" else currency,
        "paid_at": paid_at.isoformat(timespec="seconds"),
        "channel": channel,
    }
    settings, store = app.state.settings, app.state.store
    with store.transaction():
        store.take(msisdn, amount, app.state.world.opening_balance(msisdn))
        store.run(
            "INSERT INTO payment VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            payment_id,
            msisdn,
            reference,
            f"{amount:f}",
            currency,
            channel,
            service,
            paid_at.timestamp(),
        )
        return [
            store.post(
                kind="bank.forged" if fault == "forged" else "bank",
                subject=payment_id,
                url=f"{settings.guichet_url}/callbacks/{settings.bank_rail}/notification",
                body=json.dumps(told).encode(),
                # The caller delivers it at once; the postman takes over if she dies.
                due_at=now() + 15,
            )
            for _ in range(2 if fault == "twice" else 1)
        ]
