-- Out: what a day's journals allocate to each beneficiary, or take back from it, by currency.
-- In:  day. Locks: none. A journal's allocations are found by the collection that it divides.
SELECT l.beneficiary_id, l.currency, sum(a.amount_minor)::bigint
FROM payments_journal j
CROSS JOIN LATERAL (
    SELECT CASE j.kind
        WHEN 'collection' THEN j.subject_id
        WHEN 'reversal' THEN (
            SELECT m.original_id FROM payments_movement m WHERE m.id = j.subject_id
        )
        WHEN 'match' THEN (SELECT t.movement_id FROM payments_match t WHERE t.id = j.subject_id)
        WHEN 'explained' THEN (
            SELECT x.original_id FROM payments_explanation x WHERE x.id = j.subject_id
        )
        ELSE (SELECT f.movement_id FROM payments_refund f WHERE f.id = j.subject_id)
    END AS movement_id
) divided
JOIN payments_allocation a ON a.movement_id = divided.movement_id AND a.journal_id = j.id
JOIN payments_bill_line l ON l.id = a.line_id
WHERE j.business_day = %(day)s::date
  AND j.kind IN ('collection', 'reversal', 'match', 'explained', 'refund', 'refund_returned')
GROUP BY l.beneficiary_id, l.currency
