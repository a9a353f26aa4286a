"""What can be asked about official receipts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from payments.models import Receipt


class NoReceipt(Exception):
    """The bill has no receipt of this number."""


@dataclass(frozen=True, slots=True)
class ReceiptView:
    id: int
    number: str
    reference: str  # The bill's, 12 digits.
    beneficiary: dict[str, str]
    currency: str
    amount_minor: int
    lines: tuple[dict[str, Any], ...]
    rails: tuple[dict[str, str], ...]
    template_version: int
    paid_at: datetime
    issued_at: datetime
    cancelled_at: datetime | None


def receipts(bill_id: int) -> list[ReceiptView]:
    """Return the official receipts of a bill, those in force first, with one query."""
    found = (
        Receipt.objects.filter(bill_id=bill_id)
        .select_related("bill", "beneficiary", "cancellation")
        .order_by("-paid_at", "pk")
    )
    return sorted(map(_view, found), key=lambda view: view.cancelled_at is not None)


def receipt(bill_id: int, number: str) -> ReceiptView:
    """:raises NoReceipt: if the bill has none of this number"""
    for view in receipts(bill_id):
        if view.number == number:
            return view
    raise NoReceipt(number)


def _view(found: Receipt) -> ReceiptView:
    cancellation = getattr(found, "cancellation", None)
    return ReceiptView(
        id=found.pk,
        number=found.number,
        reference=found.bill.reference,
        beneficiary=found.beneficiary.names,
        currency=found.currency,
        amount_minor=found.amount_minor,
        lines=tuple(found.lines),
        rails=tuple(found.rails),
        template_version=found.template_version,
        paid_at=found.paid_at,
        issued_at=found.issued_at,
        cancelled_at=cancellation.cancelled_at if cancellation else None,
    )
