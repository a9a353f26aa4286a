-- In:    message_id[], received_at[], reason[]: read, and they post nothing; and `at`.
-- Out:   the ids that were set aside now.
-- Locks: none.
INSERT INTO payments_unposted_message (message_id, received_at, reason, read_at)
SELECT t.message_id, t.received_at, t.reason, %(at)s::timestamptz
FROM unnest(%(message_id)s::bigint[], %(received_at)s::timestamptz[], %(reason)s::text[])
    t (message_id, received_at, reason)
ORDER BY t.message_id
ON CONFLICT DO NOTHING
RETURNING message_id
