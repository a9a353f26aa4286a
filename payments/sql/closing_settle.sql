-- Settles the listed differences whose cause is gone.
--
-- In:    at.
-- Out:   their ids.
-- Locks: those rows of payments_close_difference, by id.
WITH gone AS MATERIALIZED (
    SELECT d.id
    FROM payments_close_difference d
    WHERE d.settled_at IS NULL AND payments_difference_is_gone(d.kind, d.subject)
    ORDER BY d.id
    FOR NO KEY UPDATE
)
UPDATE payments_close_difference d
SET settled_at = %(at)s::timestamptz
FROM gone WHERE d.id = gone.id
RETURNING d.id
