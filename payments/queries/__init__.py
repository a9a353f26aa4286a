"""What can be asked about bills, rails and the way of money."""

from payments.gateways.base import Payable
from payments.queries.bills import (
    BillView,
    LineView,
    NoBill,
    NoRail,
    RailView,
    bill,
    bill_by_key,
    bill_by_reference,
    payable,
    rail,
)
from payments.queries.proposals import proposals
from payments.queries.proving import MovementProof, Proof, proof
from payments.queries.receipts import NoReceipt, ReceiptView, receipt, receipts
from payments.queries.watching import (
    WAITING_MAX,
    inbox_waiting,
    last_check,
    open_alarms,
    set_aside,
)

__all__ = [
    "WAITING_MAX",
    "BillView",
    "LineView",
    "MovementProof",
    "NoBill",
    "NoRail",
    "NoReceipt",
    "Payable",
    "Proof",
    "RailView",
    "ReceiptView",
    "bill",
    "bill_by_key",
    "bill_by_reference",
    "inbox_waiting",
    "last_check",
    "open_alarms",
    "payable",
    "proof",
    "proposals",
    "rail",
    "receipt",
    "receipts",
    "set_aside",
]
