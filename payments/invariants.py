"""
What must hold of money at every moment: each a query that returns the rows that break it.

`check_invariants` runs these and those of every other app that has an `invariants` module with a
tuple `INVARIANTS` of the same shape. The queries read one snapshot and lock nothing.
"""

from pathlib import Path

from kernel import invariants
from kernel.invariants import Invariant

__all__ = ["INVARIANTS", "Invariant"]

_FOLDER = Path(__file__).resolve().parent / "sql" / "invariants"


def _stated(code: str, claim: str) -> Invariant:
    return invariants.read(_FOLDER, code, claim)


INVARIANTS: tuple[Invariant, ...] = (
    _stated(
        "law_1_by_rail",
        "by rail and currency: received - reversed = allocated + suspense, in movements,"
        " judgements and ledger alike",
    ),
    _stated(
        "law_1_by_beneficiary",
        "by beneficiary and currency: allocated = payable",
    ),
    _stated("journal_balanced", "I1: every journal sums to zero in each currency"),
    _stated("journal_has_lines", "I1: every journal has at least two lines"),
    _stated("movement_posted_once", "I2: every movement in has exactly one journal"),
    _stated("movement_divided", "I2: a movement is its allocations and its suspense, no more"),
    _stated("bill_paid_is_allocated", "I3: a bill has been paid what is allocated to its lines"),
    _stated("bill_state_is_paid", "I3: a bill is paid if and only if its lines are"),
    _stated("line_live_as_its_bill", "a line is live if and only if its bill is"),
    _stated(
        "message_accounted_for",
        "I4, I13: every accepted message waits, is evidence, or is set aside with a reason",
    ),
    _stated("inbox_has_its_message", "I13: whatever waits in the inbox is kept"),
    _stated("evidence_has_its_message", "I13: whatever is evidence is kept, word for word"),
    _stated("movement_has_evidence", "I4: every movement has been told by somebody"),
    _stated("balance_of_payables", "I11: we owe nobody less than nothing"),
    _stated("suspense_is_its_account", "I11: open suspense is the balance of the suspense account"),
    _stated("news_of_bills", "I8: a bill is paid if and only if its event says so"),
    _stated("news_of_suspense", "I8: every suspended collection has its event"),
    _stated("journal_on_a_ledger_day", "no journal stands on a day that was never opened"),
)
