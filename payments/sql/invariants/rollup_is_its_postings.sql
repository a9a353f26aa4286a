-- Out: accounts, days and kinds whose kept sums are not those of the rolled journals' postings, and
-- accounts whose sum is not that of their days. Locks: none.
WITH line AS (
    SELECT j.id, j.business_day, j.kind, p.account_id, p.amount_minor,
        max(account.rail_id) OVER (PARTITION BY j.id) AS rail_id
    FROM payments_journal j
    CROSS JOIN payments_rollup r
    JOIN payments_posting p ON p.journal_id = j.id
    JOIN payments_ledger_account account ON account.id = p.account_id
    WHERE j.txid < r.upto_txid OR j.id <= r.known_journal_id
),
posted AS (
    SELECT account_id, business_day, kind, coalesce(rail_id, 0) AS rail_id,
        sum(greatest(amount_minor, 0)) AS debit_minor,
        sum(greatest(-amount_minor, 0)) AS credit_minor, count(DISTINCT id) AS journals,
        min(id) AS first_journal_id, max(id) AS last_journal_id
    FROM line GROUP BY account_id, business_day, kind, coalesce(rail_id, 0)
),
by_account AS (
    SELECT account_id, sum(debit_minor) AS debit_minor, sum(credit_minor) AS credit_minor
    FROM payments_account_day GROUP BY account_id
)
SELECT account_id, business_day::text AS day, kind, posted.debit_minor, d.debit_minor AS kept_minor
FROM posted
FULL JOIN payments_account_day d USING (account_id, business_day, kind, rail_id)
WHERE (posted.debit_minor, posted.credit_minor, posted.journals, posted.first_journal_id,
       posted.last_journal_id)
    IS DISTINCT FROM
    (d.debit_minor, d.credit_minor, d.journals, d.first_journal_id, d.last_journal_id)
UNION ALL
SELECT account_id, '', '', by_account.debit_minor, s.debit_minor
FROM by_account
FULL JOIN payments_account_sum s USING (account_id)
WHERE (by_account.debit_minor, by_account.credit_minor)
    IS DISTINCT FROM (s.debit_minor, s.credit_minor)
