"""
Bills, movements and the ledger.

The tables are made by SQL (`migrations/sql/`), because the posting engine writes them by SQL and
every rule about money is said there again; hence `managed = False`. A table called append-only
here refuses UPDATE and DELETE. Amounts are whole minor units of the currency beside them.
"""

from payments.models.alarms import Alarm, Check
from payments.models.asking import Inquiry, RailHealth
from payments.models.bills import Bill, BillLine, PaymentAttempt
from payments.models.channels import RailHour
from payments.models.closing import Close, CloseDifference, DifferenceKind
from payments.models.control import (
    AlarmAnswer,
    AlarmAnswerCode,
    Limit,
    LimitDefault,
    Move,
    MoveEnd,
    SweepAccount,
)
from payments.models.floats import FloatTopUp
from payments.models.imports import Import, StatementPreview, UnpostedLine, WatchedFile
from payments.models.ledger import Journal, LedgerAccount, LedgerDay, Posting, Rail
from payments.models.matches import Match, MatchSet
from payments.models.messages import InboundMessage, Inbox, RefusedMessage, UnpostedMessage
from payments.models.movements import (
    Allocation,
    Difference,
    Evidence,
    Movement,
    MovementAlias,
    SuspenseItem,
)
from payments.models.open_items import Hold, OpenItem, SuspenseRule
from payments.models.payees import Claim, Payee
from payments.models.receipts import Receipt, ReceiptCancellation, ReceiptSeries
from payments.models.refunds import Refund
from payments.models.releases import Explanation, Release
from payments.models.remittances import (
    Remittance,
    RemittanceRefusal,
    RemittanceReport,
    SettlementAccount,
)
from payments.models.statements import Statement, StatementFile, StatementLine

__all__ = [
    "Alarm",
    "AlarmAnswer",
    "AlarmAnswerCode",
    "Allocation",
    "Bill",
    "BillLine",
    "Check",
    "Claim",
    "Close",
    "CloseDifference",
    "Difference",
    "DifferenceKind",
    "Evidence",
    "Explanation",
    "FloatTopUp",
    "Hold",
    "Import",
    "InboundMessage",
    "Inbox",
    "Inquiry",
    "Journal",
    "LedgerAccount",
    "LedgerDay",
    "Limit",
    "LimitDefault",
    "Match",
    "MatchSet",
    "Move",
    "MoveEnd",
    "Movement",
    "MovementAlias",
    "OpenItem",
    "Payee",
    "PaymentAttempt",
    "Posting",
    "Rail",
    "RailHealth",
    "RailHour",
    "Receipt",
    "ReceiptCancellation",
    "ReceiptSeries",
    "Refund",
    "RefusedMessage",
    "Release",
    "Remittance",
    "RemittanceRefusal",
    "RemittanceReport",
    "SettlementAccount",
    "Statement",
    "StatementFile",
    "StatementLine",
    "StatementPreview",
    "SuspenseItem",
    "SuspenseRule",
    "SweepAccount",
    "UnpostedLine",
    "UnpostedMessage",
    "WatchedFile",
]
