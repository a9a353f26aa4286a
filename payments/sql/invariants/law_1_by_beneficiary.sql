-- Out: beneficiaries to whom the ledger owes something else than was allocated. Locks: none.
--
-- What was remitted, or is on its way, has left what we owe; what was taken back after it had been
-- remitted is owed back.
WITH allocated AS (
    SELECT line.beneficiary_id, line.currency, sum(a.amount_minor) AS allocated_minor
    FROM payments_allocation a
    JOIN payments_bill_line line ON line.id = a.line_id
    GROUP BY line.beneficiary_id, line.currency
),
owed AS (
    SELECT account.beneficiary_id, account.currency, -sum(p.amount_minor) AS owed_minor
    FROM payments_ledger_account account
    JOIN payments_posting p ON p.account_id = account.id
    WHERE account.role IN ('payable', 'remittance_in_transit', 'owed_back')
    GROUP BY account.beneficiary_id, account.currency
)
SELECT beneficiary_id, currency, allocated.allocated_minor, owed.owed_minor
FROM allocated
FULL JOIN owed USING (beneficiary_id, currency)
WHERE coalesce(allocated.allocated_minor, 0) <> coalesce(owed.owed_minor, 0)
