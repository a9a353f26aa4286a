"""Two ledgers side by side: the same journals, by what they are about and not by number."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg

SHOWN_MAX = 20
_FETCH = 2000

_JOURNALS = """
SELECT j.kind || ' ' || CASE
        WHEN m.id IS NOT NULL THEN rail.code || ' ' || m.external_id
        WHEN f.id IS NOT NULL THEN f.key::text
        WHEN r.id IS NOT NULL THEN r.number
        ELSE j.subject_id::text
    END COLLATE "C" AS fact,
    concat_ws(E'\n', j.business_day, extract(epoch FROM j.occurred_at),
        (SELECT string_agg(
            account.code || ' ' || p.amount_minor || ' ' || p.currency, E'\n'
            ORDER BY account.code COLLATE "C", p.amount_minor
        ) FROM payments_posting p JOIN payments_ledger_account account ON account.id = p.account_id
        WHERE p.journal_id = j.id),
        (SELECT string_agg(
            bill.reference || '/' || line.line_no || ' ' || a.amount_minor, E'\n'
            ORDER BY bill.reference COLLATE "C", line.line_no, a.amount_minor
        ) FROM payments_allocation a
        JOIN payments_bill_line line ON line.id = a.line_id
        JOIN payments_bill bill ON bill.id = line.bill_id
        WHERE a.journal_id = j.id),
        (SELECT s.reason || ' ' || s.amount_minor
         FROM payments_suspense_item s WHERE s.journal_id = j.id)
    ) AS said
FROM payments_journal j
-- "remittance" is the journal of the batch; that of the movement which pays it is "remitted".
LEFT JOIN payments_movement m ON m.id = j.subject_id
    AND m.leg = CASE j.kind
        WHEN 'collection' THEN 'credit' WHEN 'remitted' THEN 'remittance'
        ELSE nullif(j.kind, 'remittance')
    END
LEFT JOIN payments_rail rail ON rail.id = m.rail_id
LEFT JOIN payments_refund f ON f.id = j.subject_id AND j.kind IN ('refund', 'refund_returned')
LEFT JOIN payments_remittance r ON r.id = j.subject_id
    AND j.kind IN (
        'remittance', 'remittance_returned', 'remittance_resumed', 'remittance_sent_back'
    )
ORDER BY 1
"""


@dataclass
class Compared:
    same: int = 0
    missing: int = 0  # In the replay.
    extra: int = 0
    differing: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def agree(self) -> bool:
        return not (self.missing or self.extra or self.differing)

    def note(self, what: str) -> None:
        if len(self.examples) < SHOWN_MAX:
            self.examples.append(what)


def compare(kept: psycopg.Connection[Any], replayed: psycopg.Connection[Any]) -> Compared:
    """Lay both ledgers side by side; both are read as they stand, in constant memory."""
    done = Compared()
    ours, theirs = _journals(kept), _journals(replayed)
    one, other = next(ours, None), next(theirs, None)
    while one or other:
        if other is None or (one is not None and one[0].encode() < other[0].encode()):
            done.missing += 1
            done.note(f"only in the books: {one[0] if one else ''}")
            one = next(ours, None)
        elif one is None or one[0].encode() > other[0].encode():
            done.extra += 1
            done.note(f"only in the replay: {other[0]}")
            other = next(theirs, None)
        else:
            if one[1] == other[1]:
                done.same += 1
            else:
                done.differing += 1
                done.note(f"otherwise: {one[0]}")
            one, other = next(ours, None), next(theirs, None)
    return done


def _journals(books: psycopg.Connection[Any]) -> Iterator[tuple[str, str]]:
    with books.cursor(name="journals") as cursor:
        cursor.itersize = _FETCH
        cursor.execute(_JOURNALS)
        yield from cursor
