-- In:    message_id[], received_at[], due_at[], refusals[]: claimed by this transaction, read, and to
--        be read again.
-- Out:   the ids that wait again.
-- Locks: none.
INSERT INTO payments_inbox (message_id, received_at, due_at, refusals)
SELECT t.message_id, t.received_at, t.due_at, t.refusals
FROM unnest(
    %(message_id)s::bigint[], %(received_at)s::timestamptz[], %(due_at)s::timestamptz[],
    %(refusals)s::smallint[]
) t (message_id, received_at, due_at, refusals)
ORDER BY t.message_id
RETURNING message_id
