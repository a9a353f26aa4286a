"""The closing sheet, day by day: what was booked, what was left unexplained, and the seal."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.db import connection

_DAYS = """
SELECT c.day, c.journals,
    coalesce(moved.received, 0), coalesce(paid.allocated, 0), coalesce(stood.suspense, 0),
    coalesce(moved.refunded, 0), coalesce(moved.remitted, 0),
    (SELECT count(*) FROM payments_close_difference d WHERE d.day_found = c.day),
    (SELECT count(*) FROM payments_close_difference d
     WHERE d.day_found = c.day AND d.settled_at IS NULL),
    left(encode(c.sha256, 'hex'), 12)
FROM payments_close c
LEFT JOIN LATERAL (
    SELECT sum(m.amount_minor) FILTER (WHERE m.leg = 'credit') AS received,
        sum(m.amount_minor) FILTER (WHERE m.leg = 'payout' OR e.answer = 'refund') AS refunded,
        sum(CASE WHEN j.kind = 'returned' THEN -x.amount_minor ELSE m.amount_minor END) FILTER (
            WHERE m.leg = 'remittance' OR e.answer = 'remittance' OR j.kind = 'returned'
        ) AS remitted
    FROM payments_journal j
    LEFT JOIN payments_explanation e ON j.kind = 'explained' AND e.id = j.subject_id
    LEFT JOIN payments_release x ON j.kind = 'returned' AND x.id = j.subject_id
    LEFT JOIN payments_movement m ON m.id = CASE
            WHEN j.kind = 'explained' THEN e.movement_id
            WHEN j.kind IN ('collection', 'remitted', 'payout') THEN j.subject_id
        END
    WHERE j.business_day = c.day
) moved ON true
LEFT JOIN LATERAL (
    SELECT sum(a.amount_minor) AS allocated
    FROM payments_journal j JOIN payments_allocation a ON a.journal_id = j.id
    WHERE j.business_day = c.day
) paid ON true
LEFT JOIN LATERAL (
    SELECT sum(s.amount_minor) AS suspense
    FROM payments_journal j JOIN payments_suspense_item s ON s.journal_id = j.id
    WHERE j.business_day = c.day
) stood ON true
WHERE c.day = ANY(%(days)s) AND c.signed_at IS NOT NULL
ORDER BY c.day
"""
_HEAD = (
    "day", "journals", "received", "allocated", "suspense", "refunded", "remitted", "listed",
    "open", "seal",
)  # fmt: skip
_WIDTHS = (10, 9, 13, 13, 10, 11, 13, 7, 5, 13)
_SUMMED = slice(1, 9)


def table(days: Sequence[date]) -> Iterator[str]:
    """
    Yield the closing sheet as lines; amounts in minor units, as they changed on the day.

    `listed` are the differences that were found on the day, `open` those of them that still stand.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, {"days": list(days)})
        rows = cursor.fetchall()
    yield _line(_HEAD)
    for row in rows:
        yield _line(row)
    yield _line(("all", *(sum(column) for column in list(zip(*rows, strict=True))[_SUMMED]), ""))


def _line(cells: Sequence[object]) -> str:
    fitted = zip(cells, _WIDTHS, strict=True)
    return "  " + "".join(f"{cell!s:>{width}}" for cell, width in fitted)
