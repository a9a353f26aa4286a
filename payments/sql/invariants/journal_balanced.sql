-- Out: journals that do not sum to zero in a currency. Locks: none.
SELECT p.journal_id, p.currency, sum(p.amount_minor) AS left_over_minor
FROM payments_posting p
GROUP BY p.journal_id, p.currency
HAVING sum(p.amount_minor) <> 0
