-- In:    rail_id[], currency[]: money of this currency moves on this rail.
-- Out:   one row for each ledger account that was opened: its code.
-- Locks: none that outlive the statement, but for a parallel opening of the same account.
WITH wanted AS (
    SELECT DISTINCT w.rail_id, w.currency
    FROM unnest(%(rail_id)s::bigint[], %(currency)s::text[]) w (rail_id, currency)
),
due AS (
    SELECT r.role || ':' || rail.code || ':' || wanted.currency AS code, r.kind, r.role,
        wanted.currency, rail.id AS rail_id
    FROM wanted
    JOIN payments_rail rail ON rail.id = wanted.rail_id
    CROSS JOIN (
        VALUES ('clearing', 'asset'), ('suspense', 'liability'), ('charges', 'expense'),
            ('refund_float', 'asset'), ('refunds_in_transit', 'liability'),
            ('unexplained', 'asset')
    ) r (role, kind)
    WHERE NOT EXISTS (
        SELECT FROM payments_ledger_account a
        WHERE a.rail_id = rail.id AND a.role = r.role AND a.currency = wanted.currency
    )
    UNION ALL
    SELECT DISTINCT 'sweeps_in_transit:' || wanted.currency, 'asset', 'sweeps_in_transit',
        wanted.currency, NULL::bigint
    FROM wanted
    WHERE NOT EXISTS (
        SELECT FROM payments_ledger_account a
        WHERE a.role = 'sweeps_in_transit' AND a.currency = wanted.currency
    )
)
INSERT INTO payments_ledger_account (code, kind, role, currency, rail_id)
SELECT due.code, due.kind, due.role, due.currency, due.rail_id
FROM due
ORDER BY 1
ON CONFLICT DO NOTHING
RETURNING code
