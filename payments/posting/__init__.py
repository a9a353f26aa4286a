"""
The posting engine: what collections mean for bills and ledger, by sets.

`post` takes collections, one or a hundred thousand, with a number of statements that does not
depend on how many they are. `post_inbox` feeds it with what callbacks and queries have left in
the inbox. The rules stand in `sql/post_collections.sql`, the locks in `docs/locking.md`.
"""

from payments.posting.engine import BillsKeptChanging, NoOpenDay, Posted, Telling, post
from payments.posting.inbox import BATCH_MAX, REFUSALS_MAX, post_inbox, sound

__all__ = [
    "BATCH_MAX",
    "REFUSALS_MAX",
    "BillsKeptChanging",
    "NoOpenDay",
    "Posted",
    "Telling",
    "post",
    "post_inbox",
    "sound",
]
