"""
Bills, movements and the ledger.

The tables are made by SQL (`migrations/sql/`), because the posting engine writes them by SQL and
every rule about money is said there again; hence `managed = False`. A table called append-only
here refuses UPDATE and DELETE. Amounts are whole minor units of the currency beside them.
"""

from payments.models.bills import Bill, BillLine, PaymentAttempt
from payments.models.ledger import Journal, LedgerAccount, LedgerDay, Posting, Rail
from payments.models.messages import InboundMessage, Inbox, RefusedMessage, UnpostedMessage
from payments.models.movements import Allocation, Difference, Evidence, Movement, SuspenseItem

__all__ = [
    "Allocation",
    "Bill",
    "BillLine",
    "Difference",
    "Evidence",
    "InboundMessage",
    "Inbox",
    "Journal",
    "LedgerAccount",
    "LedgerDay",
    "Movement",
    "PaymentAttempt",
    "Posting",
    "Rail",
    "RefusedMessage",
    "SuspenseItem",
    "UnpostedMessage",
]
