-- Out: beneficiaries to whom the ledger owes something else than was allocated. Locks: none.
WITH allocated AS (
    SELECT line.beneficiary_id, line.currency, sum(a.amount_minor) AS allocated_minor
    FROM payments_allocation a
    JOIN payments_bill_line line ON line.id = a.line_id
    GROUP BY line.beneficiary_id, line.currency
),
owed AS (
    SELECT account.beneficiary_id, account.currency, -sum(p.amount_minor) AS payable_minor
    FROM payments_ledger_account account
    JOIN payments_posting p ON p.account_id = account.id
    WHERE account.role = 'payable'
    GROUP BY account.beneficiary_id, account.currency
)
SELECT beneficiary_id, currency, allocated.allocated_minor, owed.payable_minor
FROM allocated
FULL JOIN owed USING (beneficiary_id, currency)
WHERE coalesce(allocated.allocated_minor, 0) <> coalesce(owed.payable_minor, 0)
