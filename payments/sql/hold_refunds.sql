-- Which collections, and which refunds of them, do debits speak of?
--
-- In:    rail_id[], original_id[] (external id of a collection, or ''), key[] (of a refund, or NULL).
-- Out:   one row of arrays: the collections that are known, the references of the bills that they
--        pay, and the refunds that are held.
-- Locks: all refunds of those collections, and those with those keys, FOR NO KEY UPDATE, in the
--        order of their ids.
WITH told AS MATERIALIZED (
    SELECT t.*
    FROM unnest(%(rail_id)s::bigint[], %(original_id)s::text[], %(key)s::uuid[])
        t (rail_id, original_id, key)
),
original AS MATERIALIZED (
    SELECT DISTINCT movement.id
    FROM told
    JOIN payments_movement movement
        ON movement.rail_id = told.rail_id AND movement.external_id = told.original_id
        AND movement.leg = 'credit'
),
held AS MATERIALIZED (
    SELECT refund.id
    FROM payments_refund refund
    WHERE refund.id IN (
        SELECT r.id FROM original JOIN payments_refund r ON r.movement_id = original.id
        UNION ALL
        SELECT r.id FROM told JOIN payments_refund r ON r.key = told.key
    )
    ORDER BY refund.id
    FOR NO KEY UPDATE OF refund
)
SELECT
    ARRAY(SELECT original.id FROM original ORDER BY 1),
    ARRAY(
        SELECT DISTINCT bill.reference
        FROM original
        JOIN payments_allocation allocation ON allocation.movement_id = original.id
        JOIN payments_bill_line line ON line.id = allocation.line_id
        JOIN payments_bill bill ON bill.id = line.bill_id
    ),
    ARRAY(SELECT held.id FROM held ORDER BY 1)
