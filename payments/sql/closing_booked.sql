-- Out: what a day's journals post, by the rail that their first line stands on (NULL: none), by
--      kind, role and beneficiary (NULL: none) in each currency; debit positive.
-- In:  day. Locks: none.
SELECT own.rail_id, j.kind, a.role, a.beneficiary_id, a.currency, sum(p.amount_minor)::bigint
FROM payments_journal j
JOIN payments_posting first ON first.journal_id = j.id AND first.line_no = 1
JOIN payments_ledger_account own ON own.id = first.account_id
JOIN payments_posting p ON p.journal_id = j.id
JOIN payments_ledger_account a ON a.id = p.account_id
WHERE j.business_day = %(day)s::date
GROUP BY own.rail_id, j.kind, a.role, a.beneficiary_id, a.currency
