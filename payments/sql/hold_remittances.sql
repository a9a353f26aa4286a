-- Which batches are these, and what has paid them?
--
-- In:    key[] and remittance_id[]: batches by either.
-- Out:   per batch: id, key, beneficiary, its code, rail, currency, amount, whether it waits to be
--        paid, the external id of the movement that has paid it (NULL: none), and whether it was
--        approved and then believed to have come to nothing.
-- Locks: those batches FOR NO KEY UPDATE, in the order of their ids.
WITH held AS MATERIALIZED (
    SELECT r.*
    FROM payments_remittance r
    WHERE r.key = ANY (%(key)s::uuid[]) OR r.id = ANY (%(remittance_id)s::bigint[])
    ORDER BY r.id
    FOR NO KEY UPDATE OF r
)
SELECT held.id, held.key, held.beneficiary_id, beneficiary.code, held.rail_id, held.currency,
    held.amount_minor, held.state IN ('APPROVED', 'SENT', 'ACKNOWLEDGED'), (
        SELECT m.external_id FROM payments_movement m WHERE m.remittance_id = held.id
    ), held.state IN ('FAILED', 'CANCELLED') AND held.approved_at IS NOT NULL
FROM held
JOIN places_beneficiary beneficiary ON beneficiary.id = held.beneficiary_id
ORDER BY held.id
