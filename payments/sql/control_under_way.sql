-- Out: sweeps that left before a moment and have not arrived, the oldest first: id, rail, currency,
--      amount.
-- In:  before. Locks: none. Read by movement_swept and movement_transferred.
--
-- A sweep arrives as a transfer under its own id. What filled a refund float is told by nobody: it
-- takes up the oldest sweeps of its amount.
WITH under_way AS (
    SELECT m.id, m.rail_id, m.currency, m.amount_minor, m.occurred_at,
        row_number() OVER (
            PARTITION BY m.currency, m.amount_minor ORDER BY m.occurred_at, m.id
        ) AS place
    FROM (
        SELECT s.* FROM payments_movement s WHERE s.leg = 'sweep'
        UNION ALL
        SELECT w.* FROM payments_explanation x
        JOIN payments_movement w ON w.id = x.movement_id
        WHERE x.answer = 'sweep' AND x.approved
    ) m
    WHERE NOT EXISTS (
        SELECT FROM payments_movement t
        WHERE t.leg = 'transfer' AND t.external_id = m.external_id AND t.rail_id <> m.rail_id
    )
)
SELECT u.id, rail.code, u.currency, u.amount_minor
FROM under_way u
JOIN payments_rail rail ON rail.id = u.rail_id
WHERE u.occurred_at < %(before)s::timestamptz AND u.place > (
    SELECT count(*) FROM payments_float_top_up t
    WHERE t.confirmed_at IS NOT NULL
      AND (t.currency, t.amount_minor) = (u.currency, u.amount_minor)
)
ORDER BY u.occurred_at, u.id
