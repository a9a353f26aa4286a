-- Out: accounts whose last posted statement closes with another amount than the ledger, seen through
--      the movements that their statements tell of, comes to. Locks: none.
--
-- A line that waits for its collection, and a movement that is told with another amount, are listed
-- as such elsewhere and do not count here.
WITH ends AS (
    SELECT s.rail_id, s.account,
        sum(s.opening_minor) FILTER (WHERE s.previous_id IS NULL) AS opening_minor,
        sum(s.closing_minor) FILTER (
            WHERE NOT EXISTS (SELECT FROM payments_statement n WHERE n.previous_id = s.id)
        ) AS closing_minor
    FROM payments_statement s
    WHERE s.state = 'POSTED' AND NOT s.is_advice
    GROUP BY s.rail_id, s.account
),
moved AS (
    SELECT l.rail_id, l.account, sum(
        CASE
            WHEN l.movement_id IS NULL OR EXISTS (
                SELECT FROM payments_difference d
                WHERE d.movement_id = l.movement_id AND d.told_amount_minor = abs(l.amount_minor)
            ) THEN l.amount_minor
            WHEN m.leg IN ('credit', 'transfer') THEN m.amount_minor
            ELSE -m.amount_minor
        END
    ) AS amount_minor
    FROM payments_statement_line l
    LEFT JOIN payments_movement m ON m.id = l.movement_id
    WHERE NOT l.is_advice
    GROUP BY l.rail_id, l.account
)
SELECT rail_id, account, ends.opening_minor, moved.amount_minor, ends.closing_minor
FROM ends
FULL JOIN moved USING (rail_id, account)
WHERE ends.opening_minor + coalesce(moved.amount_minor, 0) IS DISTINCT FROM ends.closing_minor
