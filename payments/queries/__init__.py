"""What can be asked about bills, rails and the way of money."""

from payments.queries.bills import (
    BillView,
    LineView,
    NoBill,
    NoRail,
    Payable,
    RailView,
    bill,
    bill_by_key,
    bill_by_reference,
    inbox_waits_since,
    payable,
    rail,
)
from payments.queries.proving import MovementProof, Proof, proof

__all__ = [
    "BillView",
    "LineView",
    "MovementProof",
    "NoBill",
    "NoRail",
    "Payable",
    "Proof",
    "RailView",
    "bill",
    "bill_by_key",
    "bill_by_reference",
    "inbox_waits_since",
    "payable",
    "proof",
    "rail",
]
