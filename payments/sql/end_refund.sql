-- A refund whose money a debit was, as two people say: done, and told of.
--
-- In:    refund_id (held, on its way), external_id (of the debit), `at`.
-- Out:   its id, if it was not done before.
-- Locks: none of its own.
WITH paid_back AS MATERIALIZED (
    UPDATE payments_refund refund
    SET state = 'DONE', ended_at = %(at)s::timestamptz, next_query_at = NULL, lease_until = NULL,
        external_id = %(external_id)s::text
    WHERE refund.id = %(refund_id)s::bigint AND refund.state IN ('SENDING', 'PENDING', 'UNKNOWN')
    RETURNING refund.id
),
told_on AS (
    INSERT INTO kernel_event (name, payload, occurred_at)
    SELECT 'payments.refund.done',
        jsonb_build_object('subject_id', paid_back.id, 'occurred_at', %(at)s::timestamptz),
        %(at)s::timestamptz
    FROM paid_back
)
SELECT paid_back.id FROM paid_back
