-- Out: beneficiaries to whom the ledger owes something else than was allocated and not remitted.
-- Locks: none.
--
-- What is on its way has left what is payable, and is still owed; what its bank has paid is owed no
-- more. What was taken back after it had been remitted is owed back: less than nothing is owed.
WITH allocated AS (
    SELECT line.beneficiary_id, line.currency, sum(a.amount_minor) AS allocated_minor
    FROM payments_allocation a
    JOIN payments_bill_line line ON line.id = a.line_id
    GROUP BY line.beneficiary_id, line.currency
),
paid AS (
    SELECT m.remittance_id, m.currency, m.amount_minor
    FROM payments_movement m WHERE m.leg = 'remittance'
    UNION ALL
    SELECT e.remittance_id, w.currency, w.amount_minor
    FROM payments_explanation e JOIN payments_movement w ON w.id = e.movement_id
    WHERE e.approved AND e.answer = 'remittance'
    UNION ALL
    -- What its bank has sent back.
    SELECT l.remittance_id, l.currency, -l.amount_minor
    FROM payments_release l WHERE l.approved AND l.kind = 'returned'
),
remitted AS (
    SELECT batch.beneficiary_id, paid.currency, sum(paid.amount_minor) AS remitted_minor
    FROM paid JOIN payments_remittance batch ON batch.id = paid.remittance_id
    GROUP BY batch.beneficiary_id, paid.currency
),
owed AS (
    SELECT account.beneficiary_id, account.currency, -sum(p.amount_minor) AS owed_minor
    FROM payments_ledger_account account
    JOIN payments_posting p ON p.account_id = account.id
    WHERE account.role IN ('payable', 'remittance_in_transit', 'owed_back')
    GROUP BY account.beneficiary_id, account.currency
)
SELECT beneficiary_id, currency, allocated.allocated_minor, remitted.remitted_minor, owed.owed_minor
FROM allocated
FULL JOIN owed USING (beneficiary_id, currency)
FULL JOIN remitted USING (beneficiary_id, currency)
WHERE coalesce(allocated.allocated_minor, 0)
    <> coalesce(owed.owed_minor, 0) + coalesce(remitted.remitted_minor, 0)
