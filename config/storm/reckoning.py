"""What the ledger came to, beside what really happened: one movement each, and nothing else."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection

from config.storm.street import Bill
from kernel import references
from kernel.money import to_minor
from payments.operations import checking

SHOWN_MAX = 5
_IN = "payment"

# Our movements since the day began, and every other whose id is asked for. Airtel's enquiry has no
# name for a reversal and says the payment's: it goes by the one that the statement gives it.
_MOVEMENTS = """
SELECT rail.code, coalesce(named.external_id, m.external_id), m.leg, m.amount_minor,
    m.first_heard_at >= %(since)s
FROM payments_movement m JOIN payments_rail rail ON rail.id = m.rail_id
LEFT JOIN LATERAL (
    SELECT a.external_id FROM payments_movement_alias a
    WHERE a.movement_id = m.id AND a.external_id = ANY (%(ids)s)
      AND m.leg = 'reversal' AND EXISTS (
          SELECT FROM payments_movement credit
          WHERE credit.id = m.original_id AND credit.external_id = m.external_id
      )
    LIMIT 1
) named ON true
WHERE m.first_heard_at >= %(since)s OR m.external_id = ANY (%(ids)s)
"""
_BILLS = """
SELECT bill.id, bill.state, bill.total_minor, bill.paid_minor,
    coalesce((
        SELECT sum(s.amount_minor) FROM payments_suspense_item s
        WHERE s.movement_id IN (
            SELECT m.id FROM payments_movement m
            LEFT JOIN payments_payment_attempt a ON a.id = m.attempt_id
            WHERE m.leg = 'credit' AND (m.reference = bill.reference OR a.bill_id = bill.id)
        )
    ), 0)
FROM payments_bill bill WHERE bill.id = ANY (%(ids)s)
"""
_STANDS = """
SELECT account.role, account.currency, sum(p.amount_minor)
FROM payments_posting p
JOIN payments_journal j ON j.id = p.journal_id
JOIN payments_ledger_account account ON account.id = p.account_id
WHERE j.posted_at >= %(since)s
GROUP BY 1, 2 ORDER BY 1, 2
"""


class _Standing(NamedTuple):
    state: str
    total_minor: int
    paid_minor: int
    suspended_minor: int


@dataclass
class Reckoning:
    booked: Counter[str] = field(default_factory=Counter)  # By the provider, by what.
    found: Counter[str] = field(default_factory=Counter)  # Of those, with one movement of ours.
    bills: Counter[str] = field(default_factory=Counter)  # By state.
    stands: list[tuple[str, str, int]] = field(default_factory=list)  # Role, currency, minor units.
    invariants: int = 0
    wrong: list[str] = field(default_factory=list)

    def complain(self, claims: Iterable[str]) -> None:
        found = list(claims)
        self.wrong += found[:SHOWN_MAX]
        if len(found) > SHOWN_MAX:
            self.wrong.append(f"... and {len(found) - SHOWN_MAX} like these")


def reckon(
    truth: Sequence[dict[str, Any]],
    *,
    since: Any,
    earlier: Sequence[dict[str, Any]],
    bills: Sequence[Bill],
) -> Reckoning:
    """
    Compare the day with its truth.

    :param truth: what providers have booked since the day began; `earlier`: before it
    :param since: when the day began
    """
    done = Reckoning()
    _invariants(done)
    _movements(done, truth, earlier, since)
    _bills(done, truth, bills)
    with connection.cursor() as cursor:
        cursor.execute(_STANDS, {"since": since})
        done.stands = [(role, currency, int(minor)) for role, currency, minor in cursor.fetchall()]
    return done


def _invariants(done: Reckoning) -> None:
    for one in checking.read(checking.stated(), rows_max=1):
        done.invariants += 1
        if one.offending:
            done.wrong.append(f"{one.invariant.code}: {one.offending} rows break it")


def _movements(
    done: Reckoning,
    truth: Sequence[dict[str, Any]],
    earlier: Sequence[dict[str, Any]],
    since: Any,
) -> None:
    ids = [one["id"] for one in truth]
    with connection.cursor() as cursor:
        cursor.execute(_MOVEMENTS, {"since": since, "ids": ids})
        rows = cursor.fetchall()
    ours: dict[tuple[str, str], list[tuple[bool, int]]] = defaultdict(list)
    for rail, external_id, leg, amount_minor, _ in rows:
        ours[rail, external_id].append((leg in {"credit", "transfer"}, amount_minor))
    missing, different = [], []
    for one in truth:
        what, minor = one["what"], to_minor(one["amount"], one["currency"])
        done.booked[what] += 1
        held = ours[one["rail"], one["id"]]
        if len(held) == 1 and held[0] == (minor > 0, abs(minor)):
            done.found[what] += 1
        elif not held:
            missing.append(f"{what} {one['id']} of {one['rail']} is not in the ledger")
        else:
            different.append(f"{what} {one['id']} of {one['rail']} is {minor}, and here {held}")
    known = {(one["rail"], one["id"]) for one in (*truth, *earlier)}
    invented = [
        f"{leg} {external_id} of {rail} never happened"
        for rail, external_id, leg, _, is_new in rows
        if is_new and (rail, external_id) not in known
    ]
    for claims in (missing, different, invented):
        done.complain(claims)


def _bills(done: Reckoning, truth: Sequence[dict[str, Any]], bills: Sequence[Bill]) -> None:
    came: Counter[str] = Counter()
    gone: Counter[str] = Counter()
    whose: dict[tuple[str, str], str] = {}
    for one in truth:
        minor = abs(to_minor(one["amount"], one["currency"]))
        if one["what"] == _IN:
            reference = references.normalise(one["reference"]) or ""
            whose[one["rail"], one["id"]] = reference
            came[reference] += minor
        elif one["what"] in {"reversal", "refund"}:
            gone[whose.get((one["rail"], one["original_id"]), "")] += minor
    with connection.cursor() as cursor:
        cursor.execute(_BILLS, {"ids": [bill.id for bill in bills]})
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    done.complain(
        claim
        for bill in bills
        for claim in _judge(
            done,
            bill,
            _Standing(*rows[bill.id]),
            came_minor=came[bill.reference],
            gone_minor=gone[bill.reference],
        )
    )


def _judge(
    done: Reckoning, bill: Bill, here: _Standing, *, came_minor: int, gone_minor: int
) -> Iterable[str]:
    state, total_minor, paid_minor, suspended_minor = here
    done.bills[state] += 1
    if paid_minor + suspended_minor != came_minor - gone_minor:
        yield (
            f"bill {bill.id}: {came_minor} came and {gone_minor} went, but {paid_minor} is paid and"
            f" {suspended_minor} stands in suspense"
        )
    # A reversal takes from one payment; another that stands in suspense is not moved by itself.
    most = min(total_minor, came_minor)
    if not max(0, most - gone_minor) <= paid_minor <= most:
        yield f"bill {bill.id}: {paid_minor} of {total_minor} is paid, where {most} came"
    implied = "PAID" if paid_minor == total_minor else "PART_PAID" if paid_minor else "OPEN"
    if state != implied:
        yield f"bill {bill.id} is {state}, which {paid_minor} of {total_minor} does not imply"
