-- Out: every line of a day's journals with its journal, by journal and line.
-- In:  day. Locks: none.
SELECT j.id, j.kind, j.subject_id, payments_seal_instant(j.occurred_at),
    payments_seal_instant(j.posted_at), j.reverses_id, p.line_no, a.code, p.currency, p.amount_minor
FROM payments_journal j
JOIN payments_posting p ON p.journal_id = j.id
JOIN payments_ledger_account a ON a.id = p.account_id
WHERE j.business_day = %(day)s::date
ORDER BY j.id, p.line_no
