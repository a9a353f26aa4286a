-- Out: matches without two different people, in another currency than their bill's, or of which the
-- ledger says something else than was decided: out of suspense, to that bill. Locks: none.
SELECT match.id, match.approved, match.amount_minor, to_bill.amount_minor AS allocated_minor,
    s.amount_minor AS suspense_minor
FROM payments_match match
JOIN payments_movement m ON m.id = match.movement_id
JOIN payments_bill bill ON bill.id = match.bill_id
LEFT JOIN payments_journal j ON j.kind = 'match' AND j.subject_id = match.id
LEFT JOIN payments_suspense_item s
    ON s.journal_id = j.id AND s.movement_id = match.movement_id AND s.reason = 'MATCHED'
CROSS JOIN LATERAL (
    SELECT coalesce(sum(a.amount_minor), 0) AS amount_minor
    FROM payments_allocation a
    JOIN payments_bill_line line ON line.id = a.line_id
    WHERE a.journal_id = j.id AND a.movement_id = match.movement_id
      AND line.bill_id = match.bill_id
) to_bill
WHERE match.maker_id = match.checker_id
    OR (match.approved IS NULL) <> (match.checker_id IS NULL)
    OR m.currency <> bill.currency
    OR (match.approved IS TRUE) <> (j.id IS NOT NULL)
    OR match.approved AND (
        to_bill.amount_minor <> match.amount_minor
        OR coalesce(s.amount_minor, 0) <> -match.amount_minor
    )
