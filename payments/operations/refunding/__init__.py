"""
Paying a collection back: proposed by a rule or asked for by a person, decided by another.

The money leaves suspense or the bill when it is approved, stands in transit until the provider's
own word (`repaying`, `posting`), and returns to suspense if the provider will not. What a rail
cannot pay back is paid by hand, to a payee proven at a desk (`paying_out`).
"""

from accounts.queries import SamePerson
from payments.operations.refunding.asking import (
    REASON_CHARS_MAX,
    AgainstItsFee,
    AskedAlready,
    ask,
    propose,
    take_up,
)
from payments.operations.refunding.bounds import (
    NothingToRefund,
    OwnMoney,
    RefundInWhole,
    left_minor,
    pays_back,
    refuse_own,
)
from payments.operations.refunding.deciding import SaysNothing, approve, decline, release_funded
from payments.operations.refunding.walking import CHANGING, RefundDecided, fail, lock, move

__all__ = [
    "CHANGING",
    "REASON_CHARS_MAX",
    "AgainstItsFee",
    "AskedAlready",
    "NothingToRefund",
    "OwnMoney",
    "RefundDecided",
    "RefundInWhole",
    "SamePerson",
    "SaysNothing",
    "approve",
    "ask",
    "decline",
    "fail",
    "left_minor",
    "lock",
    "move",
    "pays_back",
    "propose",
    "refuse_own",
    "release_funded",
    "take_up",
]
