-- Out: movements in that are not their allocations, their suspense and what was taken back of them,
-- or of which more was taken than stood there. Locks: none.
SELECT m.id, m.amount_minor, a.allocated_minor, s.suspense_minor, t.reversed_minor,
    e.explained_minor, f.refunded_minor, l.released_minor
FROM payments_movement m
CROSS JOIN LATERAL (
    SELECT coalesce(sum(a.amount_minor), 0) AS allocated_minor
    FROM payments_allocation a WHERE a.movement_id = m.id
) a
CROSS JOIN LATERAL (
    SELECT coalesce(sum(s.amount_minor), 0) AS suspense_minor
    FROM payments_suspense_item s WHERE s.movement_id = m.id
) s
CROSS JOIN LATERAL (
    SELECT coalesce(sum(r.amount_minor), 0) AS reversed_minor
    FROM payments_movement r WHERE r.original_id = m.id AND r.leg = 'reversal'
) t
CROSS JOIN LATERAL (
    SELECT coalesce(sum(w.amount_minor), 0) AS explained_minor
    FROM payments_explanation e JOIN payments_movement w ON w.id = e.movement_id
    WHERE e.original_id = m.id AND e.approved
) e
CROSS JOIN LATERAL (
    SELECT coalesce(sum(l.amount_minor), 0) AS released_minor
    FROM payments_release l WHERE l.movement_id = m.id AND l.approved
) l
CROSS JOIN LATERAL (
    SELECT coalesce(sum(f.amount_minor), 0) AS refunded_minor
    FROM payments_refund f
    WHERE f.movement_id = m.id
      AND f.state IN ('APPROVED', 'SENDING', 'PENDING', 'UNKNOWN', 'DONE')
) f
WHERE m.leg = 'credit' AND (
    m.amount_minor
        <> a.allocated_minor + s.suspense_minor + t.reversed_minor + e.explained_minor
            + f.refunded_minor + l.released_minor
    OR a.allocated_minor < 0 OR s.suspense_minor < 0
)
