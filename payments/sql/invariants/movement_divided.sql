-- Out: movements in that are not their allocations and their suspense. Locks: none.
SELECT m.id, m.amount_minor, a.allocated_minor, s.suspense_minor
FROM payments_movement m
CROSS JOIN LATERAL (
    SELECT coalesce(sum(a.amount_minor), 0) AS allocated_minor
    FROM payments_allocation a WHERE a.movement_id = m.id
) a
CROSS JOIN LATERAL (
    SELECT coalesce(sum(s.amount_minor), 0) AS suspense_minor
    FROM payments_suspense_item s WHERE s.movement_id = m.id
) s
WHERE m.leg = 'credit' AND m.amount_minor <> a.allocated_minor + s.suspense_minor
