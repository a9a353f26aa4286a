-- In:    rail_id[], currency[]: money of this currency moves on this rail.
-- Out:   one row for each ledger account that was opened: its code.
-- Locks: none that outlive the statement, but for a parallel opening of the same account.
INSERT INTO payments_ledger_account (code, kind, role, currency, rail_id)
SELECT r.role || ':' || rail.code || ':' || wanted.currency, r.kind, r.role, wanted.currency, rail.id
FROM (
    SELECT DISTINCT w.rail_id, w.currency
    FROM unnest(%(rail_id)s::bigint[], %(currency)s::text[]) w (rail_id, currency)
) wanted
JOIN payments_rail rail ON rail.id = wanted.rail_id
CROSS JOIN (
    VALUES ('clearing', 'asset'), ('suspense', 'liability'), ('charges', 'expense')
) r (role, kind)
WHERE NOT EXISTS (
    SELECT FROM payments_ledger_account a
    WHERE a.rail_id = rail.id AND a.role = r.role AND a.currency = wanted.currency
)
ORDER BY 1
ON CONFLICT DO NOTHING
RETURNING code
