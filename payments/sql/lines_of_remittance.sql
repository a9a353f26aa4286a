-- What a batch pays, by fee: revenue code, name and law, in that order.
--
-- In:    remittance_id.
-- Out:   per fee: revenue code, names by language, legal source, how many payments came and were
--        taken back, and both sums, in minor units. Of a batch that came to nothing, what stood
--        in it; of one that was paid after all, both are the same.
-- Locks: none.
SELECT l.revenue_code, l.names, l.legal_source,
    count(*) FILTER (WHERE held.amount_minor > 0)::int,
    count(*) FILTER (WHERE held.amount_minor < 0)::int,
    coalesce(sum(held.amount_minor) FILTER (WHERE held.amount_minor > 0), 0)::bigint,
    coalesce(-sum(held.amount_minor) FILTER (WHERE held.amount_minor < 0), 0)::bigint
FROM (
    SELECT allocation_id, amount_minor FROM payments_remittance_line
    WHERE remittance_id = %(remittance_id)s::bigint
    UNION
    SELECT allocation_id, amount_minor FROM payments_remittance_line_past
    WHERE remittance_id = %(remittance_id)s::bigint
) held
JOIN payments_allocation a ON a.id = held.allocation_id
JOIN payments_bill_line l ON l.id = a.line_id
GROUP BY l.revenue_code, l.names, l.legal_source
ORDER BY l.revenue_code, l.names::text, l.legal_source
