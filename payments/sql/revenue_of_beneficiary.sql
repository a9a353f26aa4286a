-- What one beneficiary was paid on the business days from..to, by day and fee.
--
-- In:    beneficiary_code, from_day, to_day (both included), from_at (the beginning of from_day).
-- Out:   per day and fee: day, currency, revenue code, names, legal source, how many payments came
--        and were taken back, and both sums, in minor units.
-- Locks: none. What was posted on those days waits still, or stands in a batch built since: so this
--        costs what is new since from_day, not what ever came.
SELECT j.business_day, l.currency, l.revenue_code, l.names, l.legal_source,
    count(*) FILTER (WHERE a.amount_minor > 0)::int,
    count(*) FILTER (WHERE a.amount_minor < 0)::int,
    coalesce(sum(a.amount_minor) FILTER (WHERE a.amount_minor > 0), 0)::bigint,
    coalesce(-sum(a.amount_minor) FILTER (WHERE a.amount_minor < 0), 0)::bigint
FROM (
    SELECT u.allocation_id
    FROM payments_ledger_account payable
    JOIN payments_unremitted u ON u.payable_id = payable.id
    WHERE payable.beneficiary_id = (
            SELECT b.id FROM places_beneficiary b WHERE b.code = %(beneficiary_code)s::text
        ) AND payable.role = 'payable'
    UNION ALL
    SELECT line.allocation_id
    FROM payments_remittance r
    JOIN payments_remittance_line line ON line.remittance_id = r.id
    WHERE r.beneficiary_id = (
            SELECT b.id FROM places_beneficiary b WHERE b.code = %(beneficiary_code)s::text
        ) AND r.built_at >= %(from_at)s::timestamptz
) held
JOIN payments_allocation a ON a.id = held.allocation_id
JOIN payments_journal j ON j.id = a.journal_id
JOIN payments_bill_line l ON l.id = a.line_id
WHERE j.business_day BETWEEN %(from_day)s::date AND %(to_day)s::date
GROUP BY j.business_day, l.currency, l.revenue_code, l.names, l.legal_source
ORDER BY j.business_day DESC, l.currency, l.revenue_code, l.names::text, l.legal_source
