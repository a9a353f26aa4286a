-- Out: payouts, and debits that two people explained as one, of another amount, currency or rail than
-- their refund, or of one that is not done; refunds that are done and were not paid out once.
-- Locks: none.
WITH paid AS (
    SELECT p.id, p.refund_id, p.amount_minor, p.currency, p.rail_id
    FROM payments_movement p WHERE p.refund_id IS NOT NULL
    UNION ALL
    SELECT w.id, e.refund_id, w.amount_minor, w.currency, w.rail_id
    FROM payments_explanation e JOIN payments_movement w ON w.id = e.movement_id
    WHERE e.refund_id IS NOT NULL AND e.approved
)
SELECT p.id, p.refund_id, f.state
FROM paid p
JOIN payments_refund f ON f.id = p.refund_id
JOIN payments_movement m ON m.id = f.movement_id
WHERE (p.amount_minor, p.currency, p.rail_id) <> (f.amount_minor, f.currency, m.rail_id)
    OR f.state <> 'DONE'
UNION ALL
SELECT NULL, f.id, f.state
FROM payments_refund f
WHERE f.state = 'DONE'
    AND (SELECT count(*) FROM paid p WHERE p.refund_id = f.id) <> 1
