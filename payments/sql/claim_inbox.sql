-- In:    now; batch_max.
-- Out:   the oldest messages that are due, with what it takes to read them and how often
--        they were put off; a message or a rail that is missing leaves NULLs. They have left the inbox if this transaction commits.
-- Locks: the claimed rows of payments_inbox; those that another poster holds are passed over.
WITH due AS MATERIALIZED (
    SELECT i.message_id
    FROM payments_inbox i
    WHERE i.due_at IS NULL OR i.due_at <= %(now)s::timestamptz
    ORDER BY i.message_id
    LIMIT %(batch_max)s::int
    FOR UPDATE SKIP LOCKED
),
claimed AS (
    DELETE FROM payments_inbox i USING due WHERE i.message_id = due.message_id
    RETURNING i.message_id, i.received_at, i.refusals
)
SELECT c.message_id, c.received_at, m.kind, m.external_hint, m.body, rail.id AS rail_id, c.refusals
FROM claimed c
LEFT JOIN payments_inbound_message m ON m.id = c.message_id AND m.received_at = c.received_at
LEFT JOIN payments_rail rail ON rail.code = m.rail_code
ORDER BY c.message_id
