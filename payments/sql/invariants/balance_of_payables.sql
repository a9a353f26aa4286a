-- Out: payable accounts in debit. Locks: none.
SELECT account.id, account.code, -sum(p.amount_minor) AS payable_minor
FROM payments_ledger_account account
JOIN payments_posting p ON p.account_id = account.id
WHERE account.role = 'payable'
GROUP BY account.id, account.code
HAVING sum(p.amount_minor) > 0
