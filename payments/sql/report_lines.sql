-- Lists what bills took, and what was taken back from them, entry by entry.
--
-- In:    first_day, last_day (the ledger's business days); beneficiary_ids (NULL: everybody's).
-- Out:   one row an allocation: business day, the charge's owner ("applications.case:17", or ''),
--        rail, beneficiary, revenue code, the bill's reference, currency, amount (negative: back).
-- Locks: none.
WITH span AS (
    SELECT min(id) AS first_id, max(id) AS last_id
    FROM payments_journal
    WHERE business_day BETWEEN %(first_day)s::date AND %(last_day)s::date
)
SELECT journal.business_day, coalesce(substring(line.charge_key FROM '^[^:]*:[0-9]+'), ''),
    movement.rail_id, line.beneficiary_id, line.revenue_code, bill.reference, line.currency,
    allocation.amount_minor
FROM span
JOIN payments_allocation allocation
    ON allocation.journal_id BETWEEN span.first_id AND span.last_id
JOIN payments_journal journal ON journal.id = allocation.journal_id
    AND journal.business_day BETWEEN %(first_day)s::date AND %(last_day)s::date
JOIN payments_bill_line line ON line.id = allocation.line_id
JOIN payments_bill bill ON bill.id = line.bill_id
JOIN payments_movement movement ON movement.id = allocation.movement_id
WHERE %(beneficiary_ids)s::bigint[] IS NULL
    OR line.beneficiary_id = ANY(%(beneficiary_ids)s::bigint[])
ORDER BY allocation.journal_id, allocation.id
