-- Out: movements of which nobody told. Locks: none.
SELECT m.id
FROM payments_movement m
WHERE NOT EXISTS (SELECT FROM payments_evidence e WHERE e.movement_id = m.id)
