-- Batches that reached their beneficiary: each is confirmed, once, and told of.
--
-- In:    remittance_id[] (held), `at`.
-- Out:   those that were not confirmed before.
-- Locks: none of its own.
WITH confirmed AS MATERIALIZED (
    UPDATE payments_remittance r
    SET state = 'CONFIRMED', confirmed_at = %(at)s::timestamptz
    WHERE r.id = ANY (%(remittance_id)s::bigint[])
      AND r.state IN ('APPROVED', 'SENT', 'ACKNOWLEDGED')
    RETURNING r.id
),
told_on AS (
    INSERT INTO kernel_event (name, payload, occurred_at)
    SELECT 'payments.remittance.confirmed',
        jsonb_build_object('subject_id', confirmed.id, 'occurred_at', %(at)s::timestamptz),
        %(at)s::timestamptz
    FROM confirmed
    ORDER BY confirmed.id
)
SELECT confirmed.id FROM confirmed ORDER BY confirmed.id
