-- Out: sweeps that left before a moment and have not arrived, the oldest first: id, rail, currency,
--      amount.
-- In:  before. Locks: none. Read by movement_swept and movement_transferred.
SELECT u.id, rail.code, u.currency, u.amount_minor
FROM payments_late_sweep u JOIN payments_rail rail ON rail.id = u.rail_id
WHERE u.occurred_at < %(before)s::timestamptz
ORDER BY u.occurred_at, u.id
