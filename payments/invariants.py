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
        "by rail and currency: received - reversed = allocated + suspense + refunds in transit"
        " + refunded + released, and what the provider holds is received - reversed - charges"
        " - payouts - sweeps + transfers - remittances - withdrawals, in movements, judgements and"
        " ledger alike; what is unexplained is withdrawals - what two people have explained",
    ),
    _stated(
        "law_1_by_beneficiary",
        "by beneficiary and currency: allocated = payable + remittance in transit + remitted"
        " - owed back",
    ),
    _stated("journal_balanced", "I1: every journal sums to zero in each currency"),
    _stated("journal_has_lines", "I1: every journal has at least two lines"),
    _stated("journal_has_its_fact", "I1: every journal is about something that is as it says"),
    _stated(
        "journal_posts_what_it_divides",
        "I1: a journal's lines are its allocations and its suspense, account by account",
    ),
    _stated("movement_posted_once", "I2: every movement has exactly one journal, of its amount"),
    _stated(
        "movement_divided",
        "I2: a collection is its allocations, its suspense, what was taken back and what was"
        " released, no more",
    ),
    _stated("line_never_overpaid", "I3: no bill line is given more than it asks, or less than 0"),
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
    _stated("refund_of_what_came_in", "I7: no more goes than came in, in its own currency"),
    _stated("refund_by_two", "I7: two different people are behind every refund"),
    _stated("refund_not_ones_own", "I7: nobody is behind a refund of what she was billed herself"),
    _stated("refund_paid_as_approved", "I7: a payout is its refund's amount, and ends it"),
    _stated(
        "refund_posted_as_it_is", "I7: a refund holds money if and only if its journal says so"
    ),
    _stated(
        "match_posted_as_decided",
        "I7: two different people are behind every match, and it is posted as they decided",
    ),
    _stated(
        "explanation_posted_as_decided",
        "I7: two different people are behind every explanation of a withdrawal, one at the most,"
        " and it is posted as they decided",
    ),
    _stated(
        "release_posted_as_decided",
        "I7: two different people are behind every release of suspense, and it is posted as they"
        " decided",
    ),
    _stated(
        "sweep_arrives_once",
        "what two people say is the arrival of a sweep is all of it, on another rail, and once",
    ),
    _stated(
        "arrival_told_once",
        "I2: no collection has an id that names a sweep's arrival on its rail, with its amount",
    ),
    _stated(
        "remittance_posted_as_it_is",
        "I7: a batch is posted and paid as it is: once, with its amount, when it is confirmed",
    ),
    _stated(
        "account_is_its_rows", "I11: every account's balance is what its rows say, role by role"
    ),
    _stated(
        "balance_of_payables",
        "I11: we owe nobody less than nothing, but for what was taken back after it had left",
    ),
    _stated("suspense_is_its_account", "I11: open suspense is the balance of the suspense account"),
    _stated("open_items_are_suspense", "I11: the queue of open items is what stands in suspense"),
    _stated("news_of_bills", "I8: a bill is paid as often as its events say"),
    _stated("news_of_suspense", "I8: every suspended collection has its event"),
    _stated(
        "news_of_debits",
        "I8: every reversal, withdrawal and confirmed batch has its event, and no other",
    ),
    _stated(
        "statement_closing_is_ledger",
        "I12: an account's last statement closes with the balance before its first one and the"
        " movements that its lines tell of, but for listed differences (whether a statement shows"
        " all that was told is another question: alarm not_on_statement)",
    ),
    _stated(
        "statement_leads_to_its_closing",
        "I12: every statement's lines lead from the balance before it to its own",
    ),
    _stated("statement_line_is_evidence", "I12: a line is evidence of its movement, and no other"),
    _stated("journal_on_a_ledger_day", "no journal stands on a day that was never opened"),
    _stated(
        "rollup_is_its_postings",
        "I11: the kept sums of an account and day are those of its rolled journals",
    ),
    _stated(
        "unremitted_is_payable",
        "by beneficiary: what was allocated waits for a batch or stands in one, once, and what is"
        " owed is what waits or stands in a batch that nobody has approved",
    ),
    _stated("remittance_is_its_lines", "a batch is the sum of its lines, and no line waits too"),
    _stated("receipts_gapless", "official receipts are numbered without a gap"),
    _stated("receipts_are_their_bill", "the receipts of a payment are what the bill asked"),
    _stated(
        "receipts_of_paid_bills",
        "a paid bill has its receipts, once the news of its payment has been handled",
    ),
)
