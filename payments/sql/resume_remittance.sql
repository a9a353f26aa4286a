-- A batch that was believed to have come to nothing, and was paid after all: it is confirmed and
-- told of.
--
-- In:    remittance_id (held; FAILED, or CANCELLED after it was approved), `at`.
-- Out:   how many lines it has, if it was not confirmed before.
-- Locks: none of its own.
WITH confirmed AS MATERIALIZED (
    UPDATE payments_remittance r
    SET state = 'CONFIRMED', confirmed_at = %(at)s::timestamptz
    WHERE r.id = %(remittance_id)s::bigint AND r.state IN ('FAILED', 'CANCELLED')
    RETURNING r.id, r.allocations
),
told_on AS (
    INSERT INTO kernel_event (name, payload, occurred_at)
    SELECT 'payments.remittance.confirmed',
        jsonb_build_object('subject_id', confirmed.id, 'occurred_at', %(at)s::timestamptz),
        %(at)s::timestamptz
    FROM confirmed
)
SELECT confirmed.allocations::int FROM confirmed
