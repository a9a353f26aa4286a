-- Out: collections of which another amount stands in suspense than the queue says. Locks: none.
WITH stands AS (
    SELECT s.movement_id, sum(s.amount_minor) AS amount_minor,
        min(s.opened_at) FILTER (WHERE s.amount_minor > 0) AS opened_at
    FROM payments_suspense_item s
    GROUP BY s.movement_id
    HAVING sum(s.amount_minor) <> 0
)
SELECT movement_id, stands.amount_minor, item.amount_minor AS queued_minor
FROM stands
FULL JOIN payments_open_item item USING (movement_id)
WHERE (stands.amount_minor, stands.opened_at)
    IS DISTINCT FROM (item.amount_minor, item.opened_at)
    OR NOT EXISTS (
        SELECT FROM payments_movement m
        WHERE m.id = movement_id AND (m.rail_id, m.currency) = (item.rail_id, item.currency)
    )
