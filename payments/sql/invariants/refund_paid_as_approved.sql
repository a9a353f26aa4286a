-- Out: payouts of another amount, currency or rail than their refund, or of one that is not done;
-- refunds that are done and were not paid out.
-- Locks: none.
SELECT p.id, p.refund_id, f.state
FROM payments_movement p
JOIN payments_refund f ON f.id = p.refund_id
JOIN payments_movement m ON m.id = f.movement_id
WHERE (p.amount_minor, p.currency, p.rail_id) <> (f.amount_minor, f.currency, m.rail_id)
    OR f.state <> 'DONE'
UNION ALL
SELECT NULL, f.id, f.state
FROM payments_refund f
WHERE f.state = 'DONE'
    AND NOT EXISTS (SELECT FROM payments_movement p WHERE p.refund_id = f.id)
