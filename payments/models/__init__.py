"""
Bills, movements and the ledger.

The tables are made by SQL (`migrations/sql/`), because the posting engine writes them by SQL and
every rule about money is said there again; hence `managed = False`. A table called append-only
here refuses UPDATE and DELETE. Amounts are whole minor units of the currency beside them.
"""

from payments.models.alarms import Alarm, Check
from payments.models.asking import Inquiry, RailHealth
from payments.models.bills import Bill, BillLine, PaymentAttempt
from payments.models.floats import FloatTopUp
from payments.models.ledger import Journal, LedgerAccount, LedgerDay, Posting, Rail
from payments.models.matches import Match
from payments.models.messages import InboundMessage, Inbox, RefusedMessage, UnpostedMessage
from payments.models.movements import (
    Allocation,
    Difference,
    Evidence,
    Movement,
    MovementAlias,
    SuspenseItem,
)
from payments.models.receipts import Receipt, ReceiptCancellation, ReceiptSeries
from payments.models.refunds import Refund
from payments.models.statements import Statement, StatementFile, StatementLine

__all__ = [
    "Alarm",
    "Allocation",
    "Bill",
    "BillLine",
    "Check",
    "Difference",
    "Evidence",
    "FloatTopUp",
    "InboundMessage",
    "Inbox",
    "Inquiry",
    "Journal",
    "LedgerAccount",
    "LedgerDay",
    "Match",
    "Movement",
    "MovementAlias",
    "PaymentAttempt",
    "Posting",
    "Rail",
    "RailHealth",
    "Receipt",
    "ReceiptCancellation",
    "ReceiptSeries",
    "Refund",
    "RefusedMessage",
    "Statement",
    "StatementFile",
    "StatementLine",
    "SuspenseItem",
    "UnpostedMessage",
]
