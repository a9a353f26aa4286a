-- A batch that its bank has paid and sent back: it is returned, once, and told of.
--
-- In:    remittance_id (held; CONFIRMED), because, `at`.
-- Out:   its id, if it was not returned before.
-- Locks: none of its own.
WITH returned AS MATERIALIZED (
    UPDATE payments_remittance r
    SET state = 'RETURNED', ended_at = %(at)s::timestamptz, ended_because = %(because)s::text
    WHERE r.id = %(remittance_id)s::bigint AND r.state = 'CONFIRMED'
    RETURNING r.id
),
told_on AS (
    INSERT INTO kernel_event (name, payload, occurred_at)
    SELECT 'payments.remittance.returned',
        jsonb_build_object('subject_id', returned.id, 'occurred_at', %(at)s::timestamptz),
        %(at)s::timestamptz
    FROM returned
)
SELECT returned.id FROM returned
