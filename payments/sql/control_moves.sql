-- Out: orders to move what a retired rail holds whose money has not left, the oldest first: id, rail,
--      currency, amount, when they were given.
-- In:  nothing. Locks: none. There are few orders; sweeps are read by movement_swept.
SELECT o.id, rail.code, o.currency, o.amount_minor, o.decided_at
FROM payments_move_under_way o
JOIN payments_rail rail ON rail.id = o.rail_id
ORDER BY o.decided_at, o.id
