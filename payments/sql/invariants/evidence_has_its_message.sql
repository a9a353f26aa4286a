-- Out: evidence whose bytes are gone. Locks: none.
SELECT e.movement_id, e.source_id
FROM payments_evidence e
LEFT JOIN payments_inbound_message m ON m.id = e.source_id AND m.received_at = e.source_at
WHERE e.source = 'message' AND m.id IS NULL
