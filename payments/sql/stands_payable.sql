-- What waits for a batch, by beneficiary and currency.
--
-- In:    cut_off; beneficiary_code (NULL: all).
-- Out:   per account with something in it: beneficiary's id, code and names, currency; what came up to
--        the cut-off less what was taken back; what came in all less that; in minor units; and how
--        many allocations.
-- Locks: none. It reads the queue, never history.
SELECT b.id, b.code, b.names, payable.currency,
    coalesce(sum(u.amount_minor) FILTER (
        WHERE j.posted_at <= %(cut_off)s::timestamptz OR u.amount_minor < 0
    ), 0)::bigint,
    sum(u.amount_minor)::bigint, count(*)::int
FROM payments_unremitted u
JOIN payments_ledger_account payable ON payable.id = u.payable_id
JOIN places_beneficiary b ON b.id = payable.beneficiary_id
JOIN payments_allocation a ON a.id = u.allocation_id
JOIN payments_journal j ON j.id = a.journal_id
WHERE %(beneficiary_code)s::text IS NULL OR b.code = %(beneficiary_code)s::text
GROUP BY b.id, b.code, b.names, payable.currency
ORDER BY abs(sum(u.amount_minor)) DESC, b.code
