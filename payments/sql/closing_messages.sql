-- Out: what providers said on a closed day, by id: the hash of each message, never its bytes.
-- In:  day. Locks: none.
SELECT i.id, payments_seal_instant(i.received_at), i.rail_code, i.kind, i.auth,
    encode(i.body_sha256, 'hex')
FROM payments_inbound_message i
WHERE i.received_at >= (
        SELECT c.day::timestamp AT TIME ZONE c.zone
        FROM payments_close c WHERE c.day = %(day)s::date
    )
    AND i.received_at < (
        SELECT (c.day + 1)::timestamp AT TIME ZONE c.zone
        FROM payments_close c WHERE c.day = %(day)s::date
    )
ORDER BY i.id
