-- Out: journals whose lines are not the allocations and the suspense that they stand for, by
-- account. Locks: none. The first line is the account on the other side; a match has none.
SELECT line.journal_id, line.account_id, sum(line.amount_minor) AS left_over_minor
FROM (
    SELECT p.journal_id, p.account_id, p.amount_minor
    FROM payments_posting p
    JOIN payments_journal j ON j.id = p.journal_id
    WHERE j.kind = 'match'
       OR p.line_no > 1 AND j.kind IN (
           'collection', 'reversal', 'refund', 'refund_returned', 'write_off', 'unclaimed',
           'returned', 'arrived'
       )
       OR p.line_no > 1 AND j.kind = 'explained' AND EXISTS (
           SELECT FROM payments_explanation e
           WHERE e.id = j.subject_id AND e.answer = 'reversal'
       )
    UNION ALL
    SELECT a.journal_id, l.payable_id, a.amount_minor
    FROM payments_allocation a
    JOIN payments_bill_line l ON l.id = a.line_id
    UNION ALL
    SELECT s.journal_id, account.id, s.amount_minor
    FROM payments_suspense_item s
    JOIN payments_movement m ON m.id = s.movement_id
    JOIN payments_ledger_account account
        ON account.rail_id = m.rail_id AND account.role = 'suspense'
        AND account.currency = s.currency
) line
GROUP BY line.journal_id, line.account_id
HAVING sum(line.amount_minor) <> 0
