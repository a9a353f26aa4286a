"""
The posting engine: what money that moved means for bills and ledger, by sets.

`post` takes what was told, one or a hundred thousand, with a number of statements that does not
depend on how many they are. `post_inbox` feeds it with what callbacks and queries have left in
the inbox. The rules stand in `legs.py` and in the SQL of `collecting.py` and `debiting.py`, the
locks in `docs/locking.md`. `hold_refund` and `put_back_refund` move a refund's money, `match` that
of a match, `explain` that of a withdrawal which turned out to be something, `release` what leaves
suspense for good, `remit` and `undo_remittance` that of a batch.
"""

from payments.posting.accounts import NoTreasury
from payments.posting.engine import post
from payments.posting.explaining import explain
from payments.posting.holding import BillsKeptChanging, NoOpenDay
from payments.posting.inbox import BATCH_MAX, REFUSALS_MAX, WAITS_MAX, post_inbox
from payments.posting.matching import DoesNotFit, match, stands_in_suspense
from payments.posting.refunding import NothingLeft, hold_refund, put_back_refund
from payments.posting.releasing import release
from payments.posting.remitting import remit, undo_remittance
from payments.posting.soundness import sound
from payments.posting.tellings import Posted, Telling

__all__ = [
    "BATCH_MAX",
    "REFUSALS_MAX",
    "WAITS_MAX",
    "BillsKeptChanging",
    "DoesNotFit",
    "NoOpenDay",
    "NoTreasury",
    "NothingLeft",
    "Posted",
    "Telling",
    "explain",
    "hold_refund",
    "match",
    "post",
    "post_inbox",
    "put_back_refund",
    "release",
    "remit",
    "sound",
    "stands_in_suspense",
    "undo_remittance",
]
