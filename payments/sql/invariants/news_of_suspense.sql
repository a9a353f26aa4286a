-- Out: suspended movements without an event. Locks: none.
SELECT s.movement_id
FROM payments_suspense_item s
WHERE s.amount_minor > 0 AND NOT EXISTS (
    SELECT FROM kernel_event e
    WHERE e.name = 'payments.collection.suspended'
      AND (e.payload ->> 'subject_id')::bigint = s.movement_id
)
