"""
Remittances: what beneficiaries are owed, in batches, to the accounts that the treasury names.

A batch is built of all that waits, proposed by one person and approved by another with a fresh
password; a person hands the order to the bank and says so, the bank answers by file, and its
statement confirms. What the bank refuses or never got, as two people believe, waits for the next
batch, and so does what it sends back.
"""

from accounts.queries import SamePerson
from payments.operations.remitting.building import (
    NoAccountNamed,
    NoPayingRail,
    NothingToRemit,
    OwedBack,
    build,
    propose,
)
from payments.operations.remitting.deciding import (
    PURPOSE,
    AccountChanged,
    approve,
    cancel,
)
from payments.operations.remitting.naming import (
    AccountDecided,
    AlreadyAsked,
    NewAccount,
    NotAnAccount,
    ask_account,
    decide_account,
)
from payments.operations.remitting.ordering import NoOwnAccount, order_of
from payments.operations.remitting.pack import Accounting, Settlement, settlement
from payments.operations.remitting.refusing import (
    RefusalAsked,
    RefusalDecided,
    ask_withdrawal,
    decide_refusal,
)
from payments.operations.remitting.sending import (
    AnotherBatch,
    ReportKnown,
    mark_sent,
    take_report,
)
from payments.operations.remitting.sending_back import (
    ask_sent_back,
    decide_sent_back,
)
from payments.operations.remitting.walking import RemittanceMoved

__all__ = [
    "PURPOSE",
    "AccountChanged",
    "AccountDecided",
    "Accounting",
    "AlreadyAsked",
    "AnotherBatch",
    "NewAccount",
    "NoAccountNamed",
    "NoOwnAccount",
    "NoPayingRail",
    "NotAnAccount",
    "NothingToRemit",
    "OwedBack",
    "RefusalAsked",
    "RefusalDecided",
    "RemittanceMoved",
    "ReportKnown",
    "SamePerson",
    "Settlement",
    "approve",
    "ask_account",
    "ask_sent_back",
    "ask_withdrawal",
    "build",
    "cancel",
    "decide_account",
    "decide_refusal",
    "decide_sent_back",
    "mark_sent",
    "order_of",
    "propose",
    "settlement",
    "take_report",
]
