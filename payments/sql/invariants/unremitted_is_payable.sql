-- Out: payable accounts whose allocations, queue, batches and postings tell different sums.
-- Locks: none.
--
-- What was allocated waits for a batch or stands in one; what is owed still waits, or stands in a
-- batch that nobody has approved.
WITH allocated AS (
    SELECT line.payable_id, sum(a.amount_minor) AS allocated_minor
    FROM payments_allocation a
    JOIN payments_bill_line line ON line.id = a.line_id
    GROUP BY line.payable_id
),
waiting AS (
    SELECT u.payable_id, sum(u.amount_minor) AS waiting_minor
    FROM payments_unremitted u
    GROUP BY u.payable_id
),
batched AS (
    SELECT payable.id AS payable_id, sum(line.amount_minor) AS batched_minor,
        sum(line.amount_minor) FILTER (WHERE r.state IN ('BUILDING', 'PROPOSED')) AS open_minor
    FROM payments_remittance_line line
    JOIN payments_remittance r ON r.id = line.remittance_id
    JOIN payments_ledger_account payable
        ON payable.beneficiary_id = r.beneficiary_id AND payable.currency = r.currency
        AND payable.role = 'payable'
    GROUP BY payable.id
),
owed AS (
    SELECT p.account_id AS payable_id, -sum(p.amount_minor) AS owed_minor
    FROM payments_posting p
    JOIN payments_ledger_account account ON account.id = p.account_id AND account.role = 'payable'
    GROUP BY p.account_id
)
SELECT payable_id, allocated_minor, waiting_minor, batched_minor, owed_minor
FROM allocated
FULL JOIN waiting USING (payable_id)
FULL JOIN batched USING (payable_id)
FULL JOIN owed USING (payable_id)
WHERE coalesce(allocated_minor, 0) <> coalesce(waiting_minor, 0) + coalesce(batched_minor, 0)
   OR coalesce(owed_minor, 0) <> coalesce(waiting_minor, 0) + coalesce(open_minor, 0)
